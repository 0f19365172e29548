"""The batch queue: what is to be read, how far each is, run in a thread by the same code as `main.py run`."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from app.pipeline.engine import Engine, EngineReport
from app.pipeline.events import PlateEvent, without_evidence
from app.pipeline.file_scheduler import FileScheduler, QueuedSource
from app.pipeline.ledger import Ledger
from app.pipeline.pipeline import Pipeline
from app.pipeline.sink import Sink
from app.pipeline.types import FrameResult
from app.sinks.csv import csv_file
from app.sinks.log import LogSink
from app.sinks.outputs import open_outputs
from app.sinks.read_list import ReadList
from app.sinks.resume import StateFile
from app.sinks.row_file import OutputError
from app.sources.source import SourceInfo, SourceSpec
from app.sources.source_id import SourceId
from app.store.journal import Journal


class JobState(Enum):
    """Where a file of the queue stands."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One file of the queue. share: 0 to 1 of its media time; reads: vehicles so far; error: one line, or empty."""

    item: QueuedSource
    state: JobState = JobState.WAITING
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
class RunPace:
    """How a run goes: share of all media time that is done, seconds left (None while that is not known)."""

    share: float
    left_s: float | None


class RunObserver(Sink):
    """Follows a run in its thread; the window asks for a snapshot a few times a second."""

    def __init__(self, items: Sequence[QueuedSource]) -> None:
        self._lock = threading.Lock()
        self._jobs = {item.spec.source_id: Job(item) for item in items}
        self._weights = {item.spec.source_id: item.weight for item in items}
        self._total = sum(self._weights.values()) or 1.0
        self._reads: dict[str, Ledger] = {}
        self._share: Callable[[], float] = lambda: 0.0

    def jobs(self) -> tuple[Job, ...]:
        """Return all files as they stand now."""
        with self._lock:
            return tuple(self._jobs.values())

    @property
    def share(self) -> float:
        """Share of the whole work that is done, 0 to 1."""
        return self._share()

    def follow(self, share: Callable[[], float]) -> None:
        """Take the share of the whole work that is done from now on from a function."""
        self._share = share

    def on_source_begun(self, source: SourceSpec, info: SourceInfo | None) -> None:
        """A file's first frame is there."""
        self._put(source.source_id, state=JobState.READING)

    def on_frame(self, result: FrameResult) -> None:
        """A frame was read."""
        name = result.frame.source_id
        with self._lock:
            over = sum(
                self._weights[key] for key, job in self._jobs.items() if job.state in (JobState.DONE, JobState.FAILED)
            )
        own = (self.share * self._total - over) / self._weights[name]
        self._put(name, media_s=result.frame.media_time, share=min(1.0, max(0.0, own)))

    def on_event(self, event: PlateEvent) -> None:
        """A plate is new, changed or final."""
        reads = self._reads.setdefault(event.source, Ledger())
        reads.apply(without_evidence(event))
        self._put(event.source, reads=len(reads))

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """A file is done."""
        self._put(source.source_id, state=JobState.FAILED if error else JobState.DONE, share=1.0, error=error)

    def _put(self, key: SourceId, **changes: object) -> None:
        with self._lock:
            self._jobs[key] = replace(self._jobs[key], **changes)  # type: ignore[arg-type]  # fields of Job


class BatchRun:
    """One run over the queue in a thread of its own, which also loads the networks."""

    def __init__(
        self, items: Sequence[QueuedSource], csv: Path, load: Callable[[], Pipeline], journal: Journal | None
    ) -> None:
        """Begin nothing yet.

        Args:
            items: What is read, in this order.
            csv: Where the reads go.
            load: Makes the pipeline; called in the run's thread.
            journal: Takes the reads too, under this run's name; None where the log is only read.
        """
        self.csv = csv
        self.watcher = RunObserver(items)
        self.report: EngineReport | None = None
        self.reads = ReadList()
        self.skipped = 0  # files that an earlier run of this CSV had read
        self.trouble: BaseException | None = None
        self._items = tuple(items)
        self._load = load
        self._journal = journal
        self._engine: Engine | None = None
        self._cancelled = False
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
            if self._engine is not None:
                self._engine.pause()

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._held_since is not None:
            self._held += time.monotonic() - self._held_since
            self._held_since = None
            if self._engine is not None:
                self._engine.resume()

    def cancel(self) -> None:
        """End the run; what was read is kept, and starting again goes on from there."""
        self._cancelled = True
        if self._engine is not None:
            self._engine.request_stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False if it is not reached in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def pace(self) -> RunPace:
        """Return how far the run is and how long it will still take, by media time."""
        share = self.watcher.share
        if self._from <= 0 < share:
            self._from, self._began, self._held = share, time.monotonic(), 0.0  # loading the networks does not count
        now = self._held_since if self._held_since is not None else time.monotonic()
        return RunPace(share, estimate_time_left(self._from, share, now - self._began - self._held))

    def _run(self) -> None:
        try:
            pipeline = self._load()
            self.report = self._read(pipeline)
            if self._journal is not None:
                self._journal.flush(5.0)
        except BaseException as error:  # told in the window's thread, by whoever asks
            self.trouble = error

    def _read(self, pipeline: Pipeline) -> EngineReport:
        """Read what is left of the queue into the CSV and the log."""
        state = StateFile.beside(self.csv, self._journal.run if self._journal is not None else "")
        outputs = open_outputs(self._items, {"csv": csv_file(self.csv)}, state, resume=state.path.exists())
        self.skipped = len(outputs.skipped)
        done = sum(item.weight for item in outputs.skipped)
        scheduler = FileScheduler(outputs.items, pipeline.stages, done_weight=done)
        self.watcher.follow(lambda: scheduler.share)
        sinks: list[Sink] = [LogSink(self._journal, read_anew=outputs.resumed)] if self._journal is not None else []
        engine = Engine(pipeline, scheduler, [*sinks, *outputs.sinks, self.reads, self.watcher])
        self._engine = engine
        if self._held_since is not None:
            engine.pause()
        if self._cancelled:
            engine.request_stop()
        report = engine.run()
        report.errors[:0] = outputs.errors
        return report


def estimate_time_left(start: float, share: float, seconds: float) -> float | None:
    """Return the seconds left when share of the work is done, start of it before the clock ran; None if unknown."""
    if share - start < 0.002 or seconds < 1.0:
        return None
    return seconds * (1.0 - share) / (share - start)


def find_stopped_run(csv: Path) -> str:
    """Return the name that a stopped run of this CSV has in the log, empty if there is none that can go on."""
    try:
        return StateFile.beside(csv).load().run
    except (OutputError, ValueError):  # told when the run begins
        return ""


def would_replace(csv: Path) -> bool:
    """Whether a run would begin a CSV that is there anew, instead of going on with it."""
    return csv.exists() and not StateFile.beside(csv).path.exists()


def choose_csv_path(folder: Path, stem: str = "plates") -> Path:
    """Return a CSV that does not exist yet, or one whose run was stopped and can go on."""
    path, number = folder / f"{stem}.csv", 2
    while would_replace(path):
        path, number = folder / f"{stem}-{number}.csv", number + 1
    return path
