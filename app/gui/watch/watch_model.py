"""The watch lists as a table; they are small enough to be held whole."""

from collections.abc import Sequence
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.gui.reads.read_rows import TEXT_ROLES
from app.gui.widgets import theme
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry

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
