"""Watch-list hits: the red banner, the tone, the window to the front, and settling with one click."""

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui.reads.read_rows import clock, source_name
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession
from app.gui.session.sources_session import SourcesSession
from app.gui.watch import tone
from app.gui.widgets import theme
from app.gui.widgets.common import IconLabel, button, label
from app.records import Record
from app.store.journal import Alarm
from app.store.watchlist import WatchEntry


class OpenHits(QObject):
    """The hits that nobody has settled yet, the latest last."""

    changed = pyqtSignal()
    raised = pyqtSignal()

    def __init__(self, settings: CurrentSettings, log: LogSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._log = settings, log
        self._open: dict[str, Alarm] = {}
        self._to_settle: set[str] = set()
        log.hit.connect(self._take)
        log.visit_changed.connect(self._look_at)
        log.watch_changed.connect(self._ask_entries)

    @property
    def open(self) -> tuple[Alarm, ...]:
        """The unsettled hits."""
        return tuple(self._open.values())

    def settle(self, alarm: Alarm) -> None:
        """Mark a hit as dealt with, in the log too as soon as its visit is there."""
        key = alarm.visit.key_text
        self._open.pop(key, None)
        self.changed.emit()
        visit = self._log.visit(key)
        if visit is not None:
            self._write(visit)
        else:
            self._to_settle.add(key)

    def _take(self, alarm: Alarm) -> None:
        self._open[alarm.visit.key_text] = alarm
        self.changed.emit()
        self.raised.emit()
        if self._settings.current.appearance.hit_sound:
            tone.sound()

    def _look_at(self, track_key: str) -> None:
        visit = self._log.visit(track_key)
        if visit is None:
            return
        if track_key in self._to_settle:
            self._to_settle.discard(track_key)
            self._write(visit)
        elif visit.settled and self._open.pop(track_key, None) is not None:
            self.changed.emit()

    def _ask_entries(self) -> None:
        """A hit whose entries were all removed is none any more."""
        store = self._log.store
        if store is not None and self._open:
            self._log.run(store.watch.entries, self._keep_listed)

    def _keep_listed(self, entries: list[WatchEntry]) -> None:
        listed = {entry.id for entry in entries}
        kept = {key: alarm for key, alarm in self._open.items() if any(hit.entry.id in listed for hit in alarm.hits)}
        if len(kept) < len(self._open):
            self._open = kept
            self.changed.emit()

    def _write(self, visit: Record) -> None:
        store, number = self._log.store, visit.id
        if store is not None and not store.read_only and number is not None:
            self._log.run(lambda: store.settle(number), self._log.publish_change)


class HitBanner(QFrame):
    """The latest unsettled hit over the whole width; hidden while there is none."""

    show_wanted = pyqtSignal(str)  # track_key
    mute_wanted = pyqtSignal()

    def __init__(
        self, desk: OpenHits, settings: CurrentSettings, sources: SourcesSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._desk, self._settings, self._sources = desk, settings, sources
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(14)
        row.addWidget(IconLabel("shield-alert", 30, "on_hit"))
        self._kind = label(self.tr("Watch-list hit"), "bannerKind")
        self._plate = QLabel()
        self._plate.setObjectName("bannerPlate")
        self._plate.setFont(theme.plate_font(16))
        self._plate.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words = label("", "bannerWords")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._kind)
        words.addWidget(self._words)
        row.addWidget(self._plate)
        row.addLayout(words, 1)
        self.settle = button(self.tr("Settle"), "", self._settle)
        self.settle.setToolTip(self.tr("Mark this hit as dealt with"))
        self._mute = button("", "", self.mute_wanted.emit)
        row.addWidget(button(self.tr("Show"), "", self._show))
        row.addWidget(self._mute)
        row.addWidget(self.settle)
        desk.changed.connect(self.refresh)
        settings.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the latest hit."""
        alarms = self._desk.open
        self.setVisible(bool(alarms))
        sound = self._settings.current.appearance.hit_sound
        self._mute.setText(self.tr("Mute") if sound else self.tr("Sound on"))
        if not alarms:
            return
        alarm = alarms[-1]
        more = len(alarms) - 1
        self._plate.setText(alarm.visit.plate)
        self._kind.setText(self.tr("Watch-list hit") + (self.tr("  ·  {} more").format(more) if more else ""))
        notes = ", ".join(dict.fromkeys(hit.entry.note for hit in alarm.hits if hit.entry.note))
        source = self._sources.find(alarm.visit.source)
        where = source.name if source is not None else source_name(alarm.visit.source)
        parts = (notes, where, clock(alarm.visit.first_time))
        self._words.setText("  ·  ".join(part for part in parts if part))
        self.setAccessibleName(self.tr("Watch-list hit: {}").format(alarm.visit.plate))

    def _settle(self) -> None:
        if self._desk.open:
            self._desk.settle(self._desk.open[-1])

    def _show(self) -> None:
        if self._desk.open:
            self.show_wanted.emit(self._desk.open[-1].visit.key_text)
