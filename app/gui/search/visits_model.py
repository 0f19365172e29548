"""The visits that a search finds, as a table: windows of rows are fetched in a worker, placeholders stand meanwhile."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PyQt5.QtCore import QModelIndex, QObject, Qt, QTimer, pyqtSignal

from app.gui.reads.read_rows import ROW_ROLE, ReadColumnsModel, ReadRow, cell_text, tip_text
from app.gui.search.ranking import fetch_ranked, match_span, typed_part
from app.gui.session.background import LatestTask
from app.records import Record
from app.store.keyset import fences
from app.store.rows import to_us
from app.store.search import Cursor, Query, count, page
from app.store.store import Store

T = TypeVar("T")

WINDOW_ROWS = 128
KEPT_WINDOWS = 48


class RowWindows(Generic[T]):
    """Rows of a table by number, kept in windows of `size` rows, at most `keep` windows."""

    def __init__(self, size: int = WINDOW_ROWS, keep: int = KEPT_WINDOWS) -> None:
        if size < 1 or keep < 1:
            raise ValueError(f"windows of {size} rows, {keep} of them: both must be at least 1")
        self.size, self.keep = size, keep
        self._windows: OrderedDict[int, Sequence[T]] = OrderedDict()

    def number(self, row: int) -> int:
        """Return the window a row lies in."""
        return row // self.size

    def rows(self, number: int) -> range:
        """Return the row numbers of a window."""
        return range(number * self.size, (number + 1) * self.size)

    def get(self, row: int) -> T | None:
        """Return what is kept of a row, or None if it has to be fetched."""
        number = row // self.size
        window = self._windows.get(number)
        if window is None:
            return None
        self._windows.move_to_end(number)
        place = row - number * self.size
        return window[place] if place < len(window) else None

    def has(self, number: int) -> bool:
        """Whether a window is in memory."""
        return number in self._windows

    def put(self, number: int, rows: Sequence[T]) -> None:
        """Keep a window's rows (the last window may be short)."""
        self._windows[number] = rows
        self._windows.move_to_end(number)
        while len(self._windows) > self.keep:
            self._windows.popitem(last=False)

    def items(self) -> list[tuple[int, Sequence[T]]]:
        """Return the windows in memory by number."""
        return list(self._windows.items())

    def clear(self) -> None:
        """Forget all rows."""
        self._windows.clear()

    def __len__(self) -> int:
        return sum(len(window) for window in self._windows.values())


_MOST_ROWS = 2**31 - 1
_NO_PARENT = QModelIndex()
_REST_MS = 30  # rows that only fly past while the list is dragged are not fetched


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The start of a result: how many visits, the first window of them, and the fences between all windows."""

    query: Query
    total: int
    first: tuple[Record, ...]
    fences: tuple[Cursor, ...]
    complete: bool = True


class VisitTableModel(ReadColumnsModel):
    """Visits of one query, newest first; any number of them, of which a bounded number is in memory.

    found(total) tells that a new result is shown, failed(text) that the log could not be asked.
    """

    found = pyqtSignal(int)
    failed = pyqtSignal(str)
    busy_changed = pyqtSignal(bool)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._windows: RowWindows[Record] = RowWindows()
        self._shown = SearchResult(Query(), 0, (), ())
        self._part = ""
        self._wanted: list[int] = []
        self._search, self._fetch = LatestTask(self), LatestTask(self)
        for asker in (self._search, self._fetch):
            asker.failed.connect(self.failed)
        self._search.busy_changed.connect(self.busy_changed)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST_MS)
        self._soon.timeout.connect(self._fetch_wanted)

    @property
    def query(self) -> Query:
        """The query whose result is shown."""
        return self._shown.query

    @property
    def total(self) -> int:
        """How many visits the result holds."""
        return self._shown.total

    def search(self, query: Query) -> None:
        """Look for visits; the present result stays until the new one is there, and a newer search supersedes."""
        store = self._store
        self._search.ask(lambda: fetch_first_rows(store, query), self._show)

    def again(self) -> None:
        """Run the same search anew, as after a change of the log."""
        self.search(self._shown.query)

    def visit(self, row: int) -> Record | None:
        """Return the visit of a row, or None while it is being fetched."""
        return self._windows.get(row)

    def replace(self, visit: Record) -> bool:
        """Show a changed visit in place, wherever it is in memory; False if it is not."""
        for number, window in self._windows.items():
            for place, old in enumerate(window):
                if old.id == visit.id:
                    self._windows.put(number, (*window[:place], visit, *window[place + 1 :]))
                    row = number * self._windows.size + place
                    self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
                    return True
        return False

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else self._shown.total

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a cell shows; an unfetched row is asked for and shows a placeholder."""
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
            ROW_ROLE,
        ):
            return None
        visit = self._windows.get(index.row())
        if visit is None:
            self._want(self._windows.number(index.row()))
            return None if role in (ROW_ROLE, Qt.ItemDataRole.ToolTipRole) else "…"
        row = ReadRow(visit, match=match_span(visit.plate, self._part) if self._part else None)
        if role == ROW_ROLE:
            return row
        return (cell_text if role == Qt.ItemDataRole.DisplayRole else tip_text)(row, index.column())

    def _show(self, found: SearchResult) -> None:
        self.beginResetModel()
        self._part = typed_part(found.query)
        self._fetch.forget()
        self._windows.clear()
        self._wanted.clear()
        self._shown = found
        size = self._windows.size  # a ranked result comes whole
        for number in range(math.ceil(len(found.first) / size)):
            self._windows.put(number, found.first[number * size : (number + 1) * size])
        self.endResetModel()
        if found.complete:
            self.found.emit(found.total)
        else:
            store = self._store
            self._search.ask(lambda: fetch_result(store, found.query), self._extend)

    def _extend(self, whole: SearchResult) -> None:
        """Show the rows behind the first window; if visits came meanwhile, the first window is taken anew."""
        shown = self._shown.total
        if whole.first != self._shown.first or whole.total <= shown:
            self._show(whole)
            return
        self.beginInsertRows(_NO_PARENT, shown, whole.total - 1)
        self._shown = whole
        self.endInsertRows()
        self.found.emit(whole.total)

    def _want(self, number: int) -> None:
        if number in self._wanted:
            self._wanted.remove(number)
        self._wanted.append(number)
        del self._wanted[:-4]  # what was scrolled past is asked for again if it comes back into view
        if not self._fetch.busy and not self._soon.isActive():
            self._soon.start()

    def _fetch_wanted(self) -> None:
        while self._wanted:
            number = self._wanted.pop()
            if not self._windows.has(number):
                self._fetch_window(number)
                return

    def _fetch_window(self, number: int) -> None:
        store, query, size, after = self._store, self._shown.query, self._windows.size, self._behind(number)
        self._fetch.ask(lambda: store.page(query, after, size).visits, lambda visits: self._keep(number, visits))

    def _behind(self, number: int) -> Cursor | None:
        """Return the place a window starts behind; the first starts at its own first row, whatever came since."""
        if number:
            return self._shown.fences[min(number, len(self._shown.fences)) - 1]
        if not self._shown.first:
            return None
        first = self._shown.first[0]
        return Cursor(to_us(first.first_time), (first.id or 0) + 1)

    def _keep(self, number: int, visits: Sequence[Record]) -> None:
        self._windows.put(number, visits)
        rows = self._windows.rows(number)
        last = min(rows.stop, self._shown.total) - 1
        self.dataChanged.emit(self.index(rows.start, 0), self.index(last, self.columnCount() - 1))
        if self._wanted:
            self._soon.start()


def fetch_first_rows(store: Store, query: Query) -> SearchResult:
    """Ask the store for the first rows of a result, which is quick; complete is False if there may be more.

    What fits a typed text comes whole and ranked, where it is not too much.
    """
    if typed_part(query) and (ranked := fetch_ranked(store, query)).known:
        return SearchResult(query, len(ranked.visits), ranked.visits, ())
    first = store.page(query, None, WINDOW_ROWS).visits
    return SearchResult(query, len(first), first, (), len(first) < WINDOW_ROWS)


def fetch_result(store: Store, query: Query) -> SearchResult:
    """Ask the store for a whole result's size and fences; over a million visits this takes a second."""
    with store.database.reading() as connection:  # one consistent state of the log for all three
        first = page(connection, query, None, WINDOW_ROWS).visits
        marks = fences(connection, query, WINDOW_ROWS)
        return SearchResult(query, min(count(connection, query), _MOST_ROWS), first, tuple(marks))
