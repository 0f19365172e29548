"""Values that flow through the pipeline: frozen, slotted, without behaviour worth the name.

Images are uint8 BGR arrays of shape (H, W, 3). Boxes are in pixels of the frame they belong to. Media times are seconds
from the start of the recording (or since a live source was opened); wall times are aware datetimes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.sources.frame import Frame as Frame
from app.sources.frame import Image as Image
from app.sources.frame import WallClock as WallClock
from app.sources.source_id import SourceId, TrackKey
from detector.types import Box


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
    NO_PLATE = "no plate"
    OTHER_FORMAT = "not of the chosen countries"


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
class Track:
    """A plate in view in one frame, as the overlay shows it.

    text is the consensus so far, empty while nothing was read; settled says that it is agreed and not provisional.
    """

    key: TrackKey
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


@dataclass(frozen=True, slots=True)
class SourceFault:
    """A source whose frames the networks could not take, and why, as one line without secrets."""

    source_id: SourceId
    error: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something seen but not reported as a plate, and why.

    media_time, wall_time, box: when and where it was seen last. text: what was read, if anything was; confidence: how
    likely that is right; detail: how the readings agreed.
    """

    reason: RejectReason
    key: TrackKey
    media_time: float
    wall_time: datetime | None
    box: Box
    text: str = ""
    confidence: float = 0.0
    detail: str = ""
