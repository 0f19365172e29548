"""The batch queue: what is to be read, how far each is, run in a thread by the same code as `main.py run`."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from app.batch.files import OutputError
from app.batch.outputs import Outputs
from app.batch.progress import Control, Item, Report
from app.batch.runner import run as run_batch
from app.batch.state import StateFile
from app.batch.writers import csv_file
from app.journal import Journal
from app.pipeline.core import Pipeline
from app.pipeline.events import PlateEvent, without_evidence
from app.pipeline.ledger import Ledger


class State(Enum):
    """Where a file of the queue stands."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One file of the queue. share: 0 to 1 of its media time; reads: vehicles so far; error: one line, or empty."""

    item: Item
    state: State = State.WAITING
    share: float = 0.0
    media_s: float = 0.0
    reads: int = 0
    error: str = ""

    @property
    def name(self) -> str:
        """The file without its folders."""
        return Path(self.item.spec.source_id).name or self.item.spec.source_id

    @property
    def fault(self) -> str:
        """What is wrong with the file, without its path before it; empty if nothing is."""
        return self.error.removeprefix(f"{self.item.spec.source_id}: ")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run goes: share of all media time that is done, seconds left (None while that is not known)."""

    share: float
    left_s: float | None


class Watcher:
    """Follows a run in its thread; the window asks for a snapshot a few times a second."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._lock = threading.Lock()
        self._jobs = {item.spec.source_id: Job(item) for item in items}
        self._weights = {item.spec.source_id: item.weight for item in items}
        self._total = sum(self._weights.values()) or 1.0
        self._reads: dict[str, Ledger] = {}
        self._share = 0.0

    def jobs(self) -> tuple[Job, ...]:
        """Return all files as they stand now."""
        with self._lock:
            return tuple(self._jobs.values())

    @property
    def share(self) -> float:
        """Share of the whole work that is done, 0 to 1."""
        return self._share

    def begun(self, item: Item) -> None:
        """A file's first frame is there."""
        self._put(item, state=State.READING)

    def advanced(self, item: Item, media_s: float, share: float) -> None:
        """A frame was read."""
        with self._lock:
            over = sum(self._weights[key] for key, job in self._jobs.items() if job.state in (State.DONE, State.FAILED))
            self._share = share
        own = (share * self._total - over) / self._weights[item.spec.source_id]
        self._put(item, media_s=media_s, share=min(1.0, max(0.0, own)))

    def found(self, event: PlateEvent) -> None:
        """A plate is new, changed or final."""
        reads = self._reads.setdefault(event.source, Ledger())
        reads.apply(without_evidence(event))
        with self._lock:
            job = self._jobs.get(event.source)
            if job is not None:
                self._jobs[event.source] = replace(job, reads=len(reads))

    def trouble(self, text: str) -> None:
        """An output cannot be written now: what is still so at the end stands in the report."""

    def ended(self, item: Item, error: str) -> None:
        """A file is done."""
        state = State.FAILED if error else State.DONE
        self._put(item, state=state, share=1.0, error=error)

    def _put(self, item: Item, **changes: object) -> None:
        key = item.spec.source_id
        with self._lock:
            self._jobs[key] = replace(self._jobs[key], **changes)  # type: ignore[arg-type]  # fields of Job


class BatchRun:
    """One run over the queue in a thread of its own, which also loads the networks."""

    def __init__(self, items: Sequence[Item], csv: Path, load: Callable[[], Pipeline], journal: Journal | None) -> None:
        self.csv = csv
        self.watcher = Watcher(items)
        self.report: Report | None = None
        self.trouble: BaseException | None = None
        self._items = tuple(items)
        self._load = load
        self._journal = journal
        self._control = Control()
        self._began = time.monotonic()
        self._from = 0.0
        self._held_since: float | None = None
        self._held = 0.0
        self._thread = threading.Thread(target=self._run, name="batch queue", daemon=True)

    def start(self) -> None:
        """Begin; a run of the same CSV that was stopped goes on where it stopped."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is at work, paused or not."""
        return self._thread.is_alive()

    @property
    def paused(self) -> bool:
        """Whether it is held."""
        return self._held_since is not None

    def pause(self) -> None:
        """Hold the run after the frame it is at."""
        if self._held_since is None:
            self._held_since = time.monotonic()
            self._control.pause()

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._held_since is not None:
            self._held += time.monotonic() - self._held_since
            self._held_since = None
            self._control.resume()

    def cancel(self) -> None:
        """End the run; what was read is kept, and starting again goes on from there."""
        self._control.stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False if it is not reached in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def pace(self) -> Pace:
        """Return how far the run is and how long it will still take, by media time."""
        share = self.watcher.share
        if self._from <= 0 < share:
            self._from, self._began, self._held = share, time.monotonic(), 0.0  # loading the networks does not count
        now = self._held_since if self._held_since is not None else time.monotonic()
        return Pace(share, time_left(self._from, share, now - self._began - self._held))

    def _run(self) -> None:
        try:
            pipeline = self._load()
            state = StateFile.beside(self.csv, self._journal.run if self._journal is not None else "")
            outputs = Outputs({"csv": csv_file(self.csv)}, None, state)
            if self._journal is not None:
                outputs.keep, outputs.keep_only = self._journal.keep, self._journal.keep_only
            resume = state.path.exists()
            self.report = run_batch(self._items, pipeline, outputs, self.watcher, self._control, jobs=1, resume=resume)
            if self._journal is not None:
                self._journal.flush(5.0)
        except BaseException as error:  # told in the window's thread, by whoever asks
            self.trouble = error


def time_left(start: float, share: float, seconds: float) -> float | None:
    """Return the seconds left when share of the work is done, start of it before the clock ran; None if unknown."""
    if share - start < 0.002 or seconds < 1.0:
        return None
    return seconds * (1.0 - share) / (share - start)


def run_of(csv: Path) -> str:
    """Return the name that a stopped run of this CSV has in the log, empty if there is none that can go on."""
    try:
        return StateFile.beside(csv).load().run
    except (OutputError, ValueError):  # told when the run begins
        return ""


def would_replace(csv: Path) -> bool:
    """Whether a run would begin a CSV that is there anew, instead of going on with it."""
    return csv.exists() and not StateFile.beside(csv).path.exists()


def free_csv(folder: Path, stem: str = "plates") -> Path:
    """Return a CSV that does not exist yet, or one whose run was stopped and can go on."""
    path, number = folder / f"{stem}.csv", 2
    while would_replace(path):
        path, number = folder / f"{stem}-{number}.csv", number + 1
    return path
