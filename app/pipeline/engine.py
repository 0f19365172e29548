"""The thread that runs the pipeline: gathers frames of all sources, has them looked at, hands out what they brought."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from app.pipeline.core import Pipeline
from app.pipeline.events import PlateEvent
from app.pipeline.prefetch import Ahead
from app.pipeline.types import Frame, FrameResult
from app.sources.buffers import Closed
from app.sources.capture import Capture, CaptureStatus
from app.sources.source_id import SourceId

_log = logging.getLogger(__name__)
_IDLE_S = 0.5


class Sink(Protocol):
    """Takes what the engine brings, called from the engine's thread: it must not wait for long, nor raise."""

    def on_event(self, event: PlateEvent) -> None:
        """A plate is new, changed or final."""
        ...

    def on_frame(self, result: FrameResult) -> None:
        """A frame was processed; its tracks belong to this very frame."""
        ...

    def on_ended(self, source_id: SourceId, error: str) -> None:
        """A source gave its last frame; error is empty, or says what is wrong with it."""
        ...


class Engine:
    """Runs captures and the pipeline until stopped. Sources may be added and removed at any time.

    A pipeline, or a function that makes one: the function is called in the engine's thread, so that loading the
    networks holds up nobody. What goes wrong there, or in the networks, is told by `trouble`.
    """

    def __init__(self, pipeline: Pipeline | Callable[[], Pipeline], sinks: Sequence[Sink] = ()) -> None:
        self._make_pipeline = pipeline
        self._pipeline: Pipeline | None = pipeline if isinstance(pipeline, Pipeline) else None
        self._sinks = tuple(sinks)
        self._captures: dict[SourceId, Capture] = {}
        self._leaving: list[Capture] = []
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._stop = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline, None until it is loaded. Its counts may be read from any thread."""
        return self._pipeline

    @property
    def trouble(self) -> str:
        """What went wrong last in the networks, empty if nothing did."""
        return self._trouble

    @property
    def wake(self) -> Callable[[], None]:
        """To be given to a Capture as on_change."""
        return self._work.set

    def start(self) -> "Engine":
        """Start the thread."""
        self._thread.start()
        return self

    def add(self, capture: Capture) -> None:
        """Take up a source, whose capture was made with on_change=engine.wake, and start it.

        Raises ValueError when a source of that name runs already.
        """
        name = capture.spec.source_id
        with self._lock:
            if name in self._captures:
                raise ValueError(f"{name}: runs already")
            self._captures[name] = capture
        capture.start()

    def remove(self, source_id: SourceId) -> None:
        """Let go of a source: its open tracks end as FINAL. Does not wait."""
        with self._lock:
            capture = self._captures.get(source_id)
        if capture is not None:
            capture.request_stop()
            self._work.set()

    def status(self) -> dict[SourceId, CaptureStatus]:
        """Return the state and counters of every source."""
        with self._lock:
            captures = dict(self._captures)
        return {name: capture.status() for name, capture in captures.items()}

    def stop(self, timeout: float = 15.0) -> bool:
        """Stop the captures, end all tracks as FINAL and end the thread; False if something did not end in time."""
        self._stop.set()
        with self._lock:
            captures = [*self._captures.values(), *self._leaving]
        for capture in captures:
            capture.request_stop()
        self._work.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        ended = [capture.stop(timeout) for capture in captures]  # each is waited for, whatever the others do
        return all(ended) and not self._thread.is_alive()

    def _run(self) -> None:
        try:
            pipeline = self._pipeline = self._loaded()
        except Exception as error:
            self._note(error)
            return
        with Ahead(pipeline, self._work.set) as ahead:
            while not self._stop.is_set():
                self._work.clear()
                frames = self._gather() if ahead.has_room else []
                if frames:
                    ahead.add(frames)
                if ahead.ready:
                    self._step(pipeline, ahead)
                elif not frames:
                    self._work.wait(_IDLE_S)
                self._end_exhausted(pipeline, ahead)
            self._end_exhausted(pipeline, ahead, everything=True)

    def _loaded(self) -> Pipeline:
        return self._make_pipeline if isinstance(self._make_pipeline, Pipeline) else self._make_pipeline()

    def _gather(self) -> list[Frame]:
        """Take at most one frame of each source, without waiting."""
        with self._lock:
            captures = list(self._captures.values())
        frames = []
        for capture in captures:
            try:
                frame = capture.buffer.take(0)
            except Closed:
                continue
            if frame is not None:
                frames.append(frame)
        return frames

    def _step(self, pipeline: Pipeline, ahead: Ahead) -> None:
        """Follow the oldest batch that was looked at, waiting for it, and hand out what it brought."""
        try:
            step = pipeline.follow(ahead.take())
        except Exception as error:  # the next frame may well work again
            self._note(error)
            return
        for sink in self._sinks:
            for result in step.frames:
                sink.on_frame(result)
            for event in step.events:
                sink.on_event(event)

    def _end_exhausted(self, pipeline: Pipeline, ahead: Ahead, everything: bool = False) -> None:
        """End the tracks of the sources that give no more frames, and forget those sources."""
        with self._lock:
            ended = [name for name, capture in self._captures.items() if everything or capture.buffer.exhausted]
        while ended and len(ahead):  # their last frames may be under way
            self._step(pipeline, ahead)
        with self._lock:
            captures = [(name, self._captures.pop(name)) for name in ended]
            self._leaving = [c for c in (*self._leaving, *(c for _, c in captures)) if c.alive]
        for name, capture in captures:
            events = pipeline.finish(name)
            for sink in self._sinks:
                for event in events:
                    sink.on_event(event)
                sink.on_ended(name, capture.status().error)

    def _note(self, error: Exception) -> None:
        self._trouble = f"{type(error).__name__}: {error}"
        _log.exception("the engine's networks failed")
