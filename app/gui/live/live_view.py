"""The live view: every source a tile, one of them alone on a double click, frames fetched on a 30 Hz timer."""

import math
import time
from enum import Enum

from PyQt5.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt5.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.gui.live.source_states import ShownState, describe_state
from app.gui.live.video_view import VideoView
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.networks_session import NetworksSession
from app.gui.session.open_source import OpenSource
from app.gui.session.sources_session import SourcesSession
from app.gui.session.window_session import DRAIN_MS
from app.gui.widgets import icons, theme
from app.gui.widgets.common import Elided, IconLabel, make_label, make_tool_button
from app.pipeline.types import Frame, FrameResult
from app.sources.source import SourceKind

_SHAPE = 16 / 9
_CAPTION_PX = 38
_ICONS_PX = 110  # what a caption holds besides its words
_HELD_S = 0.35  # long enough to see a box, short enough that the picture seems to go on
_SMALL_PX = 480  # a narrower tile says little
_KIND_ICONS = {
    SourceKind.CAMERA: "camera",
    SourceKind.STREAM: "video",
    SourceKind.VIDEO: "file-video",
    SourceKind.PICTURE: "image",
}


class Arrangement(Enum):
    """How the tiles are laid out."""

    AUTOMATIC = "automatic"
    TWO = "2x2"
    THREE = "3x3"
    ONE_LARGE = "1+5"


class SourceTile(QFrame):
    """One source: its picture, its name, its state in a word and an icon."""

    chosen = pyqtSignal(str)
    alone_wanted = pyqtSignal(str)
    zones_wanted = pyqtSignal(str)
    change_wanted = pyqtSignal(str)
    close_wanted = pyqtSignal(str)

    def __init__(self, source: OpenSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source_id = source.source_id
        self.view = VideoView()
        self._chosen, self._must_tell = False, False
        self._read: FrameResult | None = None
        self._read_until = 0.0
        self._shown_live: Frame | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Picture of {}").format(source.name))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(self._caption(source))
        theme.changed.connect(self.update)

    def set_chosen(self, chosen: bool) -> None:
        """Mark the tile that keys and the player bar act upon."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def show_state(self, state: ShownState) -> None:
        """Show how the source does, in its caption and, while there is no picture, in its place."""
        self._dot.show_icon(state.icon, state.colour)
        if self._state.text() != state.text:
            self._state.setText(state.text)
            self._state.setToolTip(state.detail)
            self._dot.setToolTip(state.text)
            self.setAccessibleDescription(state.text)
        told_elsewhere = state.is_stale or state.is_advice  # across the picture, or by the icon: the name matters more
        self._must_tell = state.colour == "notice" and self.view.result is not None and not told_elsewhere
        self._share_caption()
        short = state.is_passing and state.colour != "notice" and self.width() < _SMALL_PX
        self.view.show_text(state.text if short else state.detail or state.text)
        self.view.show_stale(state.text if state.is_stale else "")

    def choose_frame(self, result: FrameResult, live: Frame | None) -> FrameResult | None:
        """Return what to show next: the frame that was read last with its boxes, or a newer one as the camera sent it.

        Boxes belong to the very frame they were found in. Where reading lags behind the camera, the picture goes on at
        the camera's own rate, and a frame with plates is shown for a moment when it has been read.

        Args:
            result: The frame that was read last.
            live: The frame that came last, where reading lags; None shows what is read only.

        Returns:
            What to show, None where nothing is new.
        """
        now = time.monotonic()
        if result is not self._read:
            self._read = result
            if live is None or result.tracks:
                self._read_until = now + _HELD_S if result.tracks else now
                return result
        if live is None or now < self._read_until or live is self._shown_live or live.index <= result.frame.index:
            return None
        self._shown_live = live
        return FrameResult(live, ())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the caption anew between name and state."""
        super().resizeEvent(event)
        self._share_caption()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the edge that shows choice and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.colour("surface"))
        focus = self.hasFocus()
        name = "accent" if focus or self._chosen else "line"
        painter.setPen(QPen(theme.colour(name), 2.0 if focus else 1.2))
        painter.drawRoundedRect(rect, 7, 7)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose this source."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.chosen.emit(self.source_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Show this source alone, or all again."""
        self.alone_wanted.emit(self.source_id)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter does what a double click does."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.alone_wanted.emit(self.source_id)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """A tile that takes the focus is chosen."""
        if event is not None and event.type() == QEvent.Type.FocusIn:
            self.chosen.emit(self.source_id)
            self.update()
        elif event is not None and event.type() == QEvent.Type.FocusOut:
            self.update()
        return super().event(event)

    def _caption(self, source: OpenSource) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 2, 2, 2)
        row.setSpacing(6)
        row.addWidget(IconLabel(_KIND_ICONS[source.spec.kind], 15))
        self.name = Elided(source.name, source.source_id)
        row.addWidget(self.name, 1)
        self._dot = IconLabel("loader-circle", 13)
        self._state = make_label("", "small")
        row.addWidget(self._dot)
        row.addWidget(self._state)
        close = make_tool_button(
            "x", self.tr("Close {}").format(source.name), lambda: self.close_wanted.emit(self.source_id), 14
        )
        row.addWidget(close)
        return row

    def _share_caption(self) -> None:
        """Leave a state to its icon where its words would take the name's room and nothing depends on them."""
        words = sum(part.fontMetrics().horizontalAdvance(part.text()) for part in (self.name, self._state))
        self._state.setVisible(self._must_tell or words + _ICONS_PX <= self.width())

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        for icon, text, signal in (
            ("maximize-2", self.tr("One picture, or all"), self.alone_wanted),
            ("hexagon", self.tr("Where to look…"), self.zones_wanted),
            ("pencil", self.tr("Change this source…"), self.change_wanted),
            ("x", self.tr("Close"), self.close_wanted),
        ):
            action = menu.addAction(icons.load_icon(icon), text)
            assert action is not None
            action.triggered.connect(lambda _checked, chosen=signal: chosen.emit(self.source_id))
        menu.exec(self.mapToGlobal(place))


class TileGrid(QWidget):
    """All tiles, arranged so that the pictures are as large as they can be."""

    chosen = pyqtSignal(str)
    zones_wanted = pyqtSignal(str)
    change_wanted = pyqtSignal(str)
    close_wanted = pyqtSignal(str)
    plate_clicked = pyqtSignal(str, str)  # source_id, plate

    def __init__(
        self,
        settings: CurrentSettings,
        networks: NetworksSession,
        sources: SourcesSession,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._settings, self._networks, self._sources = settings, networks, sources
        self._tiles: dict[str, SourceTile] = {}
        self._alone = ""
        self.current = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        self._columns = 0
        self.arrangement = Arrangement.AUTOMATIC
        sources.changed.connect(self.refresh)
        sources.state_changed.connect(self._show_state)
        networks.changed.connect(self._show_states)
        settings.changed.connect(self._show_boxes)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.fetch)
        self._timer.start(DRAIN_MS)

    @property
    def tiles(self) -> tuple[SourceTile, ...]:
        """The tiles, in the order of the sources."""
        return tuple(self._tiles.values())

    def refresh(self) -> None:
        """Make the tiles those of the open sources."""
        sources = {source.source_id: source for source in self._sources.opened}
        for gone in self._tiles.keys() - sources.keys():
            tile = self._tiles.pop(gone)
            tile.hide()
            tile.deleteLater()
        for source_id, source in sources.items():
            if source_id not in self._tiles:
                self._tiles[source_id] = self._new_tile(source)
                self.choose(source_id)
        if self._alone not in sources:
            self._alone = ""
        if self.current not in sources:
            self.choose(next(iter(sources), ""))
        self._show_boxes()
        self._show_states()
        self._arrange()

    def choose(self, source_id: str) -> None:
        """Make a source the one that keys and the player bar act upon."""
        self.current = source_id
        for tile in self._tiles.values():
            tile.set_chosen(tile.source_id == source_id and len(self._tiles) > 1)
        self.chosen.emit(source_id)

    def show_alone(self, source_id: str) -> None:
        """Show one source over the whole area; the same again, or an empty name, shows all."""
        self._alone = "" if source_id == self._alone else source_id
        self._arrange()

    def fetch(self) -> None:
        """Give every visible tile its source's newest frame."""
        for tile in self._tiles.values():
            if not tile.isVisible():
                continue
            result, live = self._sources.newest_frame(tile.source_id), self._sources.live_frame(tile.source_id)
            if result is None:
                tile.view.show_waiting(self._sources.waiting_frame(tile.source_id))
            elif (shown := tile.choose_frame(result, live if self._lags(tile.source_id) else None)) is not None:
                tile.view.show_result(shown, self._sources.hit_plates(tile.source_id))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Arrange anew where another number of columns fits better."""
        super().resizeEvent(event)
        if self._best_columns() != self._columns:
            self._arrange()

    def _new_tile(self, source: OpenSource) -> SourceTile:
        tile = SourceTile(source, self)
        tile.chosen.connect(self.choose)
        tile.alone_wanted.connect(self.show_alone)
        tile.zones_wanted.connect(self.zones_wanted)
        tile.change_wanted.connect(self.change_wanted)
        tile.close_wanted.connect(self.close_wanted)
        tile.view.plate_clicked.connect(lambda plate: self.plate_clicked.emit(tile.source_id, plate))
        return tile

    def _arrange(self) -> None:
        shown = [tile for tile in self._tiles.values() if self._alone in ("", tile.source_id)]
        self._columns = self._best_columns()
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
            tile.setVisible(tile in shown)
        places = self._places(len(shown))
        for tile, (row, column, span) in zip(shown, places, strict=True):
            self._grid.addWidget(tile, row, column, span, span)
        rows = max((row + span for row, _, span in places), default=0)
        if self.arrangement is not Arrangement.AUTOMATIC and not self._alone:
            rows = max(rows, self._columns)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 1 if row < rows else 0)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)

    def set_arrangement(self, arrangement: "Arrangement") -> None:
        """Arrange the tiles in this way from now on."""
        self.arrangement = arrangement
        self._arrange()

    def _places(self, count: int) -> list[tuple[int, int, int]]:
        """Return row, column and span of each tile."""
        columns = self._columns
        if self.arrangement is not Arrangement.ONE_LARGE or self._alone:
            return [(place // columns, place % columns, 1) for place in range(count)]
        beside = [(0, 2, 1), (1, 2, 1), *((2 + place // 3, place % 3, 1) for place in range(max(0, count - 3)))]
        return [(0, 0, 2), *beside][:count]

    def _best_columns(self) -> int:
        fixed = {Arrangement.TWO: 2, Arrangement.THREE: 3, Arrangement.ONE_LARGE: 3}.get(self.arrangement)
        if fixed is not None and not self._alone:
            return fixed
        count = 1 if self._alone else max(1, len(self._tiles))
        return max(range(1, count + 1), key=lambda columns: self._picture_width(count, columns))

    def _picture_width(self, count: int, columns: int) -> float:
        rows = math.ceil(count / columns)
        return min(self.width() / columns, (self.height() / rows - _CAPTION_PX) * _SHAPE)

    def _show_states(self) -> None:
        for source_id in self._tiles:
            self._show_state(source_id)

    def _show_state(self, source_id: str) -> None:
        tile, source = self._tiles.get(source_id), self._sources.find(source_id)
        if tile is not None and source is not None:
            tile.show_state(describe_state(source, self._networks))

    def _lags(self, source_id: str) -> bool:
        source = self._sources.find(source_id)
        return source is not None and source.health.lags

    def _show_boxes(self) -> None:
        for tile in self._tiles.values():
            tile.view.show_boxes = self._settings.current.appearance.show_boxes
            tile.view.update()
