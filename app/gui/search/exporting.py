"""An export as the dialog wants it, written with the log's own functions; for a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import Event

from app.store.export import to_crops, to_csv, to_jsonl
from app.store.frames import to_frames
from app.store.search import Query
from app.store.store import Store


class Format(Enum):
    """What to write reads as."""

    CSV = "csv"
    JSONL = "jsonl"


class Stopped(Exception):
    """The user has stopped an export."""


class Progress:
    """How many are written: told by the worker, which it also stops; looked at by the window."""

    def __init__(self) -> None:
        self.count = 0
        self._stopped = Event()

    def stop(self) -> None:
        """Have the export end without a file."""
        self._stopped.set()

    def __call__(self, count: int) -> None:
        """Note how many are written; raises Stopped when the user has had enough."""
        if self._stopped.is_set():
            raise Stopped
        self.count = count


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export and where to; crops and frames go into folders beside the file."""

    query: Query
    form: Format
    file: Path
    columns: tuple[str, ...]
    crops: bool = False
    frames: bool = False
    blur: bool = False

    def folder(self, what: str) -> Path:
        """Return the folder beside the file for pictures of a kind."""
        return self.file.with_name(f"{self.file.stem}-{what}")


def write(store: Store, wanted: Wanted, progress: Callable[[int], None]) -> int:
    """Write an export and return how many reads it holds. Raises LogError, and what progress raises to stop it."""
    visits = store.each(wanted.query)
    if wanted.form is Format.CSV:
        count = to_csv(visits, wanted.file, progress, wanted.columns)
    else:
        count = to_jsonl(visits, wanted.file, progress)
    if wanted.crops:
        to_crops(store.each(wanted.query), store.pictures, wanted.folder("crops"), progress)
    if wanted.frames:
        to_frames(store.each(wanted.query), store.pictures, wanted.folder("frames"), wanted.blur, progress)
    return count
