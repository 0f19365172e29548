"""Cameras that send nothing: told over all pages, by a tone, and as a list of all outages since the start."""

from datetime import datetime

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.gui.dialogs.base_dialog import BaseDialog
from app.gui.live.source_states import describe_outage
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.open_source import OpenSource
from app.gui.session.source_health import Outage
from app.gui.session.sources_session import SourcesSession
from app.gui.watch import tone
from app.gui.widgets.common import make_label, style_table
from app.gui.widgets.window_geometry import fit_to_screen


class OutageWatch(QObject):
    """Says which cameras send nothing now, and plays a tone once for each that stays away for as long as is set."""

    changed = pyqtSignal()

    def __init__(self, settings: CurrentSettings, sources: SourcesSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._sources = settings, sources
        self._warned: set[tuple[str, datetime]] = set()
        self._notice = ""
        sources.state_changed.connect(lambda _source: self.check())
        sources.changed.connect(self.check)

    @property
    def notice(self) -> str:
        """One line on the cameras that send nothing now; empty while all do."""
        return self._notice

    def check(self, now: datetime | None = None) -> None:
        """Look at all cameras; now is for the tone."""
        lost = [
            (source, source.health.outage)
            for source in self._sources.opened
            if source.health.outage and not source.ended
        ]
        self._warn([(source, outage) for source, outage in lost if outage], now or datetime.now().astimezone())
        notice = "  ·  ".join(f"{source.name}: {describe_outage(outage).text}" for source, outage in lost if outage)
        if notice != self._notice:
            self._notice = notice
            self.changed.emit()

    def _warn(self, lost: list[tuple[OpenSource, Outage]], now: datetime) -> None:
        after_s = self._settings.current.live.lost_tone_s
        for source, outage in lost:
            mark = source.source_id, outage.since
            if after_s and mark not in self._warned and (now - outage.since).total_seconds() >= after_s:
                self._warned.add(mark)
                tone.play_tone()


class OutagesDialog(BaseDialog):
    """Lists when which camera sent nothing, for how long and why, the latest first."""

    def __init__(self, sources: SourcesSession, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Outages"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, 820, 460)
        self.table = QTableWidget(0, 5, self)
        self.table.setAccessibleName(self.tr("Outages"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Source"), self.tr("From"), self.tr("To"), self.tr("Duration"), self.tr("Reason")]
        )
        style_table(self.table)
        self.table.setWordWrap(True)
        header = self.table.horizontalHeader()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        outages = [(source, outage) for source in sources.opened for outage in source.health.outages]
        for source, outage in sorted(outages, key=lambda pair: pair[1].since, reverse=True):
            self._add_row(source, outage)
        self.body.addWidget(make_label(self.tr("Outages since the start"), "pageTitle"))
        self.body.addWidget(self.table, 1)
        if not outages:
            self.body.insertWidget(1, make_label(self.tr("Every camera has sent pictures without a break."), "muted"))
        self.add_cancel(self.tr("Close"))

    def _add_row(self, source: OpenSource, outage: Outage) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        until = outage.until or datetime.now().astimezone()
        lasted = max(0, round((until - outage.since).total_seconds()))
        texts = (
            source.name,
            f"{outage.since:%Y-%m-%d %H:%M:%S}",
            f"{outage.until:%H:%M:%S}" if outage.until is not None else self.tr("ongoing"),
            f"{lasted // 3600}:{lasted // 60 % 60:02d}:{lasted % 60:02d}",
            outage.reason.removeprefix(f"{source.source_id}: ") or self.tr("no picture came"),
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            self.table.setItem(row, column, item)
        self.table.resizeRowToContents(row)
