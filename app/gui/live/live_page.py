"""The live page: tiles with the player under them, how the sources do, and beside it all what is read."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.gui.live.live_view import TileGrid
from app.gui.live.player import PlayerBar
from app.gui.live.sources_panel import SourcesPanel
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.networks_session import NetworksSession
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.widgets.common import EmptyState


class LivePage(QWidget):
    """Pictures on the left, reads on the right; every part can be made larger or smaller."""

    open_wanted = pyqtSignal()
    folder_wanted = pyqtSignal()
    add_wanted = pyqtSignal()
    demo_wanted = pyqtSignal()

    def __init__(
        self,
        settings: CurrentSettings,
        networks: NetworksSession,
        sources: SourcesSession,
        requests: WindowRequests,
        reads: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sources, self._reads = sources, reads
        self._shown = {"sources": True, "reads": True}
        self._alone = False
        self.grid = TileGrid(settings, networks, sources)
        self.player = PlayerBar(sources, requests)
        self.sources = SourcesPanel(networks, sources)
        self.empty = self._make_empty()
        self._stage = QStackedWidget()
        self._stage.addWidget(self.empty)
        self._stage.addWidget(self._pictures())
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.addWidget(self._stage)
        self.down.addWidget(self.sources)
        self.down.setStretchFactor(0, 1)
        self.down.setSizes([640, 170])
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(self.down)
        self.across.addWidget(reads)
        self.across.setStretchFactor(0, 3)
        self.across.setStretchFactor(1, 2)
        self.across.setSizes([760, 600])
        for splitter in (self.down, self.across):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.across)
        self.grid.chosen.connect(self.player.choose)
        self.grid.chosen.connect(self.sources.choose)
        self.grid.plate_clicked.connect(sources.show_plate)
        self.sources.chosen.connect(self._choose)
        self.sources.add_wanted.connect(self.add_wanted)
        sources.changed.connect(self.refresh)
        requests.moment_wanted.connect(lambda source_id, _place: self._choose(source_id))
        self.refresh()

    def refresh(self) -> None:
        """Show the pictures, or what to do while there are none."""
        some = bool(self._sources.opened)
        self._stage.setCurrentIndex(1 if some else 0)
        self._show_panels()

    def is_shown(self, panel: str) -> bool:
        """Whether a panel, "sources" or "reads", is shown beside the pictures."""
        return self._shown[panel]

    def show_panel(self, panel: str, shown: bool) -> None:
        """Show a panel beside the pictures, or give its room to them."""
        self._shown[panel] = shown
        self._show_panels()

    def show_pictures_alone(self, alone: bool) -> None:
        """Give the pictures the whole page, or let the panels come back that were shown."""
        self._alone = alone
        self._show_panels()

    def _show_panels(self) -> None:
        some = bool(self._sources.opened)
        self.sources.setVisible(some and self._shown["sources"] and not self._alone)
        self._reads.setVisible(self._shown["reads"] and not (self._alone and some))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Keys that no list or field took play the recording."""
        if event is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self.player.take_key(event):
            super().keyPressEvent(event)

    def _choose(self, source_id: str) -> None:
        if source_id != self.grid.current:
            self.grid.choose(source_id)

    def _pictures(self) -> QWidget:
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.grid, 1)
        column.addWidget(self.player)
        return both

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            "scan-text",
            self.tr("Nothing is open yet"),
            self.tr("Drop recordings here, paste a camera's address with Ctrl+V, or begin with one of these."),
        )
        empty.add_step(self.tr("Open recordings…"), "folder-open", self.open_wanted.emit, primary=True)
        empty.add_step(self.tr("Add a camera…"), "camera", self.add_wanted.emit)
        empty.add_step(self.tr("Read a folder…"), "list-video", self.folder_wanted.emit)
        empty.add_step(self.tr("Play the demo"), "circle-play", self.demo_wanted.emit)
        return empty
