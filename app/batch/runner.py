"""Runs the pipeline over a list of sources and writes what it finds. No window, no console: those watch by Progress."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.batch.files import OutputError
from app.batch.outputs import Outputs, Writing
from app.batch.progress import Control, Item, Progress, Report
from app.batch.rows import Reads
from app.batch.state import Done, fingerprint
from app.batch.waiting import Answer
from app.batch.writers import AnnotatedVideo, annotated_path, save_annotated
from app.pipeline.buffers import Closed
from app.pipeline.capture import Capture
from app.pipeline.core import Pipeline
from app.pipeline.opening import make_source
from app.pipeline.types import Frame, FrameResult, PlateEvent, light
from app.redact import redact

__all__ = ["Control", "Item", "Outputs", "Report", "run"]

_AHEAD = 1  # sources opened before it is their turn
_POLL_S = 0.2
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
) -> Report:
    """Read all items, jobs of them at a time through the same networks, and return what was found.

    A source or output that fails is one line in the report and fails nothing else. resume: skip what the state file
    of an earlier run says is done, and add to its outputs.
    """
    return _Run(items, pipeline, outputs or Outputs(), progress, control or Control(), jobs).go(resume)


@dataclass(slots=True, eq=False)
class _Active:
    """A source being read."""

    item: Item
    capture: Capture
    reads: Reads = field(default_factory=Reads)
    video: AnnotatedVideo | None = None
    frames: int = 0
    share: float = 0.0
    fault: str = ""
    swept_s: float = 0.0
    tracks: dict[str, None] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)


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
    ) -> None:
        live = sum(item.spec.is_live for item in items)
        self._waiting = deque(items)
        self._pipeline = pipeline
        self._outputs = outputs
        self._progress = progress
        self._control = control
        self._jobs = max(1, jobs, live)
        self._alone = len(items) == 1
        self._active: list[_Active] = []
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
            while (self._waiting or self._active) and not self._control.stopped:
                self._control.wait()
                self._fill()
                self._step()
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
        for item in self._waiting:
            fault = done.sources.get(fingerprint(item.spec))
            if fault is None:
                kept.append(item)
                continue
            self._report.skipped += 1
            self._done += item.weight
            if fault:
                self._report.errors.append(fault)
        self._waiting = kept

    def _fill(self) -> None:
        """Open as many sources as are read at a time, and the next one, so that it is ready when its turn comes."""
        while self._waiting and len(self._active) < self._jobs + _AHEAD:
            item = self._waiting.popleft()
            capture = Capture(make_source(item.spec, item.start), stages=self._pipeline.stages)
            self._active.append(_Active(item, capture))
            capture.start()

    def _step(self) -> None:
        """Take a frame of each source being read and run them through the pipeline together."""
        frames: list[Frame] = []
        owners: dict[str, _Active] = {}
        for active in self._active[: self._jobs]:
            try:
                frame = active.capture.buffer.take(_POLL_S)
            except Closed:
                self._finish(active)
                continue
            if frame is not None and frame.source_id not in owners:
                frames.append(frame)
                owners[frame.source_id] = active
        if not frames:
            return
        try:
            step = self._pipeline.process(frames)
        except (ValueError, RuntimeError) as error:
            for active in owners.values():
                active.fault = redact(f"{active.item.spec.source_id}: {error}")
                active.capture.request_stop()
            return
        for result in step.frames:
            self._show(owners[result.frame.source_id], result)
        for event in step.events:
            self._enter(owners[event.source_id], event)
        for frame in frames:
            self._sweep(owners[frame.source_id], frame.media_time)

    def _show(self, active: _Active, result: FrameResult) -> None:
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
            running = sum(other.share * other.item.weight for other in self._active)
            self._progress.advanced(active.item, media_s, min(1.0, (self._done + running) / self._total))

    def _draw(self, active: _Active, result: FrameResult, wanted: Path) -> None:
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
            if active.video is not None:
                active.video.close()
                active.video = None

    def _enter(self, active: _Active, event: PlateEvent) -> None:
        active.reads.add((light(event),))
        if (answer := self._writing.keep(event)) is not None:
            active.tracks[event.track_key] = None
            active.answers.append(answer)

    def _sweep(self, active: _Active, now_s: float) -> None:
        """Write the rows of a live source's visits that nothing can change any more: it may never end."""
        if active.item.spec.is_live and now_s - active.swept_s > _SETTLED_S:
            active.swept_s = now_s
            before_s = now_s - self._pipeline.tuning.repeat_s - _SETTLED_S
            self._writing.add_rows(active.reads.take_settled(before_s))
            active.answers = [answer for answer in active.answers if not answer.done() or answer.exception()]

    def _finish(self, active: _Active) -> None:
        """End a source: its open tracks, its rows, its video, its line in the state file."""
        self._active.remove(active)
        name = active.item.spec.source_id
        for event in self._pipeline.finish(name):
            self._enter(active, event)
        if active.video is not None:
            active.video.close()
        error = active.fault or active.capture.status().error
        self._write(active, error)
        self._report.sources += 1
        self._done += active.item.weight
        if error:
            self._report.errors.append(error)
        if self._progress:
            self._progress.ended(active.item, error)

    def _write(self, active: _Active, error: str) -> None:
        self._writing.add_rows(active.reads.all())
        if not self._control.stopped:  # else what it has now is kept, and read anew when the run goes on
            self._writing.note_done(active.item, error, list(active.tracks), active.answers)

    def _wind_up(self) -> None:
        """Stop what still runs, keeping what it has read, and close the outputs."""
        for active in self._active:
            active.capture.request_stop()
        for active in list(self._active):
            active.capture.stop()
            self._finish(active)
        self._writing.close(self._report.interrupted)
