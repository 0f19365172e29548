import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.pipeline.core import Pipeline
from app.pipeline.engine import Engine
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.opening import make_source
from app.pipeline.types import FrameResult, Image
from app.sources.capture import Backoff, Capture, CaptureState
from app.sources.identify import identify
from detector.types import Detection
from recognizer.readings import Reading
from tests.app.pipeline.made import plate, says
from tests.app.sources.clips import write_clip
from tests.app.sources.test_capture import Camera, endless, live, until


class Steady:
    """A detector and reader that find the same plate in every frame."""

    streams, size = 1, 576

    def prefer_region(self, region: str | None) -> None: ...

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        return [[plate(10, 20, 40, 12)] for _ in images]

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        return [says("AB123C", 0.95) for _ in crops]


class Collected:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.events: list[PlateEvent] = []
        self.frames: list[tuple[str, int]] = []
        self.ended: dict[str, str] = {}
        self.threads: set[str] = set()

    def on_event(self, event: PlateEvent) -> None:
        self.threads.add(threading.current_thread().name)
        self.events.append(event)

    def on_frame(self, result: FrameResult) -> None:
        self.frames.append((result.frame.source_id, result.frame.index))

    def on_ended(self, source_id: str, error: str) -> None:
        self.ended[source_id] = error


def engine_with(sink: Collected) -> Engine:
    return Engine(Pipeline(Steady(), Steady()), [sink]).start()


def capture_of(path: Path, engine: Engine) -> Capture:
    return Capture(make_source(identify(str(path))), engine.wake)


def test_recordings_run_to_their_end_side_by_side(tmp_path: Path) -> None:
    sink = Collected()
    engine = engine_with(sink)
    paths = [write_clip(tmp_path / f"{name}.avi", frames=12 + n) for n, name in enumerate("abc")]
    for path in paths:
        engine.add(capture_of(path, engine))
    assert until(lambda: len(sink.ended) == 3)
    for n, path in enumerate(paths):
        assert [index for source, index in sink.frames if source == str(path)] == list(range(12 + n))
        own = [event for event in sink.events if event.source == str(path)]
        assert own[-1].kind is EventKind.FINAL and {event.text.plate for event in own} == {"AB123C"}
    assert sink.threads == {"engine"} and engine.status() == {} and engine.stop(5)


def test_a_faulty_source_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    sink = Collected()
    engine = engine_with(sink)
    (tmp_path / "bad.mp4").write_bytes(b"junk")
    engine.add(capture_of(tmp_path / "bad.mp4", engine))
    engine.add(capture_of(write_clip(tmp_path / "good.avi"), engine))
    assert until(lambda: len(sink.ended) == 2)
    assert "not a video" in sink.ended[str(tmp_path / "bad.mp4")] and sink.ended[str(tmp_path / "good.avi")] == ""
    assert engine.stop(5)


def test_a_stalled_camera_does_not_hold_up_another() -> None:
    sink, hold = Collected(), threading.Event()
    engine = engine_with(sink)
    stuck = live(iter([Camera(1, hold=hold), *[Camera(opens=False)] * 9]))
    engine.add(Capture(stuck, engine.wake, backoff=Backoff(0.01, 0.02)))
    with pytest.raises(ValueError, match="runs already"):
        engine.add(Capture(stuck, engine.wake))
    other = live(endless(frames=10**6, delay=0.003))
    other._spec = identify("rtsp://second/stream")
    engine.add(Capture(other, engine.wake))
    assert until(lambda: sum(source == "rtsp://second/stream" for source, _ in sink.frames) > 30)
    assert set(engine.status()) == {stuck.spec.source_id, "rtsp://second/stream"}
    assert engine.status()["rtsp://second/stream"].state is CaptureState.LIVE
    hold.set()
    assert engine.stop(5)
    assert sink.events[-1].kind is EventKind.FINAL


def test_a_source_can_be_taken_away_and_added_again() -> None:
    sink = Collected()
    engine = engine_with(sink)
    for _ in range(3):
        source = live(endless(frames=10**6, delay=0.002))
        engine.add(Capture(source, engine.wake))
        sink.ended.clear()
        assert until(lambda: bool(engine.status()) and next(iter(engine.status().values())).frames > 5)
        engine.remove(source.spec.source_id)
        assert until(lambda: len(sink.ended) == 1)
    assert engine.stop(5)


def test_networks_that_fail_are_told_and_the_engine_can_be_stopped() -> None:
    class Broken(Steady):
        def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
            raise RuntimeError("out of memory")

    engine = Engine(Pipeline(Broken(), Steady()), [Collected()]).start()
    engine.add(Capture(live(endless(frames=10**6, delay=0.002)), engine.wake))
    assert until(lambda: "out of memory" in engine.trouble)
    assert engine.stop(5)


def test_weights_that_cannot_be_loaded_are_told() -> None:
    def load() -> Pipeline:
        raise FileNotFoundError("no weights")

    engine = Engine(load).start()
    assert until(lambda: "no weights" in engine.trouble)
    assert engine.stop(5) and engine.pipeline is None


def test_many_starts_and_stops_leave_no_thread() -> None:
    before = threading.active_count()
    for _ in range(25):
        engine = engine_with(Collected())
        engine.add(Capture(live(endless(frames=10**6, delay=0.001)), engine.wake))
        time.sleep(0.005)
        assert engine.stop(5)
    assert threading.active_count() == before
