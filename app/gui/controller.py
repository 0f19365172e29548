"""Owns settings, log, engine and sources for the window. Widgets ask here and listen here; they decide nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app import settings as app_settings
from app.gui.feed import Feed, News
from app.gui.kept import Kept
from app.gui.networks import SharedNetworks
from app.gui.opened import OpenSource, Tick, shown_name
from app.gui.priority import yield_to_window
from app.gui.tasks import Tasks
from app.journal import Journal
from app.pipeline.core import Detector, Pipeline, Reader
from app.pipeline.engine import Engine
from app.pipeline.opening import load_networks
from app.pipeline.sources import SourceError, SourceSpec, identify
from app.pipeline.stats import StageTime, StageTimes
from app.pipeline.tracking import PlateTracker
from app.pipeline.tuning import from_settings
from app.pipeline.types import FrameResult, PlateEvent
from app.pipeline.zones import Zones
from app.platelog.store import Store
from app.platelog.types import BLOCK, LogStatus, Visit
from app.settings import Settings

T = TypeVar("T")

DRAIN_MS = 33  # 30 Hz: often enough to look immediate, seldom enough to leave the processor to the networks
_STATUS_MS = 500
_MOST_AT_ONCE = 4  # more files than this are work for the queue, not for the eye
_VISITS_REMEMBERED = 5000
_STOP_S = 1.2  # for the engine, then as much again for the log: closing takes under 3 s whatever hangs


class Controller(QObject):
    """The one object that all widgets share. Made and used in the GUI thread only.

    Signals carry small values, never frames; events come in batches from a 30 Hz timer.
    """

    events = pyqtSignal(tuple)  # tuple[PlateEvent, ...], in order
    visit_changed = pyqtSignal(str)  # track_key of a visit that was saved, corrected, settled or deleted
    log_changed = pyqtSignal()  # many rows changed at once (import, purge, batch run): ask the store again
    hit = pyqtSignal(object)  # app.journal.Alarm: a plate of a block list was read
    source_state_changed = pyqtSignal(str)  # source_id; at most twice a second
    sources_changed = pyqtSignal()  # a source was opened or closed
    watch_changed = pyqtSignal()  # entries of the watch lists were added, changed or removed
    engine_changed = pyqtSignal()  # the networks were loaded, or could not be
    settings_changed = pyqtSignal()
    message = pyqtSignal(str)  # one line for the status bar, without secrets
    moment_wanted = pyqtSignal(str, float)  # source_id, media second: the live view shows it
    read_wanted = pyqtSignal(str)  # track_key: the list of reads selects it
    queue_wanted = pyqtSignal(tuple)  # tuple[str, ...]: folders and files for the batch queue

    def __init__(
        self,
        settings: Settings,
        kept: Kept,
        feed: Feed,
        make_pipeline: Callable[[], Pipeline] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """make_pipeline: loads the networks, in a thread of its own; by default as the settings say."""
        super().__init__(parent)
        self._settings = settings
        self._kept = kept
        self._feed = feed
        self._open: dict[str, OpenSource] = {}
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._hits: dict[str, set[str]] = {}
        self._zones: dict[str, Zones] = {}
        self.stages = StageTimes()
        self._networks = SharedNetworks(self._load_networks)
        self._make_pipeline = make_pipeline or self.load_pipeline
        self._tasks = Tasks(self)
        self._feed.keep_pictures = settings.log.pictures
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
        stopper = threading.Thread(target=lambda: ended.append(self._engine.stop(_STOP_S)), daemon=True)
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

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings, on disk too, and tell everyone. OSError: they could not be written (but are in force)."""
        self._settings = settings
        self._feed.keep_pictures = settings.log.pictures
        if self._engine.pipeline is not None:
            self._engine.pipeline.tuning = from_settings(settings)
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
        return status.message or self._kept.notice

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
        return load_networks(detection.device, from_settings(self._settings), detection.size)

    def stage_times(self) -> dict[str, StageTime]:
        """Return how long the steps take."""
        networks = self._engine.pipeline.stages.snapshot() if self._engine.pipeline is not None else {}
        return {**self.stages.snapshot(), **networks}

    def show_plate(self, source_id: str, plate: str) -> None:
        """Have the list of reads select the latest read of a plate at a source."""
        source = self._open.get(source_id)
        keys = [tick.track_key for tick in source.ticks.values() if tick.text == plate] if source is not None else []
        if keys:
            self.read_wanted.emit(keys[-1])

    def later(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run work in a thread and done(result) in the GUI thread; an exception goes to the crash dialog."""
        self._tasks.start(work, done)

    def try_later(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Like later, but an exception of work goes to failed(error), in the GUI thread."""
        self._tasks.start(work, done, failed)

    @property
    def sources(self) -> tuple[OpenSource, ...]:
        """The open sources, in the order of opening."""
        return tuple(source for source in self._open.values() if not source.closing)

    def source(self, source_id: str) -> OpenSource | None:
        """Return an open source, or None."""
        return self._open.get(source_id)

    def newest(self, source_id: str) -> FrameResult | None:
        """Return the newest processed frame of a source, or None."""
        return self._feed.newest(source_id)

    def hits_of(self, source_id: str) -> frozenset[str]:
        """Return the plates read at a source that are on a block list."""
        return frozenset(self._hits.get(source_id, ()))

    def open_sources(self, names: Sequence[str]) -> None:
        """Open files, folders, addresses, cameras as the user named them; what cannot be opened is told by message.

        Folders, and more than four files at once, go to the queue.
        """
        folders = tuple(name for name in names if Path(name).is_dir())
        files = tuple(name for name in names if name not in folders)
        if len(files) > _MOST_AT_ONCE:
            folders, files = (*folders, *files), ()
        for name in files:
            try:
                self.open_source(identify(name))
            except SourceError as error:
                self.message.emit(str(error))
        if folders:
            self.queue_wanted.emit(folders)

    def open_source(self, spec: SourceSpec, name: str = "", zones: Zones | None = None) -> None:
        """Open one source under a name; one that is open already is shown from the start again."""
        if zones is not None:
            self.set_zones(spec.source_id, zones)
        known = self._open.get(spec.source_id)
        if known is not None:
            known.closing = False
            self.seek(spec.source_id, 0.0)
        else:
            self._open[spec.source_id] = source = OpenSource(spec, name or shown_name(spec))
            self._begin(source)
        self.sources_changed.emit()

    def close_source(self, source_id: str) -> None:
        """Close a source; its open tracks become final."""
        source = self._open.get(source_id)
        if source is None:
            return
        source.closing, source.wanted_s = True, None
        if source.ended:
            self._forget(source)
        else:
            source.release()
            self._engine.remove(source_id)
        self.sources_changed.emit()

    def zones(self, source_id: str) -> Zones:
        """Return where a source is looked at."""
        return self._zones.get(source_id, Zones())

    def set_zones(self, source_id: str, zones: Zones) -> None:
        """Look at a source only where zones allow, from now on."""
        self._zones[source_id] = zones
        if self._engine.pipeline is not None:
            self._engine.pipeline.set_zones(source_id, zones)

    def set_paused(self, source_id: str, paused: bool) -> None:
        """Hold a recording or let it go on; one that has ended starts again."""
        source = self._recording(source_id)
        if source is None:
            return
        source.paused = paused
        if source.ended and not paused:
            self.seek(source_id, 0.0)
        elif source.played is not None:
            source.played.set_paused(paused)
        self.source_state_changed.emit(source_id)

    def set_speed(self, source_id: str, speed: float) -> None:
        """Play a recording so many times as fast as it was recorded."""
        if (source := self._recording(source_id)) is not None:
            source.speed = speed
            if source.played is not None:
                source.played.set_speed(speed)
            self.source_state_changed.emit(source_id)

    def step(self, source_id: str) -> None:
        """Pause a recording and show its next frame."""
        if (source := self._recording(source_id)) is not None:
            self.set_paused(source_id, True)
            if source.played is not None:
                source.played.step()

    def seek(self, source_id: str, media_time: float) -> None:
        """Go to a second of a recording. Tracks of the old place end first, so reads of two places never mix."""
        source = self._recording(source_id)
        if source is None:
            return
        source.wanted_s = max(0.0, min(media_time, source.latest_s))
        if source.ended:
            self._begin(source)
        else:
            source.release()
            self._engine.remove(source_id)

    def show_moment(self, source_id: str, media_time: float) -> None:
        """Bring the live view to a second of a recording, opening it if need be."""
        if source_id not in self._open:
            try:
                self.open_source(identify(source_id))
            except SourceError as error:
                self.message.emit(str(error))
                return
        self.set_paused(source_id, True)
        self.seek(source_id, media_time)
        self.moment_wanted.emit(source_id, media_time)

    def _recording(self, source_id: str) -> OpenSource | None:
        source = self._open.get(source_id)
        return source if source is not None and source.is_recording else None

    def _begin(self, source: OpenSource) -> None:
        loading = self._engine.pipeline is None  # a recording that played on would lose its first plates
        self._engine.add(source.begin(self._engine.wake, self._settings, self.stages, loading))
        self.source_state_changed.emit(source.source_id)

    def _forget(self, source: OpenSource) -> None:
        self._open.pop(source.source_id, None)
        self._feed.forget(source.source_id)
        self._hits.pop(source.source_id, None)

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

    def _tick(self, event: PlateEvent) -> None:
        source = self._open.get(event.source_id)
        if source is None or event.is_still:
            return
        hit = event.text in self._hits.get(event.source_id, ())
        source.mark(Tick(event.track_key, event.text, event.best_s, hit), event.gone)

    def _ended(self, source_id: str, error: str) -> None:
        source = self._open.get(source_id)
        if source is None:
            return
        source.ended, source.error = True, error
        if source.closing:
            self._forget(source)
        elif source.wanted_s is not None:
            self._begin(source)
        elif error:
            self.message.emit(error)
        self.source_state_changed.emit(source_id)

    def _loaded(self) -> None:
        """The networks are there: what was opened meanwhile begins."""
        for source_id, zones in self._zones.items():
            self.set_zones(source_id, zones)
        for source in self._open.values():
            source.go_on()

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
            self._loaded()
        if (ready, trouble) != (self._ready, self._trouble):
            self._ready, self._trouble = ready, trouble
            self.engine_changed.emit()


def _timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
