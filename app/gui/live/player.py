"""The bar under the live view that plays a recording: its seek bar with a tick for each read, pause, speed, keys."""

from collections.abc import Callable, Sequence

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QSlider, QToolTip, QWidget

from app.gui.session.open_source import OpenSource, Tick
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.widgets import icons, theme
from app.gui.widgets.common import make_label, make_tool_button
from app.sources.playback import SPEEDS

_MARGIN = 9.0
_GROOVE = 4.0
_NEAR_PX = 5.0
STEP_S, JUMP_S = 5, 10


class SeekBar(QSlider):
    """A slider in milliseconds of media time; seek_wanted carries seconds. Ticks stand above the groove."""

    seek_wanted = pyqtSignal(float)
    read_wanted = pyqtSignal(str)  # track_key of the tick that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Place in the recording"))
        self.setSingleStep(STEP_S * 1000)
        self.setPageStep(JUMP_S * 1000)
        self.setMouseTracking(True)
        self._ticks: tuple[Tick, ...] = ()
        self.actionTriggered.connect(self._by_key)

    def sizeHint(self) -> QSize:
        """Return a height with room for the ticks."""
        return QSize(240, 34)

    def show_place(self, seconds: float, duration_s: float, ticks: Sequence[Tick]) -> None:
        """Show where the recording stands, unless the person holds the handle."""
        self.setMaximum(max(1, round(duration_s * 1000)))
        if not self.isSliderDown():
            self.setValue(round(seconds * 1000))
        if tuple(ticks) != self._ticks:
            self._ticks = tuple(ticks)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw groove, ticks and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2 + 4
        painter.setPen(Qt.PenStyle.NoPen)
        self._bar(painter, self.width() - _MARGIN, middle, "outline" if self.isEnabled() else "line", 90)
        at = self._x(self.value())
        if self.isEnabled():
            self._bar(painter, at, middle, "accent", 255)
        for tick in self._ticks:
            self._draw_tick(painter, tick, middle)
        if self.isEnabled():
            painter.setPen(QPen(theme.colour("surface"), 2))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(QPointF(at, middle), 7, 7)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the handle at the place that was pressed."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.localPos().x())
            if (tick := self._tick_at(event.localPos().x())) is not None:
                self.read_wanted.emit(tick.track_key)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the handle."""
        if event is not None and self.isSliderDown():
            self._go(event.localPos().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go of the handle."""
        self.setSliderDown(False)

    def event(self, event: QEvent | None) -> bool:
        """Name the plate of the tick under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tick = self._tick_at(event.pos().x())
            QToolTip.showText(
                event.globalPos(), f"{tick.text}  {format_position(tick.media_time)}" if tick else "", self
            )
            return True
        return super().event(event)

    def _bar(self, painter: QPainter, right: float, middle: float, colour: str, alpha: int) -> None:
        painter.setBrush(theme.colour(colour, alpha))
        rect = QRectF(_MARGIN, middle - _GROOVE / 2, max(0.0, right - _MARGIN), _GROOVE)
        painter.drawRoundedRect(rect, _GROOVE / 2, _GROOVE / 2)

    def _draw_tick(self, painter: QPainter, tick: Tick, middle: float) -> None:
        """A hit is red and has a broad head, so that it is told by its form too."""
        x = self._x(round(tick.media_time * 1000))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hit" if tick.hit else "text"))
        painter.drawRoundedRect(QRectF(x - 1.25, middle - 14, 2.5, 9), 1, 1)
        if tick.hit:
            painter.drawEllipse(QPointF(x, middle - 14), 3.5, 3.5)

    def _tick_at(self, x: float) -> Tick | None:
        near = [tick for tick in self._ticks if abs(self._x(round(tick.media_time * 1000)) - x) <= _NEAR_PX]
        return min(near, key=lambda tick: abs(self._x(round(tick.media_time * 1000)) - x), default=None)

    def _x(self, value: int) -> float:
        share = value / self.maximum() if self.maximum() else 0.0
        return _MARGIN + min(1.0, share) * (self.width() - 2 * _MARGIN)

    def _go(self, x: float) -> None:
        share = min(1.0, max(0.0, (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN)))
        self.setValue(round(share * self.maximum()))
        self.seek_wanted.emit(self.value() / 1000)

    def _by_key(self, action: int) -> None:
        """Keys and the wheel move the slider by themselves; tell where to."""
        if not self.isSliderDown():
            self.seek_wanted.emit(self.sliderPosition() / 1000)


def format_position(seconds: float) -> str:
    """Return a media time as m:ss or h:mm:ss."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


_DRAG_MS = 150  # while the handle is dragged, at most so often a new place is gone to


class PlayerBar(QFrame):
    """Plays the chosen source, if it is a recording."""

    def __init__(self, sources: SourcesSession, requests: WindowRequests, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("player")
        self._sources, self._requests = sources, requests
        self._source_id = ""
        self._wanted: float | None = None
        self._throttle = QTimer(self)
        self._throttle.setSingleShot(True)
        self._throttle.setInterval(_DRAG_MS)
        self._throttle.timeout.connect(self._seek_wanted)
        self._build()
        sources.state_changed.connect(self._changed)
        sources.events.connect(lambda _events: self.refresh())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(100)
        self.refresh()

    def choose(self, source_id: str) -> None:
        """Act upon this source from now on."""
        self._source_id = source_id
        self._wanted = None
        self.refresh()

    def refresh(self) -> None:
        """Show where the recording stands."""
        source = self._source()
        self.setVisible(source is not None)
        if source is None:
            return
        waits = source.paused or source.ended
        self._play.setIcon(icons.load_icon("play" if waits else "pause"))
        words = self.tr("Play (Space)") if waits else self.tr("Pause (Space)")
        if self._play.toolTip() != words:
            self._play.setToolTip(words)
            self._play.setAccessibleName(words)
        place, length = self.place(), source.duration_s or 0.0
        if source.ended and not source.error and self._wanted is None:
            place = max(place, length)  # the last frame begins before the end, and may stand at the second before
        self._time.setText(f"{format_position(place)} / {format_position(length)}")
        self._bar.show_place(place, max(length, place), list(source.ticks.values()))
        if not self._speed.hasFocus():
            self._speed.setCurrentIndex(SPEEDS.index(source.speed))

    def place(self) -> float:
        """Return the second of the picture that is shown, or the one that is being gone to."""
        source = self._source()
        if self._wanted is not None:
            return self._wanted
        if source is not None and source.wanted_s is not None:
            return source.wanted_s
        result = self._sources.newest_frame(self._source_id)
        return result.frame.media_time if result is not None else 0.0

    def toggle(self) -> None:
        """Play or pause."""
        source = self._source()
        if source is not None:
            self._sources.set_paused(self._source_id, not (source.paused or source.ended))
            self.refresh()

    def jump(self, seconds: float) -> None:
        """Go so many seconds on, or back if negative."""
        if self._source() is not None:
            self.seek(max(0.0, self.place() + seconds))

    def seek(self, seconds: float) -> None:
        """Go to a second; while many are asked for in a row, to the latest of them."""
        self._wanted = seconds
        if not self._throttle.isActive():
            self._throttle.start()

    def faster(self, steps: int) -> None:
        """Play so many steps faster, or slower if negative."""
        source = self._source()
        if source is not None:
            place = min(len(SPEEDS) - 1, max(0, SPEEDS.index(source.speed) + steps))
            self._sources.set_speed(self._source_id, SPEEDS[place])

    def step(self) -> None:
        """Show the next frame and pause."""
        if self._source() is not None:
            self._sources.step(self._source_id)

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for: Space, arrows, J K L, full stop, plus and minus; False if it is none of them."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_K: self.toggle,
            Qt.Key.Key_Left: lambda: self.jump(-STEP_S),
            Qt.Key.Key_Right: lambda: self.jump(STEP_S),
            Qt.Key.Key_J: lambda: self.jump(-JUMP_S),
            Qt.Key.Key_L: lambda: self.jump(JUMP_S),
            Qt.Key.Key_Home: lambda: self.seek(0.0),
            Qt.Key.Key_Period: self.step,
            Qt.Key.Key_Plus: lambda: self.faster(1),
            Qt.Key.Key_Minus: lambda: self.faster(-1),
        }
        action = keys.get(event.key())
        if action is None or self._source() is None:
            return False
        action()
        return True

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 12, 4)
        row.setSpacing(4)
        self._play = make_tool_button("pause", self.tr("Pause (Space)"), self.toggle, 20)
        row.addWidget(
            make_tool_button("rewind", self.tr("Back {} seconds (J)").format(JUMP_S), lambda: self.jump(-JUMP_S))
        )
        row.addWidget(self._play)
        row.addWidget(
            make_tool_button(
                "fast-forward", self.tr("Forward {} seconds (L)").format(JUMP_S), lambda: self.jump(JUMP_S)
            )
        )
        row.addWidget(make_tool_button("step-forward", self.tr("Next frame (full stop)"), self.step))
        self._bar = SeekBar()
        self._bar.seek_wanted.connect(self.seek)
        self._bar.read_wanted.connect(self._requests.read_wanted)
        row.addSpacing(6)
        row.addWidget(self._bar, 1)
        self._time = make_label("", "muted")
        row.addWidget(self._time)
        row.addSpacing(6)
        self._speed = QComboBox()
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("Speed (+ and −)"))
        self._speed.addItems([f"{speed:g}\u00d7" for speed in SPEEDS])
        self._speed.activated.connect(lambda at: self._sources.set_speed(self._source_id, SPEEDS[at]))
        row.addWidget(self._speed)

    def _source(self) -> OpenSource | None:
        source = self._sources.find(self._source_id)
        return source if source is not None and source.is_recording and not source.closing else None

    def _changed(self, source_id: str) -> None:
        if source_id == self._source_id:
            self.refresh()

    def _seek_wanted(self) -> None:
        if self._wanted is not None:
            self._sources.seek(self._source_id, self._wanted)
            self._wanted = None
