"""Finding reads: the filters, how many were found, the pages of them, the detail of one, and the export."""

from datetime import datetime

from PyQt5.QtCore import QModelIndex, QPoint, Qt, QTimer
from PyQt5.QtGui import QKeySequence, QShowEvent
from PyQt5.QtWidgets import QHBoxLayout, QProgressBar, QShortcut, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_detail import ReadDetail
from app.gui.reads.read_menu import make_read_menu, show_read_menu
from app.gui.reads.read_rows import ReadRow
from app.gui.reads.read_view import ReadView
from app.gui.reads.reads_page import make_thumbnails
from app.gui.search.filters import FilterBar
from app.gui.search.visits_model import VisitTableModel
from app.gui.session.background import LatestTask
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.widgets.common import EmptyState, make_button, make_label, pluralize
from app.store.search import Query
from app.store.store import Store

_AGAIN_MS = 1500
_LEAST_PX = 440  # of the list, so that times and tags are seen


class SearchPage(QWidget):
    """Searches as the user types; nothing is asked of the log before the page is shown."""

    def __init__(
        self, log: LogSession, requests: WindowRequests, actions: ReadActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._log, self._requests, self._actions = log, requests, actions
        self._stale = True
        self._sources = LatestTask(self)
        self.filters = FilterBar(self)
        self.detail = ReadDetail(log, actions, self)
        self.thumbnails = make_thumbnails(log, self)
        self.view = ReadView(self.thumbnails, self)
        self.view.setAccessibleName(self.tr("Reads found"))
        self.model: VisitTableModel | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_AGAIN_MS)
        self._soon.timeout.connect(self.search)
        self._lay_out()
        self.filters.changed.connect(self.search)
        self.filters.plate.left_down.connect(self._enter_results)
        self.view.chosen.connect(self._chosen)
        self.view.entered_row.connect(lambda _: self.detail.correct())
        self.view.opened.connect(lambda _: self.detail.explain())
        self.view.menu_wanted.connect(self._offer_actions)
        self.view.delete_wanted.connect(lambda: actions.delete(self.view.selected_rows()))
        QWidget.setTabOrder(self.filters.plate, self.view)
        QWidget.setTabOrder(self.view, self.filters.look_alikes)
        log.visit_changed.connect(self._changed)
        log.changed.connect(self._outdate)

    def search(self) -> None:
        """Show what the filters ask for."""
        model = self._made_model()
        if model is not None:
            self._stale = False
            self.newer.hide()
            model.search(self.filters.query(datetime.now().astimezone()))

    def export(self) -> None:
        """Ask what to export: what the filters find, or all."""
        found = self.model.total if self.model is not None else None
        self._requests.export_wanted.emit(self.filters.query(), found)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Search when the page comes up and the log has changed since."""
        super().showEvent(event)
        if self._stale:
            self.search()
            self._offer_sources()
        self.filters.plate.setFocus()

    def begin_search(self, text: str = "") -> None:
        """Let the person type what to find; text, where it is given, is looked for at once."""
        if text:
            self.filters.plate.setText(text)
        self.filters.plate.setFocus()
        self.filters.plate.selectAll()

    def _enter_results(self) -> None:
        """Go from the field into the list, at its first row."""
        if self.model is not None and self.model.total:
            if not self.view.currentIndex().isValid():
                self.view.setCurrentIndex(self.model.index(0, 0))
            self.view.setFocus()

    def _offer_actions(self, place: QPoint) -> None:
        rows = self.view.selected_rows()
        if rows:
            show_read_menu(make_read_menu(self, rows, self._actions, self.detail.correct), place)

    def _made_model(self) -> VisitTableModel | None:
        store = self._log.store
        if self.model is None and store is not None:
            self.model = VisitTableModel(store, self)
            self.view.setModel(self.model)
            self.model.found.connect(self._found)
            self.model.failed.connect(self._requests.message)
            self.model.busy_changed.connect(self._busy)
            self.model.dataChanged.connect(self._updated)
        return self.model

    def _lay_out(self) -> None:
        self.count = make_label("", "muted")
        self.newer = make_button(self.tr("Show newer reads"), "refresh-cw", self.search)
        self.newer.setToolTip(self.tr("The log has grown since this search (F5)"))
        self.newer.hide()
        again = QShortcut(QKeySequence("F5"), self)  # also where nothing told that the log has grown: a read-only one
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.search)
        self.export_button = make_button(self.tr("Export…"), "download", self.export)
        head = QHBoxLayout()
        head.addWidget(make_label(self.tr("Search"), "pageTitle"))
        head.addSpacing(8)
        head.addWidget(self.count)
        head.addStretch()
        head.addWidget(self.newer)
        head.addWidget(self.export_button)
        self.working = QProgressBar(self)
        self.working.setRange(0, 0)
        self.working.setTextVisible(False)
        self.working.setFixedHeight(3)
        policy = self.working.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.working.setSizePolicy(policy)
        self.working.hide()
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(20, 16, 20, 10)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.filters)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._nothing_found())
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing_yet())
        self._stack.setCurrentIndex(1)
        results = QWidget(self)
        results.setLayout(self._stack)
        results.setMinimumWidth(_LEAST_PX)
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.addWidget(results)
        across.addWidget(self.detail)
        across.setChildrenCollapsible(False)
        across.setStretchFactor(0, 1)
        across.setSizes([750, 584])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(top)
        whole.addWidget(self.working)
        whole.addWidget(across, 1)

    def _nothing_found(self) -> EmptyState:
        self._empty = EmptyState("search", self.tr("Nothing found"), "", self)
        self._empty.add_step(self.tr("Clear filters"), "x", self.filters.clear, primary=True)
        return self._empty

    def _nothing_yet(self) -> EmptyState:
        text = self.tr("Open a camera or a recording: every plate that is read can be found here.")
        return EmptyState("search", self.tr("The log is empty"), text, self)

    def _found(self, total: int) -> None:
        self.count.setText(pluralize(total, self.tr("1 read"), self.tr("{n} reads")) if total else "")
        asked_for_all = self.model is not None and self.model.query == Query()
        self._stack.setCurrentIndex(1 if total else 2 if asked_for_all else 0)
        pattern = self.tr("Type fewer characters, use ? for one you are not sure of, or search without filters.")
        others = self.tr("No read in the log fits the time, source, list and confidence that are asked for.")
        self._empty.say(pattern if self.filters.plate.text().strip() else others)
        self.detail.setVisible(bool(total))
        self.export_button.setEnabled(self._log.store is not None)
        if not total:
            self.detail.show_row(None)
        elif self.model is not None and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))

    def _busy(self, busy: bool) -> None:
        self.working.setVisible(busy)

    def _chosen(self, index: QModelIndex) -> None:
        visit = self.model.visit(index.row()) if self.model is not None and index.isValid() else None
        self.detail.show_row(ReadRow(visit) if visit is not None else None)

    def _updated(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.view.currentIndex().row() <= last.row():
            self._chosen(self.view.currentIndex())

    def _changed(self, key: str) -> None:
        visit = self._log.visit(key)
        here = visit is not None and self.model is not None and self.model.replace(visit)
        self._stale = True
        if not here and self.isVisible():
            self._offer_newer()

    def _offer_newer(self) -> None:
        """The log has grown: offer to look again, and do so by itself where there is nothing to look at."""
        if self.model is not None and self.model.total:
            self.newer.show()
        elif not self._soon.isActive():
            self._soon.start()

    def _outdate(self) -> None:
        self._stale = True
        if self.isVisible():
            self.search()
            self._offer_sources()

    def _offer_sources(self) -> None:
        store: Store | None = self._log.store
        if store is not None:
            self._sources.ask(store.sources, self.filters.offer_sources)
