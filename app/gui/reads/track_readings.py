"""Every reading of a track, so that one can see how the plate was decided."""

from collections.abc import Sequence

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.gui.reads.read_rows import media_clock, percent
from app.gui.widgets import theme
from app.gui.widgets.common import label
from app.gui.widgets.read_table import plain_table
from app.pipeline.events import TrackReading

_MOST_ROWS = 60


class TrackReadings(QWidget):
    """A small table: when, what, how sure, and what its vote was worth."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title: QLabel = label("", "small")
        self.table = QTableWidget(0, 4, self)
        self.table.setHorizontalHeaderLabels([self.tr("At"), self.tr("Reading"), self.tr("Sure"), self.tr("Weight")])
        self.table.setAccessibleName(self.tr("Readings of this track"))
        plain_table(self.table)
        header = self.table.horizontalHeader()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(150)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.table)
        self.hide()

    def show_readings(self, readings: Sequence[TrackReading]) -> None:
        """Show a track's readings, the newest at most _MOST_ROWS of them; hide where there are none."""
        shown = readings[-_MOST_ROWS:]
        self.title.setText(self.tr("Every reading of this track ({n})").format(n=len(readings)))
        self.table.setRowCount(len(shown))
        for row, item in enumerate(shown):
            reading = item.reading
            texts = (
                media_clock(item.media_time),
                reading.text or "–",
                percent(reading.confidence),
                f"{item.weight:.2f}",
            )
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setFlags(Qt.ItemFlags(Qt.ItemFlag.ItemIsEnabled) | Qt.ItemFlag.ItemIsSelectable)
                if column == 1:
                    cell.setFont(theme.plate_font(10))
                self.table.setItem(row, column, cell)
        self.setVisible(bool(readings))
