"""The inbox of hits: one row a plate, settled with a verdict, one or many or all at once."""

from collections.abc import Sequence
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, Qt
from PyQt5.QtGui import QKeySequence, QShowEvent
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QShortcut,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.gui.reads.delegates import ROW_HEIGHT, PlateDelegate
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_detail import ReadDetail
from app.gui.reads.read_rows import ROW_ROLE, TEXT_ROLES, ReadRow, format_time, short_source_name
from app.gui.reads.reads_page import make_thumbnails
from app.gui.session.log_session import LogSession
from app.gui.watch.hits import HitGroup, HitInbox
from app.gui.widgets.common import EmptyState, make_button, make_label, pluralize, style_table

_NO_PARENT = QModelIndex()
_LEAST_PX = 470  # of the list, so that all columns are seen


class HitGroupsModel(QAbstractTableModel):
    """One row a plate that has unsettled hits."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[HitGroup, ...] = ()

    def show_groups(self, groups: Sequence[HitGroup]) -> None:
        """Show these plates."""
        self.beginResetModel()
        self._groups = tuple(groups)
        self.endResetModel()

    def group(self, row: int) -> HitGroup | None:
        """Return a plate's hits, or None where there is no such row."""
        return self._groups[row] if 0 <= row < len(self._groups) else None

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._groups)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headers())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return a column's heading."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._headers()[section] if shown else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a cell shows."""
        group = self.group(index.row()) if index.isValid() else None
        if group is None:
            return None
        if role in TEXT_ROLES:
            latest = group.latest
            texts = (
                latest.plate,
                str(len(group.visits)),
                format_time(latest.first_time),
                short_source_name(latest.source),
            )
            return texts[index.column()]
        return ReadRow(group.latest, key=group.latest.key_text) if role == ROW_ROLE else None

    def _headers(self) -> tuple[str, ...]:
        return self.tr("Plate"), self.tr("Hits"), self.tr("Last"), self.tr("Source")


class HitsPage(QWidget):
    """Lists the plates whose hits nobody has settled, with the latest read of the chosen one beside it."""

    def __init__(self, inbox: HitInbox, log: LogSession, actions: ReadActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inbox = inbox
        self.model = HitGroupsModel()
        self.thumbnails = make_thumbnails(log, self)
        self.detail = ReadDetail(log, actions, self)
        self._make_table()
        self._make_buttons()
        self._lay_out()
        inbox.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Let keys act on the list at once."""
        super().showEvent(event)
        self.view.setFocus()

    def refresh(self) -> None:
        """Show the hits that wait now; the plate that was chosen stays so."""
        chosen = {group.plate for group in self.chosen()}
        groups = self._inbox.groups
        for group in groups:
            self.thumbnails.put(group.latest.key_text, self._inbox.crop(group.latest.key_text))
        self.model.show_groups(groups)
        rows = [row for row, group in enumerate(groups) if group.plate in chosen] or ([0] if groups else [])
        for row in rows:
            self.view.selectRow(row)
        hits = sum(len(group.visits) for group in groups)
        self.count.setText(pluralize(hits, self.tr("1 waiting"), self.tr("{n} waiting")) if hits else "")
        self._stack.setCurrentIndex(1 if groups else 0)
        self.detail.setVisible(bool(groups))
        for made in (*self.verdicts, self.all_button):
            made.setVisible(bool(groups))
        if not groups:
            self.detail.show_row(None)

    def chosen(self) -> list[HitGroup]:
        """Return the plates that are chosen."""
        selection = self.view.selectionModel()
        rows = sorted(index.row() for index in selection.selectedRows()) if selection is not None else []
        return [group for row in rows if (group := self.model.group(row)) is not None]

    def settle(self, verdict: str) -> None:
        """Settle all hits of the chosen plates."""
        visits = [visit for group in self.chosen() for visit in group.visits]
        if visits:
            self._inbox.settle(visits, verdict)

    def _make_table(self) -> None:
        self.view = QTableView(self)
        self.view.setModel(self.model)
        style_table(self.view)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAccessibleName(self.tr("Plates with unsettled hits"))
        self.view.setItemDelegateForColumn(0, PlateDelegate(self.thumbnails, self.view))
        rows, columns = self.view.verticalHeader(), self.view.horizontalHeader()
        assert rows is not None and columns is not None
        rows.setDefaultSectionSize(ROW_HEIGHT)
        for column, width in enumerate((236, 60, 164)):
            self.view.setColumnWidth(column, width)
        columns.setStretchLastSection(True)
        selection = self.view.selectionModel()
        assert selection is not None
        selection.currentRowChanged.connect(lambda current, _before: self._show(current))
        port = self.view.viewport()
        assert port is not None
        self.thumbnails.ready.connect(lambda _name: port.update())

    def _make_buttons(self) -> None:
        self.verdicts = (
            make_button(self.tr("True hit"), "check", lambda: self.settle("true"), primary=True),
            make_button(self.tr("Misread"), "x", lambda: self.settle("misread")),
            make_button(self.tr("Wrong entry"), "pencil", lambda: self.settle("wrong_entry")),
        )
        tips = (
            self.tr("The plate was right, and is wanted: settle its hits (T)"),
            self.tr("The plate was read wrong: settle its hits (M)"),
            self.tr("The list should not have this plate: settle its hits (W)"),
        )
        for made, tip, key, verdict in zip(self.verdicts, tips, "TMW", ("true", "misread", "wrong_entry"), strict=True):
            made.setToolTip(tip)
            shortcut = QShortcut(QKeySequence(key), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda verdict=verdict: self.settle(verdict))
        self.all_button = make_button(self.tr("Settle all"), "inbox", self._inbox.settle_all)
        self.all_button.setToolTip(self.tr("Mark every hit as dealt with, without a verdict (Ctrl+Z takes it back)"))

    def _lay_out(self) -> None:
        self.count = make_label("", "muted")
        head = QHBoxLayout()
        head.addWidget(make_label(self.tr("Hits"), "pageTitle"))
        head.addSpacing(8)
        head.addWidget(self.count)
        head.addStretch()
        for made in (*self.verdicts, self.all_button):
            head.addWidget(made)
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(20, 16, 20, 10)
        column.addLayout(head)
        self._stack = QStackedLayout()
        text = self.tr("When a plate of a block list is read, it waits here until somebody has settled it.")
        self._stack.addWidget(EmptyState("shield-check", self.tr("No hits waiting"), text, self))
        self._stack.addWidget(self.view)
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
        whole.addWidget(across, 1)

    def _show(self, index: QModelIndex) -> None:
        group = self.model.group(index.row()) if index.isValid() else None
        self.detail.show_row(ReadRow(group.latest, key=group.latest.key_text) if group is not None else None)
