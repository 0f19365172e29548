"""The reads of now: the list that grows, and what is known of the read chosen in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QModelIndex, QPoint, QSize, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from app.gui.reads.delegates import THUMBNAIL
from app.gui.reads.newest_events import NewestEvents
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_detail import ReadDetail
from app.gui.reads.read_menu import make_read_menu, show_read_menu
from app.gui.reads.read_view import ReadView
from app.gui.reads.reads_model import ReadTableModel
from app.gui.reads.thumbnails import Thumbnails
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.widgets.common import EmptyState, make_label
from app.gui.widgets.qimages import to_qimage
from app.pipeline.events import PlateEvent
from app.store.errors import LogUnavailable
from app.store.journal import Alarm


class ReadsPage(QSplitter):
    """The list above, the detail below. The newest read is chosen until the user chooses another; then a pill counts
    what came since, and brings back the newest.
    """

    def __init__(
        self,
        sources: SourcesSession,
        log: LogSession,
        requests: WindowRequests,
        actions: ReadActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._sources, self._log, self._requests, self._actions = sources, log, requests, actions
        self._live = NewestEvents()
        self._follow = True
        self._missed = 0
        self._moving = False
        self.thumbnails = make_thumbnails(log, self)
        self.model = ReadTableModel(log.store, self, log.journal.run if log.journal is not None else "")
        self.view = ReadView(self.thumbnails, self)
        self.view.setModel(self.model)
        self.view.setAccessibleName(self.tr("Reads, newest first"))
        self.detail = ReadDetail(log, actions, self)
        self._make_list()
        self.addWidget(self.detail)
        self.setChildrenCollapsible(False)
        self.setSizes([380, 480])
        self._connect()
        self._refill()

    def show_read(self, track_key: str) -> None:
        """Choose the read of a track, as when its tick on the seek bar is clicked."""
        place = self.model.row_of(track_key)
        if place >= 0:
            self._follow = place == 0
            self._choose(place)

    def newest(self) -> None:
        """Choose the newest read, and go on with the newest."""
        self._follow, self._missed = True, 0
        self._choose(0)
        self._show_pill()

    def _make_list(self) -> None:
        self.pill = QPushButton(self)
        self.pill.setProperty("primary", True)
        self.pill.clicked.connect(self.newest)
        self.pill.hide()
        self.number = make_label("", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 8)
        head.addWidget(make_label(self.tr("Reads"), "panelTitle"))
        head.addSpacing(6)
        head.addWidget(self.number)
        head.addStretch()
        head.addWidget(self.pill)
        nothing = self.tr("Plates appear here as they are read. Open a camera or a recording to begin.")
        self._stack = QStackedLayout()
        self._stack.addWidget(EmptyState("scan-text", self.tr("No plates yet"), nothing))
        self._stack.addWidget(self.view)
        part = QWidget()
        part.setObjectName("panel")
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        self.addWidget(part)

    def _connect(self) -> None:
        sources, log, requests, model = self._sources, self._log, self._requests, self.model
        sources.events.connect(self._take)
        log.visit_changed.connect(self._changed)
        log.hit.connect(self._hit)
        log.changed.connect(self._log_changed)
        requests.read_wanted.connect(self.show_read)
        model.arrived.connect(self._arrived)
        model.failed.connect(requests.message)
        model.dataChanged.connect(self._updated)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._refill)
        self.view.chosen.connect(self._chosen)
        self.view.entered_row.connect(lambda _: self.detail.correct())
        self.view.opened.connect(lambda _: self.detail.explain())
        self.view.menu_wanted.connect(self._offer_actions)
        self.view.delete_wanted.connect(lambda: self._actions.delete(self.view.selected_rows()))

    def _offer_actions(self, place: QPoint) -> None:
        rows = self.view.selected_rows()
        if rows:
            show_read_menu(make_read_menu(self, rows, self._actions, self.detail.correct), place)

    def _take(self, events: tuple[PlateEvent, ...]) -> None:
        self._live.take(events)
        for event in events:
            self.thumbnails.put(str(event.key), to_qimage(event.evidence.crop))
        with self._by_itself():
            self.model.take(events)
        self._keep_newest()

    def _arrived(self, new: int) -> None:
        if not self._follow:
            self._missed += new
            self._show_pill()

    def _changed(self, key: str) -> None:
        visit = self._log.visit(key)
        if visit is None:
            with self._by_itself():
                self.model.drop(key)
            self._keep_newest()
        else:
            self.model.put(key, visit)

    def _hit(self, alarm: Alarm) -> None:
        row = self.model.row(self.model.row_of(alarm.visit.key_text))
        if row is not None:
            known = replace(row.visit, list_name=alarm.visit.list_name)
            self.model.put(alarm.visit.key_text, alarm.visit if row.visit.id is None else known)

    def _log_changed(self) -> None:
        self.model.use(self._log.store)
        if not any(row.provisional for row in self.model.held()):
            self.model.clear()

    def _chosen(self, index: QModelIndex) -> None:
        self._show(index.row())
        if not self._moving and index.isValid():
            self._follow = index.row() == 0
            if self._follow:
                self._missed = 0
            self._show_pill()

    def _updated(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.view.currentIndex().row() <= last.row():
            self._show(self.view.currentIndex().row())

    def _show(self, place: int) -> None:
        row = self.model.row(place)
        self.detail.show_row(row, self._live.get(row.key) if row is not None and row.key else None)

    def _choose(self, place: int) -> None:
        if self.model.row(place) is None:
            return
        with self._by_itself():
            self.view.setCurrentIndex(self.model.index(place, 0))

    @contextmanager
    def _by_itself(self) -> Iterator[None]:
        """Take no choice that is made meanwhile for the person's: where a row goes, Qt chooses its neighbour."""
        before, self._moving = self._moving, True
        try:
            yield
        finally:
            self._moving = before

    def _keep_newest(self) -> None:
        if self._follow:
            self._choose(0)

    def _refill(self) -> None:
        rows = self.model.rowCount()
        if not rows and self.model.canFetchMore(QModelIndex()):
            self.model.fetchMore(QModelIndex())
        self._stack.setCurrentIndex(1 if rows else 0)
        self.detail.setVisible(bool(rows))
        self.number.setText(str(rows) if rows else "")
        if rows and self._follow and not self.view.currentIndex().isValid():
            self._choose(0)
        if not rows:
            self.detail.show_row(None)

    def _show_pill(self) -> None:
        self.pill.setText(self.tr("{n} new").format(n=self._missed))
        self.pill.setAccessibleName(self.tr("{n} new reads, show the newest").format(n=self._missed))
        self.pill.setVisible(self._missed > 0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Stand side by side where there is room for both, one above the other where there is not."""
        super().resizeEvent(event)
        wide = self.width() > 1000
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)


def make_thumbnails(log: LogSession, parent: QWidget) -> Thumbnails:
    """Return the small pictures of the log's crops, sharp on dense screens."""

    def locate(name: str) -> Path:
        if log.store is None:
            raise LogUnavailable("The log is not open yet.")
        return log.store.pictures.path(name)

    return Thumbnails(locate, QSize(THUMBNAIL.width() * 2, THUMBNAIL.height() * 2), parent)
