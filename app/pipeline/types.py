"""Values that flow through the pipeline: frozen, slotted, without behaviour worth the name.

Images are uint8 BGR arrays of shape (H, W, 3). Boxes are in pixels of the frame they belong to. Media times are seconds
from the start of the recording (or since a live source was opened); wall times are aware datetimes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from app.sources.frame import Frame as Frame
from app.sources.frame import Image as Image
from app.sources.frame import WallClock as WallClock
from detector.types import Box
from recognizer.readings import Alternative, Reading


class EventKind(Enum):
    """What a PlateEvent says about its track."""

    NEW = "new"
    UPDATE = "update"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class RejectReason(Enum):
    """Why something that may have been a plate was not reported."""

    TOO_SMALL = "too small"
    OUTSIDE_ZONE = "outside the zone"
    NOT_PLATE_SHAPED = "not shaped like a plate"
    UNREAD = "nothing read"
    LOW_CONFIDENCE = "low confidence"
    LOW_AGREEMENT = "low agreement"
    CUT_OFF = "cut off by the picture's edge"
    CAPTION = "caption in the picture"
    NO_PLATE_FORM = "no plate form"


@dataclass(frozen=True, slots=True, eq=False)
class PlateCrop:
    """A plate cut out of its frame, ready to be read; sharpness as `detector.crops.sharpness` measures it."""

    frame: Frame
    track_id: int
    image: Image
    box: Box
    score: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class TrackReading:
    """One reading of a track, with what its vote is worth (weight, 0 or more); cut: the plate may not be seen whole."""

    reading: Reading
    frame_index: int
    media_time: float
    wall_time: datetime
    box: Box
    sharpness: float
    weight: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """A plate in view in one frame, as the overlay shows it.

    text is the consensus so far, empty while nothing was read; settled says that it is agreed and not provisional.
    """

    source_id: str
    track_key: str
    box: Box
    score: float
    text: str
    confidence: float
    settled: bool


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """A processed frame with the tracks seen in that very frame."""

    frame: Frame
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlateEvent:
    """What is known of one vehicle's plate now.

    track_key: unique for a source and track; the same for all events of a visit.
    revision: counts the events of a track_key from 1.
    confidence and char_confidences: 0 to 1, the latter one a character of text.
    alternatives: other texts the readings would also allow, most probable first.
    agreeing: readings that say text; readings: all that were made.
    box: the plate in best_frame, the frame in which the best reading was made; best_crop is cut from it, and best_jpeg
    is that frame as a JPEG file, where it came as one.
    wall_clock: where the wall times came from. is_still: the source is a picture.
    region: country the form of the plate points to, or empty.
    absorbed: all track_keys that turned out to be this same visit; what was shown for them is to be removed.

    Whoever keeps events keeps one entry a track_key, the one of the highest revision, and drops the keys that are gone.
    A provisional entry that the later readings do not bear out ends as WITHDRAWN instead of FINAL.
    """

    kind: EventKind
    track_key: str
    revision: int
    source_id: str
    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternatives: tuple[Alternative, ...]
    agreeing: int
    readings: int
    first_s: float
    last_s: float
    first_wall: datetime
    last_wall: datetime
    wall_clock: WallClock
    box: Box
    best_crop: Image
    best_frame: Image
    best_frame_index: int
    best_s: float
    track_readings: tuple[TrackReading, ...] = ()
    region: str = ""
    is_still: bool = False
    absorbed: tuple[str, ...] = ()
    best_jpeg: bytes = b""

    @property
    def gone(self) -> tuple[str, ...]:
        """The track_keys of which nothing is to be shown any more: absorbed ones, and its own if it is withdrawn."""
        return (*self.absorbed, self.track_key) if self.kind is EventKind.WITHDRAWN else self.absorbed


def light(event: PlateEvent) -> PlateEvent:
    """Return an event without its pictures and single readings, which would fill the memory of whoever keeps many."""
    return replace(without_pictures(event), track_readings=())


def without_pictures(event: PlateEvent) -> PlateEvent:
    """Return an event with empty pictures."""
    nothing = event.best_frame[:0, :0].copy()
    return replace(event, best_frame=nothing, best_crop=nothing, best_jpeg=b"")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one call of the pipeline brought: the frames with their tracks, and the events in order."""

    frames: tuple[FrameResult, ...]
    events: tuple[PlateEvent, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something seen but not reported as a plate, and why. text is what was read, if anything was."""

    reason: RejectReason
    source_id: str
    track_key: str
    media_time: float
    box: Box
    text: str = ""
    detail: str = ""
