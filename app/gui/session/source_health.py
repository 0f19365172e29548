"""How well an open source does: how much of it is read, and since when nothing comes."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

from app.sources.capture import CaptureState, CaptureStatus

_RATE_S = 10.0  # frames a second are counted over this time: shorter jumps about, longer lags behind
_SHARE_S = 60.0  # the share of skipped frames is of the last minute
_SETTLE_S = 8.0  # so long after a source begins, its rates say nothing yet
FEWEST_FPS = 5.0  # a car at 50 km/h is in a 10 m field of view for 0.7 s, and two readings must agree
_KEPT_UP = 0.7  # of the frames that come: a few may be lost without anybody seeing it
_MOST_OUTAGES = 200
_DOWN = (CaptureState.LOST, CaptureState.STALLED)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a source sent nothing; until is None while it lasts. connected: the line held, nothing came."""

    since: datetime
    until: datetime | None = None
    reason: str = ""
    connected: bool = False


@dataclass(frozen=True, slots=True)
class _Sample:
    """Counters at a moment: frames that came, and frames that were processed."""

    at_s: float
    came: int
    processed: int


class SourceHealth:
    """Watches one live source by samples of its counters, some of them a second."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque()
        self._outages: deque[Outage] = deque(maxlen=_MOST_OUTAGES)
        self._began_s: float | None = None

    def add_sample(self, at_s: float, now: datetime, status: CaptureStatus, processed: int) -> None:
        """Take a source's counters.

        Args:
            at_s: A monotonic clock, in seconds.
            now: The wall clock.
            status: State and counters of its capture.
            processed: How many of its frames were processed since it was opened.
        """
        if self._began_s is None or (self._samples and status.frames < self._samples[-1].came):
            self._began_s = at_s
            self._samples.clear()
        self._samples.append(_Sample(at_s, status.frames, processed))
        while at_s - self._samples[0].at_s > _SHARE_S:
            self._samples.popleft()
        self._note_outage(now, status)

    @property
    def outages(self) -> tuple[Outage, ...]:
        """The outages since it was opened, the latest last."""
        return tuple(self._outages)

    @property
    def outage(self) -> Outage | None:
        """The outage that lasts now, or None."""
        return self._outages[-1] if self._outages and self._outages[-1].until is None else None

    @property
    def camera_fps(self) -> float:
        """How many frames a second came lately."""
        first, last = self._over(_RATE_S)
        return (last.came - first.came) / (last.at_s - first.at_s) if last.at_s > first.at_s else 0.0

    @property
    def read_fps(self) -> float:
        """How many frames a second were read lately."""
        first, last = self._over(_RATE_S)
        return (last.processed - first.processed) / (last.at_s - first.at_s) if last.at_s > first.at_s else 0.0

    @property
    def skipped_share(self) -> float | None:
        """Share of the last minute's frames that were not read, 0 to 1; None where none came."""
        first, last = self._over(_SHARE_S)
        came = last.came - first.came
        return min(1.0, max(0.0, 1 - (last.processed - first.processed) / came)) if came > 0 else None

    @property
    def lags(self) -> bool:
        """Whether clearly fewer frames are read than come."""
        return self.read_fps < _KEPT_UP * self.camera_fps

    @property
    def is_slow(self) -> bool:
        """Whether so little is read that vehicles may pass unread."""
        if self._began_s is None or not self._samples or self._samples[-1].at_s - self._began_s < _SETTLE_S:
            return False
        return self.outage is None and self.lags and self.read_fps < FEWEST_FPS

    def _over(self, seconds: float) -> tuple[_Sample, _Sample]:
        """Return the samples at both ends of the last seconds."""
        if not self._samples:
            return _Sample(0.0, 0, 0), _Sample(0.0, 0, 0)
        last = self._samples[-1]
        return next(item for item in self._samples if last.at_s - item.at_s <= seconds), last

    def _note_outage(self, now: datetime, status: CaptureStatus) -> None:
        outage = self.outage
        if status.state is CaptureState.LIVE:
            if outage is not None:
                self._outages[-1] = replace(outage, until=now)
        elif status.state in _DOWN and outage is None:
            self._outages.append(Outage(now, None, status.error, status.state is CaptureState.STALLED))
        elif outage is not None and status.error:
            connected = status.state is CaptureState.STALLED
            self._outages[-1] = replace(outage, reason=status.error, connected=connected)
