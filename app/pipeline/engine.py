"""Runs the pipeline: the only owner of the networks, for live views and for files, in one thread.

A scheduler says which frames come next; every result goes to all sinks. A fault of a source is that source's fault: it
is named and the others go on. A recording that the networks cannot take ends there; a live source goes on with its next
frame. A sink that fails is named, and reading and the other sinks go on.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.config.redaction import redact
from app.pipeline.detection import describe
from app.pipeline.distribution import Distribution
from app.pipeline.events import PlateEvent, Step
from app.pipeline.file_scheduler import FileScheduler, QueuedSource
from app.pipeline.pipeline import Pipeline
from app.pipeline.prefetch import Prefetch
from app.pipeline.replays import Replays
from app.pipeline.scheduling import FrameBatch, RunningSource, Scheduler
from app.pipeline.sink import Sink
from app.pipeline.source_progress import SourceProgress
from app.sources.capture import Capture

_log = logging.getLogger(__name__)
_IDLE_S = 0.5
_CHECK_S = 0.5  # between two checks of how live sources fare
_JOIN_S = 12.0  # a blocked read of a source ends by its own time-out before
COMMIT_TIMEOUT_S = 30.0  # how long the end of a run waits for a log that cannot be written


@dataclass(slots=True)
class EngineReport:
    """What an engine has done. errors: one line for each source or sink that failed."""

    frames: int = 0
    sources: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    errors: list[str] = field(default_factory=list)


class Engine:
    """Reads what a scheduler gives until it has no more, or until it is stopped.

    start() does so in a thread of its own, run() in the caller's.
    """

    def __init__(
        self,
        pipeline: Pipeline | Callable[[], Pipeline],
        scheduler: Scheduler,
        sinks: Sequence[Sink] = (),
        replays: Replays | None = None,
        commit_timeout_s: float | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            pipeline: What reads, or a function that makes it. The function is called in the engine's thread, so that
                loading the networks holds up nobody.
            scheduler: Where the frames come from.
            sinks: What takes the results, in this order.
            replays: Where recordings may be shown again in part: makes what is seen again the visit it was before.
            commit_timeout_s: How long the end waits for sinks that still write; None for COMMIT_TIMEOUT_S.
        """
        self._make_pipeline = pipeline
        self._pipeline: Pipeline | None = pipeline if isinstance(pipeline, Pipeline) else None
        self._scheduler = scheduler
        self._distribution = Distribution(sinks)
        self._replays = replays
        self._commit_timeout_s = COMMIT_TIMEOUT_S if commit_timeout_s is None else commit_timeout_s
        self._progress: dict[RunningSource, SourceProgress] = {}
        self._batches: deque[FrameBatch] = deque()
        self._leaving: list[Capture] = []
        self._checked_s = 0.0
        self._stop = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self.report = EngineReport()

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline, None until it is loaded. Its counts may be read from any thread."""
        return self._pipeline

    @property
    def trouble(self) -> str:
        """What went wrong last in the networks, empty if nothing did."""
        return self._trouble

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def start(self) -> "Engine":
        """Start the thread."""
        self._thread.start()
        return self

    def run(self) -> EngineReport:
        """Read in the caller's thread, and return what was done when all captures have ended."""
        self._run()
        self._join(_JOIN_S)
        return self.report

    def pause(self) -> None:
        """Hold after the batch it is at. From any thread."""
        self._going.clear()

    def resume(self) -> None:
        """Go on after a pause. From any thread."""
        self._going.set()

    def request_stop(self) -> None:
        """Have it end, keeping what was read; does not wait. From any thread, and from signal handlers."""
        self._stop.set()
        self._going.set()
        self._scheduler.changed.set()

    def stop(self, timeout: float = 15.0) -> bool:
        """Stop the captures, end all tracks as FINAL and end the thread; False if something did not end in time."""
        self.request_stop()
        self._stop_captures()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return self._join(timeout) and not self._thread.is_alive()

    def _run(self) -> None:
        began = time.monotonic()
        try:
            pipeline = self._pipeline = self._load()
        except Exception as error:
            self._trouble = redact(f"{type(error).__name__}: {error}")
            self.report.errors.append(self._trouble)
            _log.exception("the networks cannot be loaded")
            return
        try:
            with Prefetch(pipeline, self._scheduler.changed.set, self._scheduler.waiting) as prefetch:
                self._read_all(pipeline, prefetch)
                self._process_rest(pipeline, prefetch)
        except KeyboardInterrupt:
            self._stop.set()
        except Exception as error:  # a fault of the engine itself: what was read is kept, and the fault is named
            self._trouble = redact(f"{type(error).__name__}: {error}")
            self.report.errors.append(self._trouble)
            _log.exception("the engine failed")
        finally:
            self.report.interrupted = self._stop.is_set()
            self._wind_up(pipeline)
            self.report.seconds = time.monotonic() - began

    def _load(self) -> Pipeline:
        return self._make_pipeline if isinstance(self._make_pipeline, Pipeline) else self._make_pipeline()

    def _read_all(self, pipeline: Pipeline, prefetch: Prefetch) -> None:
        """Have plates found in the next frames, and process the oldest in which they were, until all is done."""
        while not self._stop.is_set() and not self._scheduler.done:
            self._going.wait()
            self._scheduler.changed.clear()
            taken = prefetch.has_room and self._prefetch_next(prefetch)
            if prefetch.ready:
                self._process_oldest(pipeline, prefetch)
            elif not taken and not self._ended():
                self._scheduler.changed.wait(_IDLE_S)
            self._finish_ended(pipeline)
            self._check_live_sources()
            self._distribution.settle()

    def _prefetch_next(self, prefetch: Prefetch) -> bool:
        """Hand the next frames to detection; False where none have come."""
        batch = self._scheduler.take_batch()
        if not batch.frames:
            return False
        self._batches.append(batch)
        try:
            prefetch.add_batch(batch.frames)
        except Exception as error:
            self._batches.pop()
            self._release(batch)
            self._note_fault(batch.owners, error)
        return True

    def _process_rest(self, pipeline: Pipeline, prefetch: Prefetch) -> None:
        """Process what is in detection when the engine is stopped; what has not begun is dropped."""
        prefetch.cancel_waiting()
        while len(prefetch):
            self._process_oldest(pipeline, prefetch)

    def _process_oldest(self, pipeline: Pipeline, prefetch: Prefetch) -> None:
        """Track and read the oldest batch, waiting for its detection, and hand out what it brought."""
        batch = self._batches.popleft()
        try:
            detected = prefetch.take_batch()
            step = pipeline.track_and_read(detected) if detected is not None else Step((), ())
        except Exception as error:
            step = Step((), ())
            self._note_fault(batch.owners, error)
        finally:
            self._release(batch)
        owners = {source.spec.source_id: source for source in batch.owners}
        for fault in step.faults:
            self._note_fault([owners[fault.source_id]], fault.error)
        for result in step.frames:
            self._progress_of(owners[result.frame.source_id]).hand_frame(result)
            self.report.frames += 1
        for event in step.events:
            self._hand_event(owners[event.source], event)
        for source in owners.values():
            self._progress_of(source).sweep(pipeline.tuning.repeat_s)

    def _release(self, batch: FrameBatch) -> None:
        for source in batch.owners:
            source.under_way -= 1

    def _hand_event(self, source: RunningSource, event: PlateEvent) -> None:
        self._progress_of(source).hand_event(self._replays.recognize(event) if self._replays else event)

    def _progress_of(self, source: RunningSource) -> SourceProgress:
        if source not in self._progress:
            self._progress[source] = SourceProgress(source, self._scheduler, self._distribution)
        return self._progress[source]

    def _note_fault(self, sources: Sequence[RunningSource], error: Exception | str) -> None:
        """Note a fault of sources: recordings end with it, live sources go on."""
        what = describe(error) if isinstance(error, Exception) else error
        _log.error("the networks failed: %s", what, exc_info=error if isinstance(error, Exception) else None)
        for source in dict.fromkeys(sources):
            self._trouble = redact(f"{source.spec.source_id}: {what}")
            if source.spec.is_live:
                self._distribution.tell_trouble(self._trouble)
            else:
                source.fault = self._trouble
                source.capture.request_stop()

    def _ended(self) -> list[RunningSource]:
        """Return the sources of which nothing is left to come or to be processed."""
        return [source for source in self._scheduler.sources() if source.drained and not source.under_way]

    def _finish_ended(self, pipeline: Pipeline) -> None:
        for source in self._ended():
            self._finish(pipeline, source, complete=not self._stop.is_set())

    def _finish(self, pipeline: Pipeline, source: RunningSource, complete: bool) -> None:
        """End a source's open tracks, hand out its reads and its end; complete: it was read to its own end."""
        try:
            for event in pipeline.finish(source.spec.source_id):
                self._hand_event(source, event)
        except Exception as error:
            self._note_fault([source], error)
        if self._replays is not None:
            self._replays.end_showing(source.spec.source_id)
        fault = source.error
        self._progress_of(source).end(fault, complete)
        del self._progress[source]
        self._scheduler.remove_source(source)
        self._leaving = [capture for capture in (*self._leaving, source.capture) if capture.alive]
        self.report.sources += 1
        if fault:
            self.report.errors.append(fault)

    def _check_live_sources(self) -> None:
        """Tell of live sources that were lost, and that are back: their end, where faults are told, may never come."""
        now = time.monotonic()
        if now - self._checked_s < _CHECK_S:
            return
        self._checked_s = now
        for source in self._scheduler.sources():
            if source.spec.is_live:
                self._progress_of(source).tell_state()

    def _wind_up(self, pipeline: Pipeline) -> None:
        """Stop what still runs, keeping what it has read, and close the sinks."""
        self._stop_captures()
        left = self._scheduler.sources()
        for source in left:
            self._finish(pipeline, source, complete=False)
        self._distribution.close(self.report.interrupted or bool(left), self._commit_timeout_s)
        self.report.errors += self._distribution.errors

    def _stop_captures(self) -> None:
        for source in self._scheduler.sources():
            source.capture.request_stop()

    def _join(self, timeout: float) -> bool:
        """Wait for each capture, whatever the others do, and tell whether all have ended."""
        captures = [*(source.capture for source in self._scheduler.sources()), *self._leaving]
        ended = [capture.stop(timeout) for capture in captures]
        return all(ended)


def read_sources(
    items: Sequence[QueuedSource], pipeline: Pipeline, sinks: Sequence[Sink] = (), *, jobs: int = 1
) -> EngineReport:
    """Read all items through one pipeline, jobs of them at a time, and return what was done."""
    return Engine(pipeline, FileScheduler(items, pipeline.stages, jobs), sinks).run()
