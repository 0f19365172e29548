"""Runs the pipeline over a list of sources and writes what it finds. No window, no console: those watch by Progress."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.batch.files import OutputError
from app.batch.opened import Active, Batch, Opened
from app.batch.outputs import Outputs, Writing
from app.batch.progress import Control, Item, Progress, Report
from app.batch.state import Done, fingerprint
from app.batch.writers import AnnotatedVideo, annotated_path, save_annotated
from app.config.redaction import redact
from app.config.settings import Live
from app.pipeline.core import Pipeline, Sight
from app.pipeline.events import PlateEvent, without_evidence
from app.pipeline.prefetch import Ahead
from app.pipeline.types import FrameResult

__all__ = ["Control", "Item", "Outputs", "Report", "run"]

_SETTLED_S = 5.0  # beyond the time in which a vehicle may come back, until a live source's row is written


def run(
    items: Sequence[Item],
    pipeline: Pipeline,
    outputs: Outputs | None = None,
    progress: Progress | None = None,
    control: Control | None = None,
    *,
    jobs: int = 1,
    resume: bool = False,
    cameras: Live | None = None,
) -> Report:
    """Read all items, jobs of them at a time through the same networks, and return what was found.

    A source or output that fails is one line in the report and fails nothing else. resume: skip what the state file
    of an earlier run says is done, and add to its outputs. cameras: how live sources are waited for.
    """
    cameras = cameras or Live()
    return _Run(items, pipeline, outputs or Outputs(), progress, control or Control(), jobs, cameras).go(resume)


class _Run:
    """One run, from its first source to its last."""

    def __init__(
        self,
        items: Sequence[Item],
        pipeline: Pipeline,
        outputs: Outputs,
        progress: Progress | None,
        control: Control,
        jobs: int,
        cameras: Live,
    ) -> None:
        self._opened = Opened(items, jobs, pipeline.stages, cameras)
        self._batches: deque[Batch] = deque()
        self._pipeline = pipeline
        self._outputs = outputs
        self._progress = progress
        self._control = control
        self._alone = len(items) == 1
        self._taken: set[Path] = set()
        self._report = Report()
        self._writing = Writing(outputs, items, progress, self._report)
        self._total = sum(item.weight for item in items) or 1.0
        self._done = 0.0

    def go(self, resume: bool) -> Report:
        """Do all of it; also ends cleanly on Ctrl-C and on stop()."""
        began = time.monotonic()
        self._skip(self._writing.open(resume))
        try:
            with Ahead(self._pipeline, waiting=1) as ahead:
                while not self._opened.done and not self._control.stopped:
                    self._control.wait()
                    self._opened.fill()
                    self._step(ahead)
                    self._tell_of_cameras()
                    self._writing.settle()
        except KeyboardInterrupt:
            self._control.stop()
        finally:
            self._report.interrupted = self._control.stopped
            self._wind_up()
            self._report.seconds = time.monotonic() - began
        return self._report

    def _skip(self, done: Done) -> None:
        """Leave out what an earlier run finished; its faults are told again."""
        if not done.sources:
            return
        kept: deque[Item] = deque()
        for item in self._opened.waiting:
            fault = done.sources.get(fingerprint(item.spec))
            if fault is None:
                kept.append(item)
                continue
            self._report.skipped += 1
            self._done += item.weight
            if fault:
                self._report.errors.append(fault)
        self._opened.waiting = kept

    def _step(self, ahead: Ahead) -> None:
        """Have the next frames looked at, and run the oldest that were through the rest of the pipeline."""
        batch = self._opened.take()
        if batch.frames:
            ahead.add(batch.frames)
            self._batches.append(batch)
        self._end_what_ended()
        if len(ahead) and not (batch.frames and ahead.has_room):
            self._follow(ahead)
            self._end_what_ended()

    def _follow(self, ahead: Ahead) -> None:
        batch = self._batches.popleft()
        for frame in batch.frames:
            batch.owners[frame.source_id].under_way -= 1
        try:
            sights = [ahead.take()]
        except (ValueError, RuntimeError):
            sights = list(self._one_by_one(batch))
        for sight in sights:
            try:
                step = self._pipeline.follow(sight)
            except (ValueError, RuntimeError) as error:
                _blame({batch.owners[frame.source_id] for frame in sight.frames}, error)
                continue
            for result in step.frames:
                self._show(batch.owners[result.frame.source_id], result)
            for event in step.events:
                self._enter(batch.owners[event.source], event)
            for frame in sight.frames:
                self._sweep(batch.owners[frame.source_id], frame.media_time)

    def _one_by_one(self, batch: Batch) -> Iterator[Sight]:
        """Look at each source's frames by themselves, so that one that cannot be looked at costs no other."""
        for name, active in batch.owners.items():
            try:
                yield self._pipeline.look([frame for frame in batch.frames if frame.source_id == name])
            except (ValueError, RuntimeError) as error:
                _blame({active}, error)

    def _tell_of_cameras(self) -> None:
        """Tell of live sources that were lost, and that are back: their end, where faults are told, may never come."""
        if self._progress is None:
            return
        for active in (active for active in self._opened.active if active.item.spec.is_live):
            error = active.capture.status().error
            if error and error != active.told:
                self._progress.trouble(f"{error}; trying again")
            elif active.told and not error:
                self._progress.trouble(f"{active.item.spec.source_id}: is back")
            active.told = error

    def _end_what_ended(self) -> None:
        for active in self._opened.ended():
            self._finish(active)

    def _show(self, active: Active, result: FrameResult) -> None:
        """Count a processed frame, draw it if that is wanted, tell the progress."""
        info = active.capture.info
        if active.frames == 0 and self._progress:
            self._progress.begun(active.item)
        active.frames += 1
        self._report.frames += 1
        if self._outputs.video is not None and not active.fault:
            self._draw(active, result, self._outputs.video)
        media_s = result.frame.media_time
        if info is not None and info.duration_s:
            active.share = min(1.0, media_s / info.duration_s)
        if self._progress:
            running = sum(other.share * other.item.weight for other in self._opened.active)
            self._progress.advanced(active.item, media_s, min(1.0, (self._done + running) / self._total))

    def _draw(self, active: Active, result: FrameResult, wanted: Path) -> None:
        spec, info = active.item.spec, active.capture.info
        try:
            if active.frames == 1 and (result.frame.is_still or info is not None):
                path = annotated_path(wanted, spec, self._alone, result.frame.is_still, self._taken)
                self._writing.spare_inputs(path)
                if result.frame.is_still:
                    save_annotated(path, result)
                elif info is not None:
                    active.video = AnnotatedVideo(path, info)
                self._report.written.append(path)
            if active.video is not None:
                with self._pipeline.stages.measure("draw"):
                    active.video.add(result)
        except OutputError as error:
            self._report.errors.append(str(error))
            self._end_video(active)

    def _end_video(self, active: Active) -> None:
        if active.video is None:
            return
        try:
            active.video.close()
        except OutputError as error:
            self._report.errors.append(str(error))
            self._report.written.remove(active.video.path)
        active.video = None

    def _enter(self, active: Active, event: PlateEvent) -> None:
        active.reads.apply(without_evidence(event))
        if (answer := self._writing.keep(event)) is not None:
            active.tracks[event.key] = None
            active.answers.append(answer)

    def _sweep(self, active: Active, now_s: float) -> None:
        """Write the rows of a live source's visits that nothing can change any more: it may never end."""
        if active.item.spec.is_live and now_s - active.swept_s > _SETTLED_S:
            active.swept_s = now_s
            before_s = now_s - self._pipeline.tuning.repeat_s - _SETTLED_S
            self._writing.add_rows(active.reads.take_final(before_s))
            active.answers = [answer for answer in active.answers if not answer.done() or answer.exception()]

    def _finish(self, active: Active) -> None:
        """End a source: its open tracks, its rows, its video, its line in the state file."""
        self._opened.active.remove(active)
        name = active.item.spec.source_id
        for event in self._pipeline.finish(name):
            self._enter(active, event)
        self._end_video(active)
        error = active.fault or active.capture.status().error
        self._write(active, error)
        self._report.sources += 1
        self._done += active.item.weight
        if error:
            self._report.errors.append(error)
        if self._progress:
            self._progress.ended(active.item, error)

    def _write(self, active: Active, error: str) -> None:
        self._writing.add_rows(active.reads.in_order())
        if not self._control.stopped:  # else what it has now is kept, and read anew when the run goes on
            self._writing.note_done(active.item, error, list(active.tracks), active.answers)

    def _wind_up(self) -> None:
        """Stop what still runs, keeping what it has read, and close the outputs."""
        for active in self._opened.active:
            active.capture.request_stop()
        for active in list(self._opened.active):
            active.capture.stop()
            self._finish(active)
        self._writing.close(self._report.interrupted)


def _blame(owners: Iterable[Active], error: Exception) -> None:
    """Let sources end with a fault."""
    for active in owners:
        active.fault = redact(f"{active.item.spec.source_id}: {error}")
        active.capture.request_stop()
