"""What a run reads, what it reports, who watches it, and what pauses or stops it."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.config.redaction import redact
from app.pipeline.events import PlateEvent
from app.sources.identify import expand
from app.sources.source import SourceError, SourceSpec


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read; start is when the recording began, if the user says so.

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


@dataclass(slots=True)
class Report:
    """What a run did. errors: one line for each source or output that failed. share: of the work, 0 to 1."""

    events: list[PlateEvent] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    frames: int = 0
    sources: int = 0
    skipped: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    written: list[Path] = field(default_factory=list)


class Progress(Protocol):
    """Watches a run; called from the thread that runs it."""

    def begun(self, item: Item) -> None:
        """A source's first frame is there."""
        ...

    def advanced(self, item: Item, media_s: float, share: float) -> None:
        """A frame was read; share of the whole work that is done, 0 to 1."""
        ...

    def found(self, event: PlateEvent) -> None:
        """A plate is new, changed or final; a final one is on the disk if the run keeps a log."""
        ...

    def trouble(self, text: str) -> None:
        """An output cannot be written now; reading goes on."""
        ...

    def ended(self, item: Item, error: str) -> None:
        """A source is done; error is empty or one line."""
        ...


class Control:
    """Pauses and stops a run from another thread."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether stop() was called."""
        return self._stopped.is_set()

    def pause(self) -> None:
        """Hold the run after the frame it is at."""
        self._going.clear()

    def resume(self) -> None:
        """Let a paused run go on."""
        self._going.set()

    def stop(self) -> None:
        """End the run; what was read so far is kept."""
        self._stopped.set()
        self._going.set()

    def wait(self) -> None:
        """Return when the run is not paused."""
        self._going.wait()


def items_of(texts: Iterable[str], start: datetime | None = None) -> tuple[list[Item], list[str]]:
    """Return the sources that the user's words stand for, and one line for each word that stands for none."""
    items: list[Item] = []
    errors: list[str] = []
    for text in texts:
        try:
            items += [Item(spec, start) for spec in expand(text)]
        except SourceError as error:
            errors.append(redact(str(error)))
    return items, errors
