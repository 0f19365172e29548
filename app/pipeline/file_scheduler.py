"""Reads a list of sources: opened in time, every frame of a recording taken, in batches that suit the networks."""

import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.config.redaction import redact
from app.config.settings import Live
from app.pipeline.scheduling import FrameBatch, RunningSource, take_newest
from app.pipeline.stats import StageTimes
from app.pipeline.types import Frame
from app.sources.buffers import Closed
from app.sources.capture import Capture
from app.sources.count_on import count_on
from app.sources.identify import expand
from app.sources.open_capture import make_capture
from app.sources.registry import make_source
from app.sources.source import SourceError, SourceKind, SourceSpec, Turn

_AHEAD = 1  # sources opened before it is their turn
_POLL_S = 0.2  # how long a recording's next frame is waited for, before the engine looks at everything else
# Frames of a recording, or pictures, that go through the networks together: the reader takes eight plates in the time
# of three by themselves. Of large frames fewer: several batches are under way at once, and their frames are most of a
# run's memory (docs/performance.md). Two frames of 720p cost no more processor time than four.
BATCH = 4
_BATCH_BYTES = 6_000_000
_PICTURE_BATCH_BYTES = 16_000_000  # pictures come one by one, so their batch is all that is held
_PICTURE_BYTES = 16_000_000  # size of the picture files opened before it is their turn


@dataclass(frozen=True, slots=True)
class QueuedSource:
    """One source to read; start is when the recording began, if the user says so.

    weight: its part in the work, by the size that its file has now.
    """

    spec: SourceSpec
    start: datetime | None = None
    weight: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        try:
            size = Path(self.spec.address).stat().st_size
        except OSError:
            size = 0
        object.__setattr__(self, "weight", float(max(1, size)))


def queue_sources(
    texts: Iterable[str],
    start: datetime | None = None,
    turn: Turn | None = None,
    passed_over: Counter[str] | None = None,
) -> tuple[list[QueuedSource], list[str]]:
    """Return the sources that the user's words stand for, and one line for each word that stands for none.

    Args:
        texts: Files, folders, patterns, addresses, cameras.
        start: When the first recording began; those after it begin where the one before ends.
        turn: How their images are put upright.
        passed_over: Counts, by what they are, the files of folders that are not read.
    """
    specs: list[SourceSpec] = []
    errors: list[str] = []
    for text in texts:
        try:
            specs += [replace(spec, turn=turn or spec.turn) for spec in expand(text, passed_over)]
        except SourceError as error:
            errors.append(redact(str(error)))
    if start is None:
        return [QueuedSource(spec) for spec in specs], errors
    try:
        return [QueuedSource(spec, begins) for spec, begins in count_on(specs, start)], errors
    except SourceError as error:
        return [], [*errors, str(error)]


class FileScheduler:
    """Takes every frame of recordings and pictures, in order, and the newest one of live sources among them."""

    waiting = 1

    def __init__(
        self,
        items: Sequence[QueuedSource],
        stages: StageTimes,
        jobs: int = 1,
        cameras: Live | None = None,
        done_weight: float = 0.0,
    ) -> None:
        """Open nothing yet.

        Args:
            items: What is to be read, in this order.
            stages: Where the time of decoding is counted.
            jobs: Recordings read at a time; live sources are all read at once.
            cameras: How live sources are waited for.
            done_weight: Work that an earlier run has done; counts in the share of the whole.
        """
        self.changed = threading.Event()
        self._queue = deque(items)
        self._open: list[RunningSource] = []
        self._jobs = max(1, jobs, sum(item.spec.is_live for item in items))
        self._stages = stages
        self._cameras = cameras or Live()
        self._done = done_weight
        self._total = done_weight + sum(item.weight for item in items) or 1.0
        self._weights: dict[RunningSource, float] = {}

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self._queue and not self._open

    @property
    def share(self) -> float:
        """Share of the whole work that is done, 0 to 1."""
        running = sum(source.share * self._weights[source] for source in self._open)
        return min(1.0, (self._done + running) / self._total)

    def take_batch(self) -> FrameBatch:
        """Take what goes through the networks next, waiting a moment for a recording's frames."""
        self._open_next()
        batch = FrameBatch()
        names = {source.spec.source_id for source in self._open if source.drained}
        for number, source in enumerate([source for source in self._open if not source.drained]):
            spec = source.spec
            if number >= self._jobs and not (spec.kind is SourceKind.PICTURE and _takes_pictures(batch)):
                break
            if spec.source_id in names:
                continue  # named twice: read after the other one has ended
            names.add(spec.source_id)
            batch.add(source, take_newest(source) if spec.is_live else _take_batch(source))
        return batch

    def note_processed(self, source: RunningSource, frame: Frame) -> None:
        """Note how far a source is."""
        info = source.capture.info
        if info is not None and info.duration_s:
            source.share = min(1.0, frame.media_time / info.duration_s)

    def sources(self) -> Sequence[RunningSource]:
        """Return the sources that are open. From any thread."""
        return list(self._open)

    def remove_source(self, source: RunningSource) -> None:
        """Forget a source that has ended."""
        self._open.remove(source)
        self._done += self._weights.pop(source)

    def _open_next(self) -> None:
        """Open as many sources as are read at a time, and the next, so that they are ready when it is their turn."""
        while self._queue and self._has_room_for(self._queue[0]):
            item = self._queue.popleft()
            source = RunningSource(item.spec, self._capture(item))
            self._open.append(source)
            self._weights[source] = item.weight
            source.capture.start()

    def _capture(self, item: QueuedSource) -> Capture:
        return make_capture(make_source(item.spec, item.start), self._cameras, self._stages, self.changed.set)

    def _has_room_for(self, item: QueuedSource) -> bool:
        """Whether a source is to be opened now: small pictures early, since batches are made of them."""
        opened = [source for source in self._open if not source.drained]
        if len(opened) < self._jobs + _AHEAD:
            return True
        pictures = all(spec.kind is SourceKind.PICTURE for spec in (*(source.spec for source in opened), item.spec))
        weight = item.weight + sum(self._weights[source] for source in opened)
        return pictures and len(opened) < 2 * BATCH and weight < _PICTURE_BYTES


def _takes_pictures(batch: FrameBatch) -> bool:
    """Whether another picture may join a batch: there are few frames, and all are pictures."""
    size = sum(frame.image.nbytes for frame in batch.frames)
    return len(batch.frames) < BATCH and size < _PICTURE_BATCH_BYTES and all(frame.is_still for frame in batch.frames)


def _take_batch(source: RunningSource) -> list[Frame]:
    """Take what makes a batch of a recording; none where no frame has come yet."""
    frames: list[Frame] = []
    most = 1
    while len(frames) < most:
        try:
            frame = source.capture.buffer.take(_POLL_S)
        except Closed:
            source.drained = True
            break
        if frame is not None:
            frames.append(frame)
            most = min(BATCH, max(1, _BATCH_BYTES // frame.image.nbytes))
        elif not frames:
            break
    return frames
