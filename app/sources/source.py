"""What every source is: its kind, what was asked for, what is known of it, and how frames are taken from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from app.config.redaction import redact
from app.sources.frame import Frame, WallClock
from app.sources.source_id import SourceId


class SourceError(Exception):
    """A source cannot be opened or read (on); the message names it, without secrets, and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(redact(message))


class SourceKind(Enum):
    """The kinds of sources; app.sources.registry has what belongs to each."""

    CAMERA = "camera"
    STREAM = "stream"
    VIDEO = "video"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Turn:
    """How the images of a source are put upright: turned clockwise by so many degrees, then mirrored left to right."""

    degrees: int = 0
    mirror: bool = False

    def __bool__(self) -> bool:
        return bool(self.degrees or self.mirror)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source as the user named it.

    source_id: the name to show and to keep; never holds a password. address: what is opened: a path, an address with
    whatever it holds, a camera's index or name. part: which page of a picture or which video track, from 0. turn: how
    its images are put upright.
    """

    kind: SourceKind
    source_id: SourceId
    address: str
    part: int = 0
    turn: Turn = Turn()

    @property
    def is_live(self) -> bool:
        """True for cameras and streams, which go on whether or not anyone looks."""
        return self.kind in (SourceKind.CAMERA, SourceKind.STREAM)


class Delivery(Enum):
    """How the frames of a source are to be handed on."""

    NEWEST = "newest"  # live: what is not taken in time is replaced
    PACED = "paced"  # live, held back to its own time stamps: a few frames may wait
    EVERY = "every"  # a recording: each frame waits until it is taken, and there is an end


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of an opened source.

    duration_s and frames are None where nobody can know. notes: what the user should know of how it is read, each a
    sentence that names the source. delivery: None for what is usual for the kind of source. pixel_aspect: width of a
    pixel by its height.
    """

    width: int
    height: int
    fps: float
    duration_s: float | None
    frames: int | None
    start: datetime
    clock: WallClock
    notes: tuple[str, ...] = ()
    delivery: Delivery | None = None
    pixel_aspect: float = 1.0


class Source(Protocol):
    """Something that gives frames, used by one thread at a time."""

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        ...

    def open(self) -> SourceInfo:
        """Open or reopen it; raises SourceError."""
        ...

    def read(self) -> Frame | None:
        """Return the next frame, None at the end of a recording; raises SourceError when the source is lost."""
        ...

    def close(self) -> None:
        """Release what open() took; may be called twice."""
        ...


def is_text(text: str) -> bool:
    """Whether OpenCV can take it: it crashes at what is no UTF-8, as the command line may bring it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
