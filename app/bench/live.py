"""Measures a live source: a made-up camera, paced, through the capture, mailbox and engine that the window uses."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from app.bench.figures import Measured, Timing
from app.bench.recorded import temporary_journal
from app.pipeline.engine import Engine
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.loading import load_pipeline
from app.pipeline.overlay import annotate
from app.pipeline.scheduling import LiveScheduler
from app.pipeline.sink import Sink
from app.pipeline.types import FrameResult
from app.sources.capture import Capture
from app.sources.live_source import LiveSource
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from app.store.journal import Journal

_VIEWER_S = 0.033  # the window looks for a new picture 30 times a second
_SETTLE_S = 0.5  # left out: the networks' first calls, and so long after them
_LEAST_DRAWN = 5  # on a machine too slow for that, the time is extended
_PATIENCE_S = 120.0


class Camera:
    """Stands in for cv2.VideoCapture: a recording shown over and over at a fixed rate, decoded as it comes."""

    def __init__(self, clip: Path, fps: float) -> None:
        self._capture = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG)
        self._fps = fps
        self._count = 0
        self.began = time.perf_counter()

    def due(self, index: int) -> float:
        """When the camera delivers frame number index, on time.perf_counter's clock."""
        return self.began + index / self._fps

    def isOpened(self) -> bool:
        """Whether the recording can be read."""
        return bool(self._capture.isOpened())

    def read(self) -> tuple[bool, Any]:
        """Wait until the next frame is due, then decode it."""
        if not self._count:
            self.began = time.perf_counter()
        time.sleep(max(0.0, self.due(self._count) - time.perf_counter()))
        self._count += 1
        good, image = self._capture.read()
        if not good:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, image = self._capture.read()
        return good, image

    def get(self, property_id: int) -> float:
        """As cv2.VideoCapture."""
        return float(self._capture.get(property_id))

    def release(self) -> None:
        """As cv2.VideoCapture."""
        self._capture.release()


class Viewer(Sink):
    """A sink of the engine with a thread that draws the newest frame at the window's rate, and logs the events.

    Keeps the delays in seconds, counted from the moment the camera delivered the frame.
    """

    def __init__(self, camera: Camera, journal: Journal) -> None:
        self._camera, self._journal = camera, journal
        self._newest: FrameResult | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._draw_newest, name="viewer", daemon=True)
        self.processed: list[float] = []
        self.drawn: list[float] = []
        self.told: list[float] = []
        self.recording = False

    @property
    def begun(self) -> bool:
        """Whether a frame has come."""
        return self._newest is not None

    def start(self) -> "Viewer":
        """Start drawing."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End drawing."""
        self._stop.set()
        self._thread.join()

    def on_frame(self, result: FrameResult) -> None:
        """Leave the frame for the thread that draws."""
        self._newest = result
        self._note(self.processed, result)

    def on_event(self, event: PlateEvent) -> None:
        """Log an event; it belongs to the frame before it."""
        self._journal.record_event(event)
        if event.kind is not EventKind.FINAL and self._newest is not None:
            self._note(self.told, self._newest)

    def _draw_newest(self) -> None:
        last: FrameResult | None = None
        while not self._stop.wait(_VIEWER_S):
            result = self._newest
            if result is not None and result is not last:
                annotate(result.frame.image, result.tracks)
                self._note(self.drawn, result)
                last = result

    def _note(self, delays: list[float], result: FrameResult) -> None:
        if self.recording:
            delays.append(time.perf_counter() - self._camera.due(result.frame.index))


def live(clip: Path, device: str, seconds: float, fps: float) -> Measured:
    """So many seconds of a made-up camera: delays from capture to event and to the overlay, and frames dropped."""
    pipeline = load_pipeline(device)
    camera = Camera(clip, fps)
    if not camera.isOpened():
        raise RuntimeError(f"{clip}: cannot be read as a video")
    spec = SourceSpec(SourceKind.STREAM, SourceId("made-up camera"), str(clip))
    with temporary_journal() as journal:
        viewer = Viewer(camera, journal).start()
        scheduler = LiveScheduler()
        engine = Engine(pipeline, scheduler, [viewer]).start()
        scheduler.add_capture(Capture(LiveSource(spec, opener=lambda _: camera), scheduler.wake))
        _wait(lambda: viewer.begun or bool(engine.trouble))
        time.sleep(_SETTLE_S)
        viewer.recording = True
        began = time.perf_counter()
        time.sleep(seconds)
        _wait(lambda: len(viewer.drawn) >= _LEAST_DRAWN or bool(engine.trouble))
        viewer.recording = False
        offered = (time.perf_counter() - began) * fps
        engine.stop()
        viewer.stop()
    if engine.trouble:
        raise RuntimeError(engine.trouble)
    return _of_viewer(viewer, offered, fps)


def _wait(condition: Callable[[], bool]) -> None:
    """Return when the condition holds, or after a while."""
    end = time.perf_counter() + _PATIENCE_S
    while not condition() and time.perf_counter() < end:
        time.sleep(_VIEWER_S)


def _of_viewer(viewer: Viewer, offered: float, fps: float) -> Measured:
    timings = [Timing.of("capture to overlay", viewer.drawn), Timing.of("capture to result", viewer.processed)]
    if viewer.told:
        timings.append(Timing.of("capture to event", viewer.told))
    values = {
        "live_latency_p95_ms": timings[0].p95_ms,
        "live_dropped": max(0.0, 1 - len(viewer.processed) / offered),
        "offered": offered,
        "processed": len(viewer.processed),
        "fps": fps,
    }
    return Measured("live", tuple(timings), values)
