"""How each source does: state, frames a second, skipped, reconnects, stalls, rejected reads; and time by stage."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QIcon, QResizeEvent
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.live.picture_coach import PictureCoach
from app.gui.live.source_states import describe_state, format_rate, slow_advice
from app.gui.reads.read_rows import format_percent
from app.gui.session.networks_session import NetworksSession
from app.gui.session.open_source import OpenSource
from app.gui.session.sources_session import SourcesSession
from app.gui.widgets import icons
from app.gui.widgets.common import IconLabel, make_label, make_tool_button
from app.pipeline.types import RejectReason

_STATE_PX, _WIDE_STATE_PX = 150, 256  # the wider one shows "No connection since 04:57:48" whole
_WIDE_PX = 660
_NAME_PX = 110
_LEFT_OUT_FIRST = (5, 4, 6, 3)  # where there is no room: stalls, reconnects, rejected, skipped


class SourcesPanel(QWidget):
    """One row a source, brought up to date twice a second; what to do for a better picture below."""

    chosen = pyqtSignal(str)
    add_wanted = pyqtSignal()

    def __init__(self, networks: NetworksSession, sources: SourcesSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._networks, self._sources = networks, sources
        self._rows: dict[str, int] = {}
        self._coaches: dict[str, PictureCoach] = {}
        self._chosen = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        self._table = self._make_table()
        column.addWidget(self._table, 1)
        column.addLayout(self._foot())
        sources.changed.connect(self.refresh)
        sources.state_changed.connect(self._update)
        self.refresh()

    def refresh(self) -> None:
        """Make the rows those of the open sources."""
        sources = self._sources.opened
        self._rows = {source.source_id: row for row, source in enumerate(sources)}
        self._coaches = {name: self._coaches.get(name, PictureCoach()) for name in self._rows}
        self._table.setRowCount(len(sources))
        for row, source in enumerate(sources):
            for column in range(self._table.columnCount()):
                item = QTableWidgetItem()
                if column > 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(row, column, item)
            self._fill(row, source)
        if self._chosen in self._rows:
            self.choose(self._chosen)  # it may have had no row yet

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Leave out what matters least where there is no room for all; a row's tool tip has it all the same."""
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        header = self._table.horizontalHeader()
        assert header is not None
        state_px = _WIDE_STATE_PX if self.width() >= _WIDE_PX else _STATE_PX
        header.resizeSection(1, state_px)
        for column in _LEFT_OUT_FIRST:  # what is hidden seems to need no room
            self._table.setColumnHidden(column, False)
        needs = {at: max(header.sectionSizeHint(at), self._table.sizeHintForColumn(at)) for at in range(2, 7)}
        bar = self._table.verticalScrollBar()
        room = self.width() - _NAME_PX - state_px - (bar.sizeHint().width() if bar is not None else 0)
        for column in _LEFT_OUT_FIRST:
            self._table.setColumnHidden(column, sum(needs.values()) > room)
            if sum(needs.values()) > room:
                needs.pop(column)

    def choose(self, source_id: str) -> None:
        """Select a source's row."""
        self._chosen = source_id
        if source_id in self._rows and self._table.currentRow() != self._rows[source_id]:
            self._table.selectRow(self._rows[source_id])
        self._advise(source_id)

    def headings(self) -> tuple[str, ...]:
        """Return the columns' headings."""
        return (
            self.tr("Source"),
            self.tr("State"),
            self.tr("Read/s"),
            self.tr("Skipped"),
            self.tr("Reconnects"),
            self.tr("Stalls"),
            self.tr("Rejected"),
        )

    def steps(self) -> dict[str, str]:
        """Return the steps that are timed, in their order, with what a person calls them."""
        return {
            "decode": self.tr("decode"),
            "detect": self.tr("detect"),
            "track": self.tr("track"),
            "crop": self.tr("crop"),
            "read": self.tr("read"),
            "vote": self.tr("vote"),
        }

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 8, 8, 6)
        row.addWidget(make_label(self.tr("Sources"), "panelTitle"))
        row.addStretch(1)
        row.addWidget(make_tool_button("plus", self.tr("Add a source"), self.add_wanted.emit))
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 6, 14, 8)
        self._coach_icon = IconLabel("info", 15, "muted")
        self._coach = make_label("", "small", wrap=True)
        self._stages = make_label("", "small")
        self._stages.setToolTip(self.tr("How long each step takes, in milliseconds (median)"))
        row.addWidget(self._coach_icon)
        row.addWidget(self._coach, 1)
        row.addWidget(self._stages)
        return row

    def _make_table(self) -> QTableWidget:
        headings = self.headings()
        table = QTableWidget(0, len(headings))
        table.setObjectName("dense")
        table.setAccessibleName(self.tr("Sources and their state"))
        table.setHorizontalHeaderLabels(headings)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        vertical, horizontal = table.verticalHeader(), table.horizontalHeader()
        assert vertical is not None and horizontal is not None
        vertical.hide()
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical.setDefaultSectionSize(30)
        horizontal.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        horizontal.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        horizontal.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        horizontal.resizeSection(1, _STATE_PX)
        horizontal.setHighlightSections(False)
        for at in range(len(headings)):
            item = table.horizontalHeaderItem(at)
            assert item is not None
            side = Qt.AlignmentFlag.AlignRight if at > 1 else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(self._heading_tip(at))
        table.itemSelectionChanged.connect(self._selected)
        return table

    def _heading_tip(self, column: int) -> str:
        tips = {
            2: self.tr("Pictures that are read a second, of those that the camera sends"),
            3: self.tr("Of a camera: share of the last minute's pictures that were not read"),
            4: self.tr("In the last hour"),
            5: self.tr("In the last hour"),
        }
        return tips.get(column, "")

    def _selected(self) -> None:
        row = self._table.currentRow()
        source_id = next((name for name, at in self._rows.items() if at == row), "")
        if source_id:
            self.chosen.emit(source_id)

    def _update(self, source_id: str) -> None:
        source = self._sources.find(source_id)
        if source is not None and source_id in self._rows:
            self._fill(self._rows[source_id], source)
            if self._rows[source_id] == max(0, self._table.currentRow()):
                self._advise(source_id)

    def _fill(self, row: int, source: OpenSource) -> None:
        state, status = describe_state(source, self._networks), source.status
        counts = self._rejected(source.source_id)
        self._set(row, 0, source.name)
        self._set(row, 1, state.text, icons.load_icon(state.icon, state.colour), state.detail)
        self._set(row, 2, self._rate(source), tip=slow_advice() if source.health.is_slow else "")
        self._set(row, 3, self._skipped(source))
        self._set(row, 4, str(status.reconnects) if status is not None and source.spec.is_live else "–")
        self._set(row, 5, str(status.stalls) if status is not None and source.spec.is_live else "–")
        reasons = "\n".join(f"{count} × {reason.value}" for reason, count in counts.items())
        self._set(row, 6, str(sum(counts.values())), tip=reasons)
        item = self._table.item(row, 0)
        if item is not None:
            item.setToolTip(self._whole_row(row, source))

    def _rate(self, source: OpenSource) -> str:
        """Return how much is read, of how much comes."""
        status = source.status
        if status is None:
            return ""
        if not source.spec.is_live:
            return format_rate(status.fps)
        rates = {"read": format_rate(source.health.read_fps), "came": format_rate(source.health.camera_fps)}
        return self.tr("{read} of {came}").format(**rates)

    def _skipped(self, source: OpenSource) -> str:
        """Return what was not read: of a camera the share of the last minute, of a recording the number of frames."""
        status = source.status
        if status is None:
            return ""
        if source.spec.is_live:
            share = source.health.skipped_share
            return "–" if share is None else format_percent(share)
        return str(status.dropped + (source.played.left_out if source.played is not None else 0))

    def _whole_row(self, row: int, source: OpenSource) -> str:
        """Return all that the row tells, with the headings of what it tells."""
        cells = [self._table.item(row, column) for column in range(self._table.columnCount())]
        pairs = zip(self.headings()[1:], cells[1:], strict=True)
        return "\n".join([source.source_id, *(f"{head}: {cell.text()}" for head, cell in pairs if cell is not None)])

    def _set(self, row: int, column: int, text: str, icon: QIcon | None = None, tip: str = "") -> None:
        item = self._table.item(row, column)
        if item is None or (item.text() == text and item.toolTip() == tip):
            return
        item.setText(text)
        item.setToolTip(tip)
        if icon is not None:
            item.setIcon(icon)

    def _rejected(self, source_id: str) -> dict[RejectReason, int]:
        pipeline = self._networks.pipeline
        return pipeline.rejected(source_id) if pipeline is not None else {}

    def _advise(self, source_id: str) -> None:
        """Say what would make the picture better, and how long the steps take."""
        result = self._sources.newest_frame(source_id)
        coach = self._coaches.setdefault(source_id, PictureCoach())
        if result is not None:
            coach.see(result)
        found = coach.advice()
        self._coach.setText(" ".join(f"{item.what} {item.remedy}" for item in found))
        self._coach_icon.setVisible(bool(found))
        self._coach_icon.show_icon("info", "notice")
        times = self._networks.stage_times()
        steps = self.steps()
        parts = [f"{words} {times[name].median_ms:.1f}" for name, words in steps.items() if name in times]
        self._stages.setText("  ·  ".join(parts) + (" ms" if parts else ""))
