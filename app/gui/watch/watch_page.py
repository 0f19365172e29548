"""The watch lists: what they hold, adding, changing, removing, CSV in and out, and a live tester."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QObject, Qt
from PyQt5.QtGui import QKeySequence, QShowEvent
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QShortcut,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.gui.live.source_actions import default_folder
from app.gui.reads.read_rows import TEXT_ROLES
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.session.undo_stack import UndoStack
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.widgets import icons, theme
from app.gui.widgets.common import EmptyState, make_button, make_label, pluralize, style_table
from app.gui.widgets.message_boxes import confirm, show_error
from app.store.errors import LogError
from app.store.export import watch_from_csv, watch_to_csv
from app.store.store import Store
from app.store.types import BLOCK
from app.store.watchlist import Hit, WatchBook, WatchEntry

_NO_PARENT = QModelIndex()


class WatchTableModel(QAbstractTableModel):
    """Entries of all lists, in the order they were made, or filtered by a text in plate or note."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[WatchEntry, ...] = ()
        self._shown: tuple[WatchEntry, ...] = ()
        self._filter = ""

    def show_entries(self, entries: Sequence[WatchEntry]) -> None:
        """Show these entries."""
        self._all = tuple(entries)
        self._apply()

    def filter(self, text: str) -> None:
        """Show only entries with text in plate or note."""
        self._filter = text.strip().casefold()
        self._apply()

    def entry(self, row: int) -> WatchEntry | None:
        """Return an entry, or None where there is none."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    @property
    def total(self) -> int:
        """How many entries there are, shown or not."""
        return len(self._all)

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headers())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return a column's heading."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._headers()[section] if shown else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a cell shows."""
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role in TEXT_ROLES:
            return self._texts(entry)[index.column()]
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return theme.plate_font(11)
        return None

    def _apply(self) -> None:
        self.beginResetModel()
        self._shown = tuple(entry for entry in self._all if self._filter in f"{entry.plate} {entry.note}".casefold())
        self.endResetModel()

    def _headers(self) -> tuple[str, ...]:
        return (self.tr("Plate"), self.tr("List"), self.tr("Tolerance"), self.tr("Active hours"), self.tr("Note"))

    def _texts(self, entry: WatchEntry) -> tuple[str, ...]:
        listed = self.tr("Block") if entry.list_name == BLOCK else self.tr("Allow")
        tolerance = self.tr("{n} may differ").format(n=entry.tolerance) if entry.tolerance else self.tr("exact")
        folded = self.tr(", look-alikes") if entry.look_alikes else ""
        return entry.plate, listed, tolerance + folded, entry.hours or self.tr("always"), entry.note


_ROW = 40


class WatchPage(QWidget):
    """Shows the watch lists and changes them through the store, in a worker."""

    def __init__(
        self, log: LogSession, requests: WindowRequests, undo: UndoStack, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._log, self._requests, self._undo = log, requests, undo
        self.model = WatchTableModel(self)
        self._make_table()
        self._make_tester()
        self._lay_out()
        for keys, action in (("Del", self.remove), ("Ins", self.add)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)
        log.changed.connect(self.refresh)
        self._book = WatchBook(())

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show what the lists hold now; other pages may have added to them."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what the log holds now."""
        store = self._log.store
        if store is not None:
            self._run(store.watch.entries, self._show)

    def add(self, entry: WatchEntry | None = None) -> None:
        """Ask for a new entry."""
        dialog = WatchEntryDialog(entry, self)
        if dialog.exec_() == WatchEntryDialog.DialogCode.Accepted:
            made = dialog.entry
            self._change(lambda store: store.watch.add(made))

    def edit(self) -> None:
        """Ask for changes of the chosen entry."""
        chosen = self._chosen()
        if not chosen or chosen[0].id is None:
            return
        number = chosen[0].id
        dialog = WatchEntryDialog(chosen[0], self)
        if dialog.exec_() == WatchEntryDialog.DialogCode.Accepted:
            made = dialog.entry
            self._change(lambda store: store.watch.change(number, made))

    def remove(self) -> None:
        """Remove the chosen entries, after asking where they are several."""
        chosen = self._chosen()
        doomed = [entry.id for entry in chosen if entry.id is not None]
        question = self.tr("Remove {n} entries from the watch lists?").format(n=len(doomed))
        if len(doomed) > 1 and not confirm(question, self.tr("Remove"), self):
            return
        if doomed:
            one = self.tr("{plate} was taken off the watch lists.")
            many = self.tr("{n} entries were taken off the watch lists.")
            told = pluralize(len(doomed), one, many, plate=chosen[0].plate)
            self._change(lambda store: store.watch.remove_ids(doomed), lambda _: self._tell_removed(chosen, told))

    def put_back(self, removed: list[WatchEntry]) -> None:
        """Put back entries that were removed."""
        one, many = self.tr("{plate} is on the watch lists again."), self.tr("{n} entries are back.")
        told = pluralize(len(removed), one, many, plate=removed[0].plate)
        self._change(lambda store: store.watch.add(*removed), lambda _: self._tell_restored(told))

    def _tell_removed(self, removed: list[WatchEntry], told: str) -> None:
        words = pluralize(len(removed), self.tr("removing 1 entry"), self.tr("removing {n} entries"))
        self._undo.push(words, lambda: self.put_back(removed))
        self.undo_button.show()
        self._requests.message.emit(told)

    def _tell_restored(self, told: str) -> None:
        self.undo_button.hide()
        self._requests.message.emit(told)

    def read_csv(self) -> None:
        """Ask for a CSV file and add its entries."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import a watch list"), default_folder(), self.tr("CSV (*.csv);;All (*)")
        )
        if name:
            self._change(lambda store: store.watch.add(*watch_from_csv(Path(name), BLOCK)), self._imported)

    def write_csv(self) -> None:
        """Ask for a file and write all entries to it."""
        target = str(Path(default_folder()) / "watch.csv")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export the watch lists"), target, "CSV (*.csv)")
        store = self._log.store
        if name and store is not None:
            self._run(lambda: watch_to_csv(store.watch.entries(), Path(name)), lambda count: self._wrote(count, name))

    def _make_table(self) -> None:
        self.view = QTableView(self)
        self.view.setModel(self.model)
        style_table(self.view)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAccessibleName(self.tr("Watch-list entries"))
        rows, columns = self.view.verticalHeader(), self.view.horizontalHeader()
        assert rows is not None and columns is not None
        rows.setDefaultSectionSize(_ROW)
        for column, width in enumerate((170, 90, 190, 240)):
            self.view.setColumnWidth(column, width)
        columns.setStretchLastSection(True)
        self.view.doubleClicked.connect(lambda _: self.edit())
        selection = self.view.selectionModel()
        assert isinstance(selection, QItemSelectionModel)
        selection.selectionChanged.connect(lambda *_: self._enable())

    def _make_tester(self) -> None:
        self.tester = QLineEdit(self)
        self.tester.setPlaceholderText(self.tr("Try a plate: would it be on a list now?"))
        self.tester.addAction(icons.load_icon("shield-alert", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.tester.setAccessibleName(self.tr("Plate to test against the lists"))
        self.tester.setMaximumWidth(360)
        self.tester.textChanged.connect(lambda _: self._test())
        self.verdict = make_label("", wrap=True)

    def _lay_out(self) -> None:
        self.count = make_label("", "muted")
        self.finder = QLineEdit(self)
        self.finder.setPlaceholderText(self.tr("Find in plates and notes"))
        self.finder.setAccessibleName(self.tr("Find in plates and notes"))
        self.finder.setClearButtonEnabled(True)
        self.finder.setMaximumWidth(260)
        self.finder.textChanged.connect(self.model.filter)
        self.add_button = make_button(self.tr("Add…"), "plus", self.add, primary=True)
        self.add_button.setToolTip(self.tr("Add a plate (Insert)"))
        self.edit_button = make_button(self.tr("Change…"), "pencil", self.edit)
        self.remove_button = make_button(self.tr("Remove"), "trash-2", self.remove)
        self.undo_button = make_button(self.tr("Undo removal"), "undo-2", self._undo.undo)
        self.undo_button.setToolTip(self.tr("Restore what was removed last (Ctrl+Z)"))
        self.undo_button.hide()
        self.import_button = make_button(self.tr("Import CSV…"), "upload", self.read_csv)
        self.export_button = make_button(self.tr("Export CSV…"), "download", self.write_csv)
        head = QHBoxLayout()
        head.addWidget(make_label(self.tr("Watch lists"), "pageTitle"))
        head.addSpacing(8)
        head.addWidget(self.count)
        head.addStretch()
        for made in (self.undo_button, self.import_button, self.export_button, self.add_button):
            head.addWidget(made)
        self._tools = QWidget(self)
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.addWidget(self.finder, 1)
        tools.addStretch()
        tools.addWidget(self.edit_button)
        tools.addWidget(self.remove_button)
        self._trial = QFrame(self)
        self._trial.setObjectName("card")
        row = QHBoxLayout(self._trial)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(14)
        row.addWidget(self.tester, 1)
        row.addWidget(self.verdict, 2)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._nothing_yet())
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._trial)
        column.addWidget(self._tools)
        column.addLayout(self._stack, 1)
        self._show_parts(False)
        self._enable()

    def _nothing_yet(self) -> EmptyState:
        text = self.tr("Add a plate to be told when it is seen, or to mark it as known. Patterns such as AB* work too.")
        empty = EmptyState("shield-alert", self.tr("No plates are watched for"), text, self)
        self.first_button = empty.add_step(self.tr("Add a plate…"), "plus", self.add, primary=True)
        empty.add_step(self.tr("Import CSV…"), "upload", self.read_csv)
        return empty

    def _show(self, entries: list[WatchEntry]) -> None:
        self.model.show_entries(entries)
        self._book = WatchBook(entries)
        blocked = sum(entry.list_name == BLOCK for entry in entries)
        text = self.tr("{n} blocked, {m} allowed").format(n=blocked, m=len(entries) - blocked)
        self.count.setText(text if entries else "")
        self._show_parts(bool(entries))
        self._enable()
        self._test()

    def _show_parts(self, some: bool) -> None:
        """While the lists are empty, only the next step is offered."""
        self._stack.setCurrentIndex(1 if some else 0)
        for part in (self._trial, self._tools, self.import_button, self.export_button, self.add_button):
            part.setVisible(some)

    def _enable(self) -> None:
        chosen = len(self._chosen())
        self.edit_button.setEnabled(chosen == 1)
        self.remove_button.setEnabled(chosen > 0)
        self.export_button.setEnabled(self.model.total > 0)

    def _chosen(self) -> list[WatchEntry]:
        selection = self.view.selectionModel()
        rows = sorted(index.row() for index in selection.selectedRows()) if selection is not None else []
        return [entry for row in rows if (entry := self.model.entry(row)) is not None]

    def _test(self) -> None:
        text = self.tester.text()
        hits = self._book.match(text, datetime.now().astimezone())
        self.verdict.setText(self._said(hits) if text.strip() else "")

    def _said(self, hits: list[Hit]) -> str:
        if not hits:
            return self.tr("✗ Not on a list now: it would be logged without an alarm.")
        best = hits[0]
        text = (
            self.tr("✓ Hit: {list} list, “{plate}”")
            if best.entry.list_name == BLOCK
            else self.tr("✓ Known: {list} list, “{plate}”")
        )
        said = text.format(list=best.entry.list_name, plate=best.entry.plate)
        if best.distance:
            said += pluralize(best.distance, self.tr(", 1 character differs"), self.tr(", {n} characters differ"))
        return said + (f" – {best.entry.note}" if best.entry.note else "")

    def _imported(self, new: int) -> None:
        self._requests.message.emit(
            pluralize(new, self.tr("1 new entry was imported."), self.tr("{n} new entries were imported."))
        )

    def _wrote(self, count: int, name: str) -> None:
        one, many = self.tr("1 entry was written to {file}."), self.tr("{n} entries were written to {file}.")
        self._requests.message.emit(pluralize(count, one, many, file=name))

    def _change(self, change: Callable[[Store], object], done: Callable[..., None] | None = None) -> None:
        store = self._log.store
        if store is None:
            return

        def finished(result: object) -> None:
            self.refresh()
            self._log.watch_changed.emit()
            if done is not None:
                done(result)

        self._run(lambda: change(store), finished)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._log.run(work, done, self._failed)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, LogError | OSError):
            raise error
        self._requests.message.emit(str(error))
        show_error(str(error), self)
