"""What decides which frames go through the networks next: the protocol of schedulers, and the one for live views."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.pipeline.types import Frame
from app.sources.buffers import Closed
from app.sources.capture import Capture, CaptureStatus
from app.sources.source import SourceSpec


@dataclass(slots=True, eq=False)
class RunningSource:
    """A source that is being read.

    under_way: its frames that were taken and are not processed yet. drained: it gives no more frames.
    share: of its frames that are processed, 0 to 1. fault: what the networks could not take of it.
    """

    spec: SourceSpec
    capture: Capture
    under_way: int = 0
    processed: int = 0
    drained: bool = False
    share: float = 0.0
    fault: str = ""

    @property
    def error(self) -> str:
        """What is wrong with it; empty if nothing is."""
        return self.fault or self.capture.status().error


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Frames that go through the networks together, and whose each is."""

    frames: list[Frame] = field(default_factory=list)
    owners: list[RunningSource] = field(default_factory=list)

    def add(self, source: RunningSource, frames: Sequence[Frame]) -> None:
        """Add frames of a source."""
        source.under_way += len(frames)
        self.frames.extend(frames)
        self.owners.extend([source] * len(frames))


class Scheduler(Protocol):
    """Gives the engine its frames. For the engine's thread, but for what says otherwise.

    changed: set when a frame or an end has come, which wakes the engine. waiting: batches that are held ready beside
    those in detection.
    """

    changed: threading.Event
    waiting: int

    @property
    def done(self) -> bool:
        """Whether nothing is left to read, now or later."""
        ...

    def take_batch(self) -> FrameBatch:
        """Return what goes through the networks next; empty where nothing has come."""
        ...

    def note_processed(self, source: RunningSource, frame: Frame) -> None:
        """A frame of a source was processed."""
        ...

    def sources(self) -> Sequence[RunningSource]:
        """Return the sources that are open. From any thread."""
        ...

    def remove_source(self, source: RunningSource) -> None:
        """Forget a source that has ended."""
        ...


class LiveScheduler:
    """Takes the newest frame of each source: what is seen is never late. Sources come and go at any time."""

    waiting = 0
    done = False

    def __init__(self) -> None:
        self.changed = threading.Event()
        self._sources: dict[str, RunningSource] = {}
        self._lock = threading.Lock()

    @property
    def wake(self) -> Callable[[], None]:
        """To be given to a Capture as on_change."""
        return self.changed.set

    def add_capture(self, capture: Capture) -> None:
        """Take up a source, whose capture was made with on_change=wake, and start it. From any thread.

        Raises:
            ValueError: A source of that name runs already.
        """
        name = capture.spec.source_id
        with self._lock:
            if name in self._sources:
                raise ValueError(f"{name}: runs already")
            self._sources[name] = RunningSource(capture.spec, capture)
        capture.start()

    def end_source(self, source_id: str) -> None:
        """Let go of a source: its open tracks become final. From any thread; does not wait."""
        with self._lock:
            source = self._sources.get(source_id)
        if source is not None:
            source.capture.request_stop()
            self.changed.set()

    def status(self) -> dict[str, CaptureStatus]:
        """Return the state and counters of every source. From any thread."""
        return {source.spec.source_id: source.capture.status() for source in self.sources()}

    def take_batch(self) -> FrameBatch:
        """Take at most one frame of each source, without waiting."""
        batch = FrameBatch()
        for source in self.sources():
            batch.add(source, take_newest(source))
        return batch

    def note_processed(self, source: RunningSource, frame: Frame) -> None:
        """A frame of a source was processed."""

    def sources(self) -> Sequence[RunningSource]:
        """Return the sources that are open. From any thread."""
        with self._lock:
            return list(self._sources.values())

    def remove_source(self, source: RunningSource) -> None:
        """Forget a source that has ended."""
        with self._lock:
            del self._sources[source.spec.source_id]


def take_newest(source: RunningSource) -> list[Frame]:
    """Take the frame that a source has ready, if it has one; notes where it gives no more."""
    try:
        frame = source.capture.buffer.take(0)
    except Closed:
        source.drained = True
        return []
    return [frame] if frame is not None else []
