"""An open source as the window knows it: its capture, how a recording is played, where it stands."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.config.settings import Settings
from app.gui.session.source_health import SourceHealth
from app.pipeline.stats import StageTimes
from app.sources.capture import Capture, CaptureStatus
from app.sources.open_capture import make_capture
from app.sources.playback import PlayedVideo
from app.sources.registry import make_source
from app.sources.source import Source, SourceInfo, SourceKind, SourceSpec

_MOST_TICKS = 2000
SourceFactory = Callable[[SourceSpec], Source]


@dataclass(frozen=True, slots=True)
class Tick:
    """A read on the seek bar: when it was first seen, in media seconds, and whether it is a watch-list hit."""

    track_key: str
    text: str
    media_time: float
    hit: bool


@dataclass(slots=True, eq=False)
class OpenSource:
    """One open source; changed by the sources session only.

    ended: it gave its last frame and is not running. wanted_s: where it is to go on once the present capture has ended.
    """

    spec: SourceSpec
    name: str
    paused: bool = False
    speed: float = 1.0
    ended: bool = False
    closing: bool = False
    error: str = ""
    wanted_s: float | None = None
    info: SourceInfo | None = None
    capture: Capture | None = None
    played: PlayedVideo | None = None
    ticks: dict[str, Tick] = field(default_factory=dict)
    health: SourceHealth = field(default_factory=SourceHealth)

    @property
    def source_id(self) -> str:
        """The name that frames and events bear."""
        return self.spec.source_id

    @property
    def is_recording(self) -> bool:
        """Whether it has a place to seek to."""
        return self.spec.kind is SourceKind.VIDEO

    @property
    def duration_s(self) -> float | None:
        """Length of a recording in seconds, None where it is not known."""
        return self.info.duration_s if self.info is not None else None

    @property
    def latest_s(self) -> float:
        """The last second worth seeking to: a frame comes behind it."""
        if self.info is None or self.info.duration_s is None:
            return math.inf
        return self.info.duration_s - max(0.05, 1.5 / (self.info.fps or 25.0))

    @property
    def status(self) -> CaptureStatus | None:
        """State and counters of the capture, None before the first."""
        return self.capture.status() if self.capture is not None else None

    def begin(
        self,
        wake: Callable[[], None],
        settings: Settings,
        stages: StageTimes,
        hold: bool = False,
        make: SourceFactory = make_source,
    ) -> Capture:
        """Return a new capture, not started, that begins at wanted_s; hold: a recording waits for go_on()."""
        source = self._source(make, hold)
        self.ended, self.error, self.wanted_s = False, "", None
        self.capture = make_capture(source, settings.live, stages, wake, queue_size=1)
        return self.capture

    def mark(self, tick: Tick, gone: tuple[str, ...]) -> None:
        """Keep a tick, drop those that are gone, which it may be itself; the oldest go when there are very many."""
        self.ticks[tick.track_key] = tick
        for key in gone:
            self.ticks.pop(key, None)
        while len(self.ticks) > _MOST_TICKS:
            del self.ticks[next(iter(self.ticks))]

    def go_on(self) -> None:
        """Let a recording that was held play, unless the person has paused it."""
        if self.played is not None and not self.paused:
            self.played.set_paused(False)

    def release(self) -> None:
        """Wake a reader that waits for its frame to be due."""
        if self.played is not None:
            self.played.release()

    def _source(self, make: SourceFactory, hold: bool) -> Source:
        if not self.is_recording:
            return make(self.spec)
        self.played = PlayedVideo(self.spec, self.wanted_s or 0.0, speed=self.speed, paused=self.paused or hold)
        return self.played


def shown_name(spec: SourceSpec) -> str:
    """Return how a source is called on screen when the user gave it no name: a file without its folders."""
    if spec.kind in (SourceKind.VIDEO, SourceKind.PICTURE):
        return Path(spec.address).name
    return spec.source_id
