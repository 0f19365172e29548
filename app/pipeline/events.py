"""What the pipeline tells of a plate: an event in four parts, frozen and slotted.

Wall times are aware datetimes, media times are seconds from the start of the recording (or since a live source was
opened), boxes are in pixels of the frame they belong to, images are uint8 BGR arrays of shape (H, W, 3).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from app.pipeline.types import FrameResult, Image, SourceFault, WallClock
from app.sources.source_id import SourceId, TrackKey
from detector.types import Box
from recognizer.readings import Alternative, Reading


class EventKind(Enum):
    """What a PlateEvent says about its track."""

    NEW = "new"
    UPDATE = "update"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TrackReading:
    """One reading of a track, with what its vote is worth (weight, 0 or more).

    cut: the plate may not be seen whole. score: the detector's, of the plate in that frame; 0 where it is not known.
    """

    reading: Reading
    frame_index: int
    media_time: float
    wall_time: datetime
    box: Box
    sharpness: float
    weight: float
    cut: bool = False
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Which visit an event belongs to, and where the event stands among the events of that visit.

    track: the same for all events of a visit. revision: counts the events of a track from 1.
    absorbed: other tracks that turned out to be this visit; what was shown for them is to be removed.
    """

    track: TrackKey
    revision: int
    kind: EventKind
    absorbed: tuple[TrackKey, ...] = ()

    @property
    def source(self) -> SourceId:
        """The source the visit was seen by."""
        return self.track.source

    @property
    def gone(self) -> tuple[TrackKey, ...]:
        """The tracks of which nothing is to be shown any more: absorbed ones, and its own if it is withdrawn."""
        return (*self.absorbed, self.track) if self.kind is EventKind.WITHDRAWN else self.absorbed


@dataclass(frozen=True, slots=True)
class PlateText:
    """What the plate says.

    confidence and char_confidences: 0 to 1, the latter one a character of plate.
    alternatives: other texts that the readings also allow, most probable first.
    region: ISO code of the country, or as US-CA of the state, that the plate points to; empty where unknown.
    sure: whether the confidence reaches what the settings ask of a sure read; what does not is told, and marked unsure.
    merged: texts that other tracks of this visit were told with; they count for watch lists as plate does.
    """

    plate: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternatives: tuple[Alternative, ...] = ()
    region: str = ""
    sure: bool = True
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """When the vehicle was in view.

    clock: where the wall times came from. is_still: the source is a picture.
    """

    first_s: float
    last_s: float
    first_time: datetime
    last_time: datetime
    clock: WallClock
    is_still: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the text rests on.

    frame: the frame of the best reading, frame_index and media_s its place in the source; crop: the plate, cut from it;
    box: where the plate is in it; jpeg: the frame as a JPEG file, where it came as one, else empty.
    agreeing: readings that say the plate; reading_count: all that were made; readings: the latest of these, one by one.
    """

    box: Box
    crop: Image
    frame: Image
    frame_index: int
    media_s: float
    agreeing: int
    reading_count: int
    readings: tuple[TrackReading, ...] = ()
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class PlateEvent:
    """What is known of one vehicle's plate now. app.pipeline.ledger tells how events are applied.

    A provisional visit that the later readings do not bear out ends as WITHDRAWN instead of FINAL.
    """

    identity: Identity
    text: PlateText
    span: Span
    evidence: Evidence

    @property
    def key(self) -> TrackKey:
        """The track that names the visit."""
        return self.identity.track

    @property
    def source(self) -> SourceId:
        """The source the visit was seen by."""
        return self.identity.track.source

    @property
    def kind(self) -> EventKind:
        """What the event says about its visit."""
        return self.identity.kind


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one call of the pipeline brought: frames with their tracks, events in order, sources that failed."""

    frames: tuple[FrameResult, ...]
    events: tuple[PlateEvent, ...]
    faults: tuple[SourceFault, ...] = ()


def without_images(event: PlateEvent) -> PlateEvent:
    """Return an event with empty images."""
    nothing = event.evidence.frame[:0, :0].copy()
    return replace(event, evidence=replace(event.evidence, frame=nothing, crop=nothing, jpeg=b""))


def without_evidence(event: PlateEvent) -> PlateEvent:
    """Return an event without images and single readings, which would fill the memory of whoever keeps many."""
    light = without_images(event)
    return replace(light, evidence=replace(light.evidence, readings=()))
