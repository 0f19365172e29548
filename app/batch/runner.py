"""Runs the pipeline over a list of sources and writes what it finds. No window, no console: those watch by Progress."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.batch.rows import Reads
from app.batch.state import Done, StateFile, fingerprint
from app.batch.writers import AnnotatedVideo, OutputError, RowFile, annotated_path, save_annotated
from app.pipeline.buffers import Closed
from app.pipeline.capture import Capture
from app.pipeline.core import Pipeline
from app.pipeline.opening import make_source
from app.pipeline.sources import SourceError, SourceSpec, expand
from app.pipeline.types import Frame, FrameResult, PlateEvent
from app.redact import redact

_log = logging.getLogger(__name__)
_AHEAD = 1  # sources opened before it is their turn
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read; start is when the recording began, if the user says so."""

    spec: SourceSpec
    start: datetime | None = None

    @property
    def weight(self) -> float:
        """Its part in the work, by the size of its file."""
        try:
            return float(max(1, Path(self.spec.address).stat().st_size))
        except OSError:
            return 1.0


@dataclass(slots=True)
class Outputs:
    """What to write: files of rows by a name for each, where annotated videos go, and who keeps the events."""

    rows: dict[str, RowFile] = field(default_factory=dict)
    video: Path | None = None
    state: StateFile | None = None
    keep: Callable[[PlateEvent], object] | None = None


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
        """A plate is new, changed or final."""
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
        self._total = sum(item.weight for item in items) or 1.0
        self._done = 0.0

    def go(self, resume: bool) -> Report:
        """Do all of it; also ends cleanly on Ctrl-C and on stop()."""
        began = time.monotonic()
        self._open_outputs(resume)
        try:
            while (self._waiting or self._active) and not self._control.stopped:
                self._control.wait()
                self._fill()
                self._step()
        except KeyboardInterrupt:
            self._control.stop()
        finally:
            self._report.interrupted = self._control.stopped
            self._wind_up()
            self._report.seconds = time.monotonic() - began
        return self._report

    def _open_outputs(self, resume: bool) -> None:
        done = self._outputs.state.load() if self._outputs.state and resume else Done({}, {})
        self._skip(done)
        for name, file in list(self._outputs.rows.items()):
            try:
                file.open(done.lengths.get(name, 0))
                self._report.written.append(file.path)
            except OutputError as error:
                self._report.errors.append(str(error))
                del self._outputs.rows[name]
        if self._outputs.state is not None:
            try:
                self._outputs.state.rewrite(done)
            except OutputError as error:
                self._report.errors.append(str(error))
                self._outputs.state = None

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
            if result.frame.is_still:
                path = annotated_path(wanted, spec, self._alone, True, self._taken)
                save_annotated(path, result)
                self._report.written.append(path)
                return
            if active.frames == 1 and info is not None:
                path = annotated_path(wanted, spec, self._alone, False, self._taken)
                active.video = AnnotatedVideo(path, info)
                self._report.written.append(path)
        except OutputError as error:
            self._report.errors.append(str(error))
        if active.video is not None:
            with self._pipeline.stages.measure("draw"):
                active.video.add(result)

    def _enter(self, active: _Active, event: PlateEvent) -> None:
        active.reads.add((event,))
        if self._outputs.keep is not None:
            self._outputs.keep(event)
        if self._progress:
            self._progress.found(event)

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
        events = active.reads.all()
        self._report.events += events
        for name, file in list(self._outputs.rows.items()):
            try:
                file.add(events)
            except OutputError as trouble:
                self._report.errors.append(str(trouble))
                del self._outputs.rows[name]
        if self._outputs.state is not None and not self._control.stopped:
            lengths = {name: file.position for name, file in self._outputs.rows.items()}
            self._outputs.state.add(active.item.spec, error, lengths)

    def _wind_up(self) -> None:
        """Stop what still runs, keeping what it has read, and close the outputs."""
        for active in self._active:
            active.capture.request_stop()
        for active in list(self._active):
            active.capture.stop()
            self._finish(active)
        for file in self._outputs.rows.values():
            file.close()
        if self._outputs.state is not None and not self._report.interrupted:
            self._outputs.state.remove()
