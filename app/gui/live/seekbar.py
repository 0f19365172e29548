"""The seek bar: where a recording stands, and a tick for each read."""

from collections.abc import Sequence

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from app.gui.session.open_source import Tick
from app.gui.widgets import theme

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
            QToolTip.showText(event.globalPos(), f"{tick.text}  {clock(tick.media_time)}" if tick else "", self)
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


def clock(seconds: float) -> str:
    """Return a media time as m:ss or h:mm:ss."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
