"""Watch-list hits: an inbox of those that nobody has settled, the red banner, the tone, and settling with a verdict."""

import getpass
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui.reads.read_pictures import ReadImage
from app.gui.reads.read_rows import format_time, short_source_name
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession
from app.gui.session.sources_session import SourcesSession
from app.gui.session.undo_stack import UndoStack
from app.gui.watch import tone
from app.gui.widgets import theme
from app.gui.widgets.common import IconLabel, make_button, make_label, pluralize
from app.gui.widgets.qimages import to_qimage
from app.pipeline.events import PlateEvent
from app.records import Record
from app.store.journal import Alarm
from app.store.search import Query
from app.store.store import Store
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry

_MOST_HITS = 500  # unsettled ones that are held; more are found by a search
_KEPT_CROPS = 64


@dataclass(frozen=True, slots=True)
class HitGroup:
    """All unsettled hits of one plate, the latest first."""

    plate: str
    visits: tuple[Record, ...]

    @property
    def latest(self) -> Record:
        """The hit that came last."""
        return self.visits[0]


class HitInbox(QObject):
    """The hits that nobody has settled: those of the log from before this start, and those that come."""

    changed = pyqtSignal()
    raised = pyqtSignal()

    def __init__(
        self, settings: CurrentSettings, log: LogSession, undo: UndoStack, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._log, self._undo = settings, log, undo
        self._alarms: dict[str, Alarm] = {}  # of this start, by key; the log may not have them yet
        self._stored: dict[int, Record] = {}
        self._to_settle: dict[str, str] = {}  # verdicts on hits that the log does not have yet
        self._crops: OrderedDict[str, QImage] = OrderedDict()
        log.hit.connect(self._take_hit)
        log.visit_changed.connect(self._follow_visit)
        log.watch_changed.connect(self._ask_entries)
        log.changed.connect(self.refresh)

    @property
    def open(self) -> tuple[Alarm, ...]:
        """The unsettled hits of this start, the latest last."""
        return tuple(self._alarms.values())

    @property
    def visits(self) -> tuple[Record, ...]:
        """All unsettled hits, the latest first."""
        known = {visit.key_text for visit in self._stored.values() if visit.key_text in self._alarms}
        fresh = [alarm.visit for key, alarm in self._alarms.items() if key not in known]
        return tuple(sorted((*self._stored.values(), *fresh), key=lambda visit: visit.first_time, reverse=True))

    @property
    def groups(self) -> tuple[HitGroup, ...]:
        """The unsettled hits by plate, the plate that was seen last first."""
        found: dict[str, list[Record]] = {}
        for visit in self.visits:
            found.setdefault(visit.plate, []).append(visit)
        return tuple(HitGroup(plate, tuple(visits)) for plate, visits in found.items())

    def crop(self, key_text: str) -> QImage:
        """Return the image of a plate that was read in this start, null where it is not at hand."""
        return self._crops.get(key_text, QImage())

    def take_events(self, events: Iterable[PlateEvent]) -> None:
        """Keep the images of the newest plates: a hit is told before the log has its image."""
        for event in events:
            if event.evidence.crop.size:
                self._crops[str(event.key)] = to_qimage(event.evidence.crop)
                self._crops.move_to_end(str(event.key))
        while len(self._crops) > _KEPT_CROPS:
            self._crops.popitem(last=False)

    def refresh(self) -> None:
        """Ask the log which hits are unsettled."""
        store = self._log.store
        if store is not None:
            query = Query(list_name=BLOCK, unsettled=True)
            self._log.run(lambda: store.page(query, None, _MOST_HITS).visits, self._show_stored, lambda _error: None)

    def settle(self, visits: Sequence[Record], verdict: str = "") -> None:
        """Mark hits as dealt with, in the log too as soon as it has them; it can be undone.

        Args:
            visits: The hits.
            verdict: What was found of them, one of app.records.VERDICTS, or empty.
        """
        for visit in visits:
            self._alarms.pop(visit.key_text, None)
            if visit.id is not None:
                self._stored.pop(visit.id, None)
        stored = [self._log.visit(visit.key_text) or visit for visit in visits]
        for visit in stored:
            if visit.id is None:
                self._to_settle[visit.key_text] = verdict
        self._write([visit for visit in stored if visit.id is not None], True, verdict)
        words = pluralize(len(visits), self.tr("settling 1 hit"), self.tr("settling {n} hits"))
        self._undo.push(words, lambda: self._reopen(visits))
        self.changed.emit()

    def settle_all(self) -> None:
        """Mark every hit as dealt with, without a verdict."""
        if self.visits:
            self.settle(self.visits)

    def _reopen(self, visits: Sequence[Record]) -> None:
        """Have hits unsettled again."""
        for visit in visits:
            self._to_settle.pop(visit.key_text, None)
        stored = [self._log.visit(visit.key_text) or visit for visit in visits]
        self._write([visit for visit in stored if visit.id is not None], False, "")

    def _show_stored(self, visits: Sequence[Record]) -> None:
        self._stored = {visit.id: visit for visit in visits if visit.id is not None}
        self.changed.emit()

    def _take_hit(self, alarm: Alarm) -> None:
        self._alarms[alarm.visit.key_text] = alarm
        self.changed.emit()
        self.raised.emit()
        if self._settings.current.appearance.hit_sound:
            tone.play_tone()

    def _follow_visit(self, track_key: str) -> None:
        visit = self._log.visit(track_key)
        if visit is None or visit.id is None:
            return
        if track_key in self._to_settle:
            self._write([visit], True, self._to_settle.pop(track_key))
            return
        before = self.visits
        if visit.list_name == BLOCK and not visit.settled:
            self._stored[visit.id] = visit
        else:
            self._stored.pop(visit.id, None)
            self._alarms.pop(track_key, None)
        if self.visits != before:
            self.changed.emit()

    def _ask_entries(self) -> None:
        """A hit whose entries were all removed is none any more."""
        store = self._log.store
        if store is not None and self._alarms:
            self._log.run(store.watch.entries, self._keep_listed)

    def _keep_listed(self, entries: list[WatchEntry]) -> None:
        listed = {entry.id for entry in entries}
        kept = {key: alarm for key, alarm in self._alarms.items() if any(hit.entry.id in listed for hit in alarm.hits)}
        if len(kept) < len(self._alarms):
            self._alarms = kept
            self.changed.emit()

    def _write(self, visits: Sequence[Record], settled: bool, verdict: str) -> None:
        store = self._log.store
        numbers = [visit.id for visit in visits if visit.id is not None]
        if store is not None and not store.read_only and numbers:
            self._log.run(lambda: _settle_visits(store, numbers, settled, verdict), self._publish)

    def _publish(self, visits: Sequence[Record]) -> None:
        for visit in visits:
            self._log.publish_change(visit)


def _settle_visits(store: Store, numbers: Sequence[int], settled: bool, verdict: str) -> list[Record]:
    """Settle visits in the log, or unsettle them; for a worker."""
    return [store.settle(number, settled, verdict, getpass.getuser()) for number in numbers]


class HitBanner(QFrame):
    """The latest unsettled hit of this start over the whole width; hidden while there is none."""

    show_wanted = pyqtSignal(str)  # track_key
    mute_wanted = pyqtSignal()

    def __init__(
        self, inbox: HitInbox, settings: CurrentSettings, sources: SourcesSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._inbox, self._settings, self._sources = inbox, settings, sources
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(14)
        row.addWidget(IconLabel("shield-alert", 30, "on_hit"))
        self.crop = ReadImage()
        self.crop.setFixedSize(112, 40)
        row.addWidget(self.crop)
        self._kind = make_label(self.tr("Watch-list hit"), "bannerKind")
        self._plate = QLabel()
        self._plate.setObjectName("bannerPlate")
        self._plate.setFont(theme.plate_font(16))
        self._plate.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words = make_label("", "bannerWords")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._kind)
        words.addWidget(self._words)
        row.addWidget(self._plate)
        row.addLayout(words, 1)
        self.settle = make_button(self.tr("Settle"), "", self._settle)
        self.settle.setToolTip(self.tr("Mark all hits of this plate as dealt with"))
        self._mute = make_button("", "", self.mute_wanted.emit)
        row.addWidget(make_button(self.tr("Show"), "", self._show))
        row.addWidget(self._mute)
        row.addWidget(self.settle)
        inbox.changed.connect(self.refresh)
        settings.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the latest hit."""
        alarms = self._inbox.open
        self.setVisible(bool(alarms))
        sound = self._settings.current.appearance.hit_sound
        self._mute.setText(self.tr("Mute") if sound else self.tr("Sound on"))
        if not alarms:
            return
        alarm = alarms[-1]
        more = len(alarms) - 1
        self._plate.setText(alarm.visit.plate)
        crop = self._inbox.crop(alarm.visit.key_text)
        self.crop.show_image(crop)
        self.crop.setVisible(not crop.isNull())
        self._kind.setText(self.tr("Watch-list hit") + (self.tr("  ·  {} more").format(more) if more else ""))
        notes = ", ".join(dict.fromkeys(hit.entry.note for hit in alarm.hits if hit.entry.note))
        source = self._sources.find(alarm.visit.source)
        where = source.name if source is not None else short_source_name(alarm.visit.source)
        parts = (notes, where, format_time(alarm.visit.first_time))
        self._words.setText("  ·  ".join(part for part in parts if part))
        self.setAccessibleName(self.tr("Watch-list hit: {}").format(alarm.visit.plate))

    def _settle(self) -> None:
        if self._inbox.open:
            plate = self._inbox.open[-1].visit.plate
            self._inbox.settle([alarm.visit for alarm in self._inbox.open if alarm.visit.plate == plate])

    def _show(self) -> None:
        if self._inbox.open:
            self.show_wanted.emit(self._inbox.open[-1].visit.key_text)
