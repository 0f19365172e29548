"""What a container tells: when it was recorded, how many video tracks it has, whether its end is there."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """What is known of a file from its container.

    created: aware, or naive where it is local time without an offset; None where it does not say. tracks: video tracks
    worth reading. whole: its end is there, or it promises none, however few frames it holds; None where nobody knows.
    fps: the rate that the stream's own header names, 0 where the container has time stamps. from_zero: sound stands
    beside the pictures, and both count from the beginning, so that a first picture at five seconds came then. can_jump:
    the time stamps may jump where recordings were joined. interlaced: its frames may be of two fields. notes: for the
    user.
    """

    created: datetime | None = None
    tracks: int = 1
    whole: bool | None = None
    fps: float = 0.0
    from_zero: bool = False
    can_jump: bool = True
    interlaced: bool = False
    notes: tuple[str, ...] = ()
