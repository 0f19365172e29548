"""Values the log keeps and returns: frozen, slotted. Times are aware datetimes in UTC."""

from dataclasses import dataclass
from enum import Enum

from app.records import Record

BLOCK = "block"
ALLOW = "allow"
LISTS = (BLOCK, ALLOW)


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit to be saved with its pictures (JPEG, empty for none).

    absorbed: run and track of the visits whose place it takes. withdrawn: it was none, and its row is to go.
    """

    visit: Record
    crop: bytes = b""
    frame: bytes = b""
    absorbed: tuple[tuple[str, str], ...] = ()
    withdrawn: bool = False


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
    written: closed visits that came to the disk since the start. without_pictures: visits kept without their pictures
    for want of memory, or of room on the disk when the log was closed.
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
