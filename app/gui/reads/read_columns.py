"""The columns that every table of reads has."""

from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, Qt

from app.gui.reads.read_rows import headers

_NO_PARENT = QModelIndex()


class ReadColumns(QAbstractTableModel):
    """A table whose columns are those of `rows.headers`."""

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(headers())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return a column's heading."""
        return (
            headers()[section]
            if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
            else None
        )
