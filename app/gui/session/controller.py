"""Owns settings, log, engine and sources for the window. Widgets ask here and listen here; they decide nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app.config import settings as app_settings
from app.config.settings import Settings
from app.gui.session.feed import Feed, News
from app.gui.session.log_session import Kept
from app.gui.session.networks import SharedNetworks
from app.gui.session.open_sources import Playing
from app.gui.session.priority import yield_to_window
from app.gui.session.tasks import Tasks
from app.journal import Journal
from app.pipeline.core import Detector, Pipeline, Reader
from app.pipeline.engine import Engine
from app.pipeline.opening import load_networks, only_region
from app.pipeline.stats import StageTime
from app.pipeline.tracking import PlateTracker
from app.pipeline.tuning import from_settings
from app.store.store import Store
from app.store.types import BLOCK, LogStatus, Visit

T = TypeVar("T")

DRAIN_MS = 33  # 30 Hz: often enough to look immediate, seldom enough to leave the processor to the networks
_STATUS_MS = 500
_VISITS_REMEMBERED = 5000
_STRIDE = 32  # the detector takes pictures whose sides are multiples of it
_STOP_S = 1.2  # for the engine, then as much again for the log: closing takes under 3 s whatever hangs


class Controller(Playing):
    """The one object that all widgets share. Made and used in the GUI thread only.

    Signals carry small values, never frames; events come in batches from a 30 Hz timer.
    """

    events = pyqtSignal(tuple)  # tuple[PlateEvent, ...], in order
    visit_changed = pyqtSignal(str)  # track_key of a visit that was saved, corrected, settled or deleted
    log_changed = pyqtSignal()  # many rows changed at once (import, purge, batch run): ask the store again
    hit = pyqtSignal(object)  # app.journal.Alarm: a plate of a block list was read
    watch_changed = pyqtSignal()  # entries of the watch lists were added, changed or removed
    engine_changed = pyqtSignal()  # the networks were loaded, or could not be
    settings_changed = pyqtSignal()

    def __init__(
        self,
        settings: Settings,
        kept: Kept,
        feed: Feed,
        make_pipeline: Callable[[], Pipeline] | None = None,
        parent: QObject | None = None,
        no_pictures: bool = False,
    ) -> None:
        """make_pipeline: loads the networks, in a thread of its own; by default as the settings say.

        no_pictures: keep none in this session, whatever the settings say.
        """
        super().__init__(settings, feed, parent)
        self._kept = kept
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._networks = SharedNetworks(self._load_networks)
        self._make_pipeline = make_pipeline or self.load_pipeline
        self._tasks = Tasks(self)
        self._no_pictures = no_pictures
        self._feed.keep_pictures = settings.log.pictures and not no_pictures
        self._engine = Engine(self._make_pipeline, [feed])
        self._ready = False
        self._trouble = ""
        self._had_store = self.store is not None
        self._drain = _timer(self, DRAIN_MS, self._take_news)
        self._watch = _timer(self, _STATUS_MS, self._look_round)

    def start(self) -> None:
        """Start the engine, which loads the networks, and the timers."""
        self._engine.start()
        self._drain.start()
        self._watch.start()

    def shutdown(self) -> bool:
        """Stop everything and write what waits, in under 3 s; False if something still hangs (and may be left)."""
        self._drain.stop()
        self._watch.stop()
        self._tasks.close()
        for source in self._open.values():
            source.release()
        ended: list[bool] = []
        engine = self._engine
        stopper = threading.Thread(target=lambda: ended.append(engine.stop(_STOP_S)), daemon=True)
        stopper.start()
        stopper.join(_STOP_S)
        if self._kept.journal is not None:
            self._kept.journal.close(_STOP_S)
        if self._kept.reading is not None:
            self._kept.reading.close()
        return ended == [True]

    @property
    def settings(self) -> Settings:
        """The settings in force; frozen, replaced as a whole by change_settings."""
        return self._settings

    @property
    def keeps_pictures(self) -> bool:
        """Whether pictures go into the log with the reads."""
        return self._feed.keep_pictures

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings, on disk too, and tell everyone. OSError: they could not be written (but are in force)."""
        self._settings = settings
        self._feed.keep_pictures = settings.log.pictures and not self._no_pictures
        if self._engine.pipeline is not None:
            self._engine.pipeline.tuning = from_settings(settings)
        self._prefer_region()
        self.settings_changed.emit()
        app_settings.save(settings)

    @property
    def store(self) -> Store | None:
        """The log's store for searching and correcting, or None while it could not be opened."""
        return self._kept.journal.store if self._kept.journal is not None else self._kept.reading

    @property
    def journal(self) -> Journal | None:
        """What writes the log, or None where it is only read."""
        return self._kept.journal

    @property
    def log_notice(self) -> str:
        """What a person should know of the log, such as that another process writes it; empty while all is well."""
        if self._kept.journal is None:
            return self._kept.notice
        status: LogStatus = self._kept.journal.status
        return " ".join(filter(None, (status.message, *status.notices, self._kept.notice)))

    @property
    def unwritten(self) -> int:
        """How many reads wait in memory because the log cannot be written now."""
        status = self._kept.journal.status if self._kept.journal is not None else None
        return status.waiting if status is not None and status.message else 0

    def visit(self, track_key: str) -> Visit | None:
        """Return the visit of a track as the store has it since this start, or None."""
        return self._visits.get(track_key)

    def visit_was_changed(self, visit: Visit) -> None:
        """Tell everyone that a visit was corrected, settled or annotated."""
        self._remember(visit)
        self.visit_changed.emit(visit.track)

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline with its counts, None until the networks are loaded."""
        return self._engine.pipeline

    @property
    def trouble(self) -> str:
        """What is wrong with the networks, empty if nothing is."""
        return self._engine.trouble

    def load_pipeline(self) -> Pipeline:
        """Return a new pipeline over the networks, which are loaded once: seconds, so call it in a thread."""
        yield_to_window()
        PlateTracker()  # loads its library, seconds that the first frame would else wait for
        self._networks.ensure()
        return Pipeline(self._networks, self._networks, from_settings(self._settings), self.stages)

    def _load_networks(self) -> tuple[Detector, Reader]:
        """Load the networks as the settings say."""
        detection = self._settings.detection
        size = detection.size // _STRIDE * _STRIDE
        return load_networks(detection.device, from_settings(self._settings), size or None)

    def _prefer_region(self) -> None:
        self._networks.prefer_region(only_region(self._settings.reading.countries))

    def stage_times(self) -> dict[str, StageTime]:
        """Return how long the steps take."""
        networks = self._engine.pipeline.stages.snapshot() if self._engine.pipeline is not None else {}
        return {**self.stages.snapshot(), **networks}

    def later(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run work in a thread and done(result) in the GUI thread; an exception goes to the crash dialog."""
        self._tasks.start(work, done)

    def try_later(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Like later, but an exception of work goes to failed(error), in the GUI thread."""
        self._tasks.start(work, done, failed)

    def _take_news(self) -> None:
        news = self._feed.fetch()
        for visit in news.saved:
            self._remember(visit)
        for alarm in news.alarms:
            if alarm.visit.list_name == BLOCK:
                self._hits.setdefault(alarm.visit.source, set()).add(alarm.visit.plate)
        for event in news.events:
            self._tick(event)
        for source_id, error in news.ended:
            self._ended(source_id, error)
        self._tell(news)

    def _tell(self, news: News) -> None:
        if news.events:
            self.events.emit(news.events)
        for visit in news.saved:
            self.visit_changed.emit(visit.track)
        for alarm in news.alarms:
            if alarm.visit.list_name == BLOCK:
                self.hit.emit(alarm)

    def _remember(self, visit: Visit) -> None:
        self._visits[visit.track] = visit
        self._visits.move_to_end(visit.track)
        while len(self._visits) > _VISITS_REMEMBERED:
            self._visits.popitem(last=False)

    def _look_round(self) -> None:
        """Twice a second: how the sources, the networks and the log do."""
        if not self._had_store and self.store is not None:  # the log could not be opened at the start, and now was
            self._had_store = True
            self.log_changed.emit()
        for source in self._open.values():
            if source.capture is not None and source.capture.info is not None:
                source.info = source.capture.info
            self.source_state_changed.emit(source.source_id)
        ready, trouble = self._engine.pipeline is not None, self._engine.trouble
        if ready and not self._ready:
            self._prefer_region()  # it may have been chosen while the networks were loading
            self._loaded()
        if (ready, trouble) != (self._ready, self._trouble):
            self._ready, self._trouble = ready, trouble
            self.engine_changed.emit()


def _timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
