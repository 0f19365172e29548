"""One thread a source: reads frames into a buffer, reconnects live sources, and can be asked how it does."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.config.redaction import redact
from app.sources.buffers import FrameBuffer
from app.sources.frame import Frame
from app.sources.source import Delivery, Source, SourceError, SourceInfo, SourceSpec

_HOUR_S = 3600.0
_FPS_WINDOW = 60
_HELD_BYTES = 8_000_000  # of decoded frames that wait for the networks; one that is larger waits alone
_PACED_FRAMES = 8  # of a stream that keeps its own time, so many may wait while the networks are busy


class CaptureState(Enum):
    """Where a source stands."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """State and counters of a source; error is the latest, redacted.

    reconnects: how often frames came again after the connection had been lost, in the last hour; a try that brings none
    does not count. stalls: of the last hour too.
    """

    state: CaptureState
    fps: float
    frames: int
    dropped: int
    reconnects: int
    stalls: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before connecting again: doubling from first_s to cap_s, plus or minus the share jitter."""

    first_s: float = 0.5
    cap_s: float = 30.0
    jitter: float = 0.25

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds before attempt 0, 1, 2…; chance, 0 to 1, picks the place within the jitter."""
        plain = min(self.cap_s, self.first_s * 2.0 ** min(attempt, 30))
        return plain * (1 + self.jitter * (2 * chance - 1))


class DecodeTimes(Protocol):
    """Takes how long frames took; app.pipeline.stats.StageTimes is one."""

    def add(self, stage: str, seconds: float, items: int = 1) -> None: ...  # noqa: D102


class Capture:
    """Reads one source in a thread of its own until it ends or is stopped.

    A live source is opened again and again, with growing pauses, until stop(). A recording, be it behind an address, is
    read once; what is wrong with it stands in status().error.
    """

    def __init__(
        self,
        source: Source,
        on_change: Callable[[], None] | None = None,
        *,
        queue_size: int = 8,
        stall_s: float = 2.0,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        stages: DecodeTimes | None = None,
    ) -> None:
        """on_change is called, from the capture's thread, whenever a frame or the end arrives in the buffer."""
        self._source = source
        self._live = source.spec.is_live
        self._queue_size = queue_size
        self.buffer: FrameBuffer[Frame] = FrameBuffer(on_change=on_change, size_of=_bytes_of, most_bytes=_HELD_BYTES)
        self._deliver(Delivery.NEWEST if self._live else Delivery.EVERY)
        self._stall_s = stall_s
        self._backoff = backoff or Backoff()
        self._monotonic = monotonic
        self._stages = stages
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._state = CaptureState.CONNECTING
        self._info: SourceInfo | None = None
        self._error = ""
        self._frames = 0
        self._arrivals: deque[float] = deque(maxlen=_FPS_WINDOW)
        self._reconnects: deque[float] = deque()
        self._stalls: deque[float] = deque()
        self._stall_noted = False
        self._lost = False
        self._newest: Frame | None = None
        self._random = random.Random()
        self._thread = threading.Thread(target=self._run, name=f"capture {source.spec.source_id}", daemon=True)

    @property
    def spec(self) -> SourceSpec:
        """What is captured."""
        return self._source.spec

    @property
    def info(self) -> SourceInfo | None:
        """What is known of the source, None until it was opened once."""
        with self._lock:
            return self._info

    @property
    def newest(self) -> Frame | None:
        """The frame that came last, read or not; None before the first."""
        with self._lock:
            return self._newest

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    @property
    def source(self) -> Source:
        """What it reads."""
        return self._source

    def set_patience(self, stall_s: float, backoff: Backoff) -> None:
        """Call a live source stalled after other times, and wait by other ones before connecting again, from now on."""
        self._stall_s, self._backoff = stall_s, backoff

    def start(self) -> "Capture":
        """Start the thread."""
        self._thread.start()
        return self

    def request_stop(self) -> None:
        """Tell the thread to end, without waiting for it."""
        self._stop.set()
        self.buffer.discard()

    def stop(self, timeout: float = 12.0) -> bool:
        """Stop and wait at most timeout seconds (a blocked read ends by its own time-out); True when it has ended."""
        self.request_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def status(self) -> CaptureStatus:
        """Return state and counters, at any time and from any thread."""
        with self._lock:
            now = self._monotonic()
            self._note_stall(now)
            state = CaptureState.STALLED if self._stall_noted and self._state is CaptureState.LIVE else self._state
            reconnects, stalls = _recent(self._reconnects, now), _recent(self._stalls, now)
            return CaptureStatus(
                state, self._fps(now), self._frames, self.buffer.dropped, reconnects, stalls, self._error
            )

    def _run(self) -> None:
        try:
            if self._live:
                self._run_live()
            else:
                self._run_recording()
        except Exception as error:  # a fault of one source must not take the others with it
            self._fail(f"{self.spec.source_id}: {type(error).__name__}: {error}")
        finally:
            self._source.close()
            self._enter(CaptureState.ENDED)
            self.buffer.close()

    def _run_recording(self) -> None:
        try:
            self._connect()
            while not self._stop.is_set() and self._pass_on():
                pass
        except SourceError as error:
            self._fail(str(error))

    def _run_live(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                self._connect()
                while not self._stop.is_set() and self._pass_on():
                    attempt = 0  # a frame came, so the next loss starts with short pauses again
            except SourceError as error:
                self._fail(str(error))
            self._source.close()
            if self._stop.is_set() or not self._live:  # a recording behind an address has an end
                return
            self._enter(CaptureState.LOST)
            with self._lock:
                self._lost = self._frames > 0
            self._stop.wait(self._backoff.delay(attempt, self._random.random()))
            attempt += 1

    def _connect(self) -> None:
        self._enter(CaptureState.CONNECTING)
        info = self._source.open()
        if info.delivery is not None:
            self._live = info.delivery is not Delivery.EVERY
            self._deliver(info.delivery)
        with self._lock:
            self._info = info

    def _deliver(self, delivery: Delivery) -> None:
        """Hand frames on in this way from now on."""
        sizes = {Delivery.NEWEST: 1, Delivery.PACED: _PACED_FRAMES, Delivery.EVERY: self._queue_size}
        self.buffer.set_policy(sizes[delivery], keeps_all=delivery is Delivery.EVERY)

    def _pass_on(self) -> bool:
        """Move one frame from the source to the buffer; False at the end or when the buffer was closed."""
        began = time.perf_counter()
        frame = self._source.read()
        if self._stages is not None:
            self._stages.add("decode", time.perf_counter() - began)
        if frame is None:
            return False
        with self._lock:
            now = self._monotonic()
            self._note_stall(now)
            self._stall_noted = False
            self._state = CaptureState.LIVE
            self._error = ""
            self._newest = frame
            if self._lost:
                self._lost = False
                self._reconnects.append(now)
            self._frames += 1
            self._arrivals.append(now)
        return self.buffer.put(frame)

    def _enter(self, state: CaptureState) -> None:
        with self._lock:
            self._state = state
            self._stall_noted = False

    def _fail(self, message: str) -> None:
        with self._lock:
            self._error = redact(message)

    def _note_stall(self, now: float) -> None:
        """Count a stall once, when a connected live source has sent nothing for too long."""
        if not self._live or self._state is not CaptureState.LIVE or self._stall_noted or not self._arrivals:
            return
        if now - self._arrivals[-1] > self._stall_s:
            self._stall_noted = True
            self._stalls.append(now)

    def _fps(self, now: float) -> float:
        """Frames a second over the latest arrivals; sinks to zero while nothing arrives."""
        if len(self._arrivals) < 2 or self._state is CaptureState.ENDED:
            return 0.0
        span = max(self._arrivals[-1], now - 1.0) - self._arrivals[0]
        return (len(self._arrivals) - 1) / span if span > 0 else 0.0


def _bytes_of(frame: Frame) -> int:
    return frame.image.nbytes


def _recent(times: deque[float], now: float) -> int:
    """Drop what is older than an hour and return how many remain."""
    while times and now - times[0] > _HOUR_S:
        times.popleft()
    return len(times)
