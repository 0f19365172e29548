"""Values the log keeps and returns: frozen, slotted. Times are aware datetimes in UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from recognizer.readings import Alternative

BLOCK = "block"
ALLOW = "allow"
LISTS = (BLOCK, ALLOW)


@dataclass(frozen=True, slots=True)
class Visit:
    """One vehicle seen once by one source: one row of the log.

    run, source and track together name a visit; saving the same again with another revision replaces it.
    plate: the text, corrected if a person corrected it, and then original_plate is what was read.
    char_confidences: one value, 0 to 1, a character of the text that was read.
    reads: readings that agreed. first_s, last_s: media seconds, None where there is no media time.
    box: left, top, right, bottom in pixels of the frame, or None. region: country, or empty.
    clock_source: where the wall time came from. list_name: "block", "allow" or empty.
    crop, frame: pictures, relative to the log's picture folder, with /; empty when there is none.
    settled: a person has dealt with its watch-list hit. id: None until saved.
    """

    plate: str
    source: str
    first_time: datetime
    last_time: datetime
    clock_source: str = "live"
    confidence: float = 0.0
    char_confidences: tuple[float, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reads: int = 1
    run: str = ""
    track: str = ""
    revision: int = 1
    first_s: float | None = None
    last_s: float | None = None
    box: tuple[float, float, float, float] | None = None
    region: str = ""
    list_name: str = ""
    crop: str = ""
    frame: str = ""
    original_plate: str | None = None
    note: str = ""
    settled: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit to be saved with its pictures (JPEG, empty for none); absorbed: tracks of its run that it replaces."""

    visit: Visit
    crop: bytes = b""
    frame: bytes = b""
    absorbed: tuple[str, ...] = ()


class LogState(Enum):
    """How the writing of the log stands."""

    WRITING = "writing"
    WAITING = "waiting"
    LOSING = "losing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LogStatus:
    """What a person wants to know of the log's writing.

    message: what is wrong and what helps, empty while all is well. waiting: visits held in memory.
    written: visits on disk since the start. without_pictures: visits kept without their pictures for want of memory,
    or of room on the disk when the log was closed.
    refused: visits that could not be kept because the memory bound was reached, or that no store could take.
    notices: what else a person must be told, such as the name of a damaged log that was set aside.
    """

    state: LogState
    message: str = ""
    waiting: int = 0
    written: int = 0
    without_pictures: int = 0
    refused: int = 0
    notices: tuple[str, ...] = ()
