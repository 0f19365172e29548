"""The sources of a run that are open: opened in time, and taken from in batches that suit the networks."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.batch.progress import Item
from app.batch.waiting import Answer
from app.batch.writers import AnnotatedVideo
from app.config.settings import Live
from app.pipeline.ledger import Ledger
from app.pipeline.opening import make_capture, make_source
from app.pipeline.stats import StageTimes
from app.pipeline.types import Frame
from app.sources.buffers import Closed
from app.sources.capture import Capture
from app.sources.source import SourceKind
from app.sources.source_id import TrackKey

_AHEAD = 1  # sources opened before it is their turn
_POLL_S = 0.2
# Frames of a recording, or pictures, that go through the networks together: the reader takes eight plates in the time
# of three by themselves. Of large frames fewer, for the memory.
BATCH = 4
_BATCH_BYTES = 16_000_000
_PICTURE_BYTES = 16_000_000  # size of the picture files opened before it is their turn


@dataclass(slots=True, eq=False)
class Active:
    """A source being read.

    under_way: its frames taken and not followed yet. drained: it gives no more. told: the latest fault told of.
    """

    item: Item
    capture: Capture
    reads: Ledger = field(default_factory=Ledger)
    video: AnnotatedVideo | None = None
    frames: int = 0
    under_way: int = 0
    drained: bool = False
    share: float = 0.0
    fault: str = ""
    told: str = ""
    swept_s: float = 0.0
    tracks: dict[TrackKey, None] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Frames that go through the networks together, and whose they are."""

    frames: list[Frame] = field(default_factory=list)
    owners: dict[str, Active] = field(default_factory=dict)

    @property
    def takes_pictures(self) -> bool:
        """Whether another picture may join: there are few frames, and all are pictures."""
        size = sum(frame.image.nbytes for frame in self.frames)
        return len(self.frames) < BATCH and size < _BATCH_BYTES and all(frame.is_still for frame in self.frames)


class Opened:
    """The sources that are open, in the order of the run, and those that wait."""

    def __init__(self, items: Sequence[Item], jobs: int, stages: StageTimes, cameras: Live) -> None:
        """jobs: recordings read at a time; live sources are all read at once, as the settings of cameras say."""
        self.waiting = deque(items)
        self.active: list[Active] = []
        self._jobs = max(1, jobs, sum(item.spec.is_live for item in items))
        self._stages = stages
        self._cameras = cameras

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.waiting and not self.active

    def fill(self) -> None:
        """Open as many sources as are read at a time, and the next, so that they are ready when it is their turn."""
        while self.waiting and self._has_room_for(self.waiting[0]):
            item = self.waiting.popleft()
            capture = self._capture(item)
            self.active.append(Active(item, capture))
            capture.start()

    def _capture(self, item: Item) -> Capture:
        return make_capture(make_source(item.spec, item.start), self._cameras, self._stages)

    def take(self) -> Batch:
        """Take what goes through the networks next, empty where nothing has come yet."""
        batch, names = Batch(), {active.item.spec.source_id for active in self.active if active.drained}
        for number, active in enumerate(active for active in self.active if not active.drained):
            spec = active.item.spec
            if number >= self._jobs and not (spec.kind is SourceKind.PICTURE and batch.takes_pictures):
                break
            if spec.source_id in names:
                continue  # named twice: read after the other one has ended
            names.add(spec.source_id)
            frames = _frames_of(active)
            active.under_way += len(frames)
            batch.frames.extend(frames)
            batch.owners[spec.source_id] = active
        return batch

    def ended(self) -> list[Active]:
        """Return the sources of which nothing is left to come or to be followed."""
        return [active for active in self.active if active.drained and not active.under_way]

    def _has_room_for(self, item: Item) -> bool:
        """Whether a source is to be opened now: small pictures early, since batches are made of them."""
        opened = [active.item for active in self.active if not active.drained]
        if len(opened) < self._jobs + _AHEAD:
            return True
        pictures = all(other.spec.kind is SourceKind.PICTURE for other in (*opened, item))
        return pictures and len(opened) < 2 * BATCH and sum(other.weight for other in (*opened, item)) < _PICTURE_BYTES


def _frames_of(active: Active) -> list[Frame]:
    """Take what makes a batch of a recording, or a frame of anything else; none where none has come yet."""
    frames: list[Frame] = []
    most = 1
    while len(frames) < most:
        try:
            frame = active.capture.buffer.take(_POLL_S)
        except Closed:
            active.drained = True
            break
        if frame is not None:
            frames.append(frame)
            most = 1 if active.item.spec.is_live else min(BATCH, max(1, _BATCH_BYTES // frame.image.nbytes))
        elif not frames:
            break
    return frames
