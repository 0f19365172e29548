"""The reads of the live list: what the pipeline says now on top, what the log holds from before below."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PyQt5.QtCore import QModelIndex, QObject, Qt, pyqtSignal

from app.gui.reads.read_rows import ROW_ROLE, TEXT_ROLES, ReadColumnsModel, ReadRow, cell_text, tip_text
from app.gui.session.background import LatestTask
from app.pipeline.events import EventKind, PlateEvent, without_evidence
from app.pipeline.ledger import Ledger, LedgerChange
from app.records import Record, record_of
from app.sources.source_id import TrackKey
from app.store.search import Cursor, Query
from app.store.store import Store

MOST_ROWS = 5000  # older reads are found on the search page
_PAGE = 200
_NO_PARENT = QModelIndex()


class ReadTableModel(ReadColumnsModel):
    """Newest first. Rows of the log below are fetched as the list is scrolled; at most MOST_ROWS are held.

    arrived(n) tells how many new reads a batch of events brought.
    """

    arrived = pyqtSignal(int)
    failed = pyqtSignal(str)

    def __init__(self, store: Store | None, parent: QObject | None = None, run: str = "") -> None:
        """run: names the visits of the log that are of this start, so that events find their rows again."""
        super().__init__(parent)
        self._store = store
        self._run = run
        self._rows: list[ReadRow] = []
        self._ledger = Ledger()
        self._after: Cursor | None = None
        self._more = store is not None
        self._fetch = LatestTask(self)
        self._fetch.failed.connect(self.failed)

    def take(self, events: Iterable[PlateEvent]) -> None:
        """Show events: a row for each new track, changes in place, absorbed and withdrawn tracks removed."""
        new = 0
        for entry in self._ledger.apply_all(map(without_evidence, events)):
            key = str(entry.key)
            place = self.row_of(key)
            if entry.change is LedgerChange.WITHDRAWN:
                self._remove(place)
                continue
            row = ReadRow(record_of(entry.event), entry.event.kind is not EventKind.FINAL, key)
            if place < 0:
                self._insert(row)
                new += 1
            else:
                self._set(place, merge_row(self._rows[place], row))
        if new:
            self.arrived.emit(new)

    def put(self, key: str, visit: Record) -> None:
        """Show a visit as the log has it now: corrected, settled, its pictures named."""
        same = [at for at, row in enumerate(self._rows) if row.visit.id == visit.id is not None]
        place = self.row_of(key)
        if place < 0 or self._rows[place].visit.id not in (None, visit.id):  # the key is that of an earlier run
            place = same[0] if same else -1
        if place >= 0:
            held = self._rows[place]
            newer = held.provisional and visit.revision < held.visit.revision  # the log is behind what is seen
            self._set(place, merge_row(replace(held, visit=visit), held) if newer else replace(held, visit=visit))
        for other in reversed(same):
            if other != place:
                self._remove(other)

    def drop(self, key: str) -> None:
        """Take a read out of the list."""
        self._remove(self.row_of(key))

    def clear(self) -> None:
        """Start anew from what the log holds."""
        self.beginResetModel()
        self._rows.clear()
        self._ledger = Ledger()
        self._after, self._more = None, self._store is not None
        self.endResetModel()

    def use(self, store: Store | None) -> None:
        """Fetch older reads from this store, which could not be opened before."""
        if self._store is None and store is not None:
            self._store, self._more = store, True

    def held(self) -> tuple[ReadRow, ...]:
        """Return all rows at hand, newest first."""
        return tuple(self._rows)

    def row(self, place: int) -> ReadRow | None:
        """Return a row, or None where there is none."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def row_of(self, key: str) -> int:
        """Return the place of a live read, or -1."""
        return next((place for place, row in enumerate(self._rows) if row.key == key), -1) if key else -1

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows at hand."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a cell shows."""
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role in TEXT_ROLES:
            words = cell_text if role == Qt.ItemDataRole.DisplayRole else tip_text
            return words(row, index.column())
        return row if role == ROW_ROLE else None

    def canFetchMore(self, parent: QModelIndex) -> bool:
        """Whether the log holds older reads that may still be shown."""
        return not parent.isValid() and self._more and not self._fetch.busy and len(self._rows) < MOST_ROWS

    def fetchMore(self, parent: QModelIndex) -> None:
        """Ask the log for the next older reads; they come in a moment."""
        store, after = self._store, self._after
        if store is not None and self.canFetchMore(parent):
            self._fetch.ask(
                lambda: store.page(Query(), after, _PAGE), lambda page: self._append(page.visits, page.next)
            )

    def _append(self, visits: Sequence[Record], after: Cursor | None) -> None:
        self._after, self._more = after, after is not None
        keys = {row.key for row in self._rows if row.key}
        numbers = {row.visit.id for row in self._rows}
        older = [row for row in map(self._old_row, visits) if row.key not in keys and row.visit.id not in numbers]
        if older:
            self.beginInsertRows(_NO_PARENT, len(self._rows), len(self._rows) + len(older) - 1)
            self._rows += older
            self.endInsertRows()

    def _old_row(self, visit: Record) -> ReadRow:
        return ReadRow(visit, not visit.closed, key=visit.key_text if self._run and visit.run == self._run else "")

    def _insert(self, row: ReadRow) -> None:
        self.beginInsertRows(_NO_PARENT, 0, 0)
        self._rows.insert(0, row)
        self.endInsertRows()
        if len(self._rows) > MOST_ROWS:
            self._more = False
            if self._rows[-1].key:
                self._ledger.forget(TrackKey.parse(self._rows[-1].key))
            self._remove(len(self._rows) - 1)

    def _set(self, place: int, row: ReadRow) -> None:
        self._rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))

    def _remove(self, place: int) -> None:
        if place >= 0:
            self.beginRemoveRows(_NO_PARENT, place, place)
            del self._rows[place]
            self.endRemoveRows()


def merge_row(old: ReadRow, new: ReadRow) -> ReadRow:
    """Return the new row with what the log and the person have added to the old: number, list, correction, pictures."""
    before, visit = old.visit, new.visit
    visit = replace(
        visit, run=before.run, id=before.id, list_name=before.list_name, crop=before.crop, frame=before.frame,
        note=before.note, settled=before.settled, verdict=before.verdict, settled_by=before.settled_by,
    )  # fmt: skip
    if before.original_plate is not None:
        visit = replace(visit, plate=before.plate, original_plate=visit.plate)
    return replace(new, visit=visit)
