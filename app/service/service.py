"""The service: the saved sources with their zones, watch lists, retention and receivers, until it is stopped."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from app.config.settings import Settings
from app.notifications.notifier import Notifier
from app.notifications.outbox import ReceiverStatus
from app.pipeline.engine import Engine
from app.pipeline.loading import load_networks
from app.pipeline.pipeline import Pipeline
from app.pipeline.scheduling import LiveScheduler
from app.pipeline.shared_networks import SharedNetworks
from app.pipeline.sink import Sink
from app.pipeline.stats import StageTimes
from app.pipeline.tuning import from_settings
from app.saved_sources import SavedSource
from app.sinks.log import HitRelay, LogSink
from app.sinks.notifications import NotificationSink
from app.sources.capture import CaptureState, CaptureStatus
from app.sources.open_capture import make_capture
from app.sources.registry import make_source
from app.store.housekeeping import Housekeeping
from app.store.journal import Journal
from app.store.types import LogState, LogStatus

_log = logging.getLogger(__name__)
_STOP_S = 15.0  # a blocked read of a camera ends by its own time-out before


class Health(Enum):
    """How the service is, in a word: degraded is a source or a receiver that fails, failed is that nothing is kept."""

    STARTING = "starting"
    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How the service stands. sources: by name; looks: frames of each that went through the networks."""

    health: Health
    uptime_s: float
    networks: str
    sources: dict[str, CaptureStatus]
    looks: dict[str, int]
    log: LogStatus
    receivers: tuple[ReceiverStatus, ...]


class Service:
    """Owns the engine, the log and the notifier of a process without a window."""

    def __init__(
        self,
        settings: Settings,
        sources: Sequence[SavedSource],
        journal: Journal,
        hits: HitRelay,
        notifier: Notifier | None = None,
        more_sinks: Sequence[Sink] = (),
        make_pipeline: Callable[[], Pipeline] | None = None,
    ) -> None:
        """Prepares everything; nothing is opened before `start`.

        Args:
            settings: in force until the service is started anew.
            sources: what is read, each in its zones.
            journal: writes the log; closed by `stop`.
            hits: what the journal was given as on_alarm.
            notifier: tells the receivers; closed by `stop`. None tells nobody.
            more_sinks: what takes the engine's results besides.
            make_pipeline: loads the networks, in the engine's thread; by default as the settings say.
        """
        self.settings, self.sources, self.journal = settings, tuple(sources), journal
        self._notifier = notifier
        self.stages = StageTimes()
        self.networks = SharedNetworks(lambda: load_networks(settings.detection.device, from_settings(settings)))
        self._scheduler = LiveScheduler()
        sinks: list[Sink] = [LogSink(journal, hits, keep_pictures=lambda: settings.log.pictures)]
        if notifier is not None:
            sinks.append(NotificationSink(notifier, journal.run))
        self._make_pipeline = make_pipeline
        self._engine = Engine(self._zoned_pipeline, self._scheduler, [*sinks, *more_sinks])
        days = settings.log.keep_days
        self._housekeeping = Housekeeping(lambda: journal.store, days, _log.info) if days else None
        self._started_s = 0.0

    def start(self) -> "Service":
        """Loads the networks in a thread and opens the sources."""
        self._started_s = time.monotonic()
        self._engine.start()
        for source in self.sources:
            capture = make_capture(make_source(source.spec), self.settings.live, self.stages, self._scheduler.wake)
            self._scheduler.add_capture(capture)
        if self._housekeeping is not None:
            self._housekeeping.start()
        return self

    def stop(self) -> bool:
        """Ends all tracks as final, writes what waits, closes everything; False if something did not end in time."""
        ended = self._engine.stop(_STOP_S)
        if self._housekeeping is not None:
            self._housekeeping.close()
        return self.journal.close(_STOP_S) == 0 and ended

    def load_pipeline(self) -> Pipeline:
        """Returns a pipeline over the networks, which are loaded once. Takes seconds: call it in a thread."""
        if self._make_pipeline is not None:
            return self._make_pipeline()
        self.networks.ensure_loaded()
        return Pipeline(self.networks, self.networks, from_settings(self.settings), self.stages)

    def state(self) -> ServiceState:
        """Returns how the service stands. From any thread."""
        sources = self._scheduler.status()
        looks = {str(source.spec.source_id): source.processed for source in self._scheduler.sources()}
        receivers = tuple(self._notifier.status()) if self._notifier is not None else ()
        networks = self._engine.trouble or ("ready" if self._engine.pipeline is not None else "loading")
        log = self.journal.status
        health = self._health(sources, log, receivers)
        return ServiceState(health, time.monotonic() - self._started_s, networks, sources, looks, log, receivers)

    def _zoned_pipeline(self) -> Pipeline:
        pipeline = self.load_pipeline()
        for source in self.sources:
            pipeline.set_zones(source.spec.source_id, source.zones)
        return pipeline

    def _health(self, sources: dict[str, CaptureStatus], log: LogStatus, receivers: Sequence[ReceiverStatus]) -> Health:
        if self._engine.trouble or log.state in (LogState.LOSING, LogState.CLOSED):
            return Health.FAILED
        if self._engine.pipeline is None:
            return Health.STARTING
        broken = any(status.state in (CaptureState.LOST, CaptureState.STALLED) for status in sources.values())
        untold = any(receiver.error for receiver in receivers)
        return Health.DEGRADED if broken or untold or log.message else Health.OK
