import threading
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.pipeline.engine import Engine, read_sources
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.file_scheduler import FileScheduler, QueuedSource
from app.pipeline.pipeline import Pipeline
from app.pipeline.scheduling import LiveScheduler
from app.pipeline.sink import Sink
from app.pipeline.types import FrameResult, Image
from app.sources.capture import Backoff, Capture, CaptureState
from app.sources.identify import identify
from app.sources.registry import make_source
from app.sources.source import SourceSpec
from detector.types import Detection
from recognizer.readings import Reading
from tests.app.pipeline.made import plate, says
from tests.app.runs import Watched
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


class Collected(Sink):
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

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        self.ended[source.source_id] = error


def live_engine(*sinks: Sink, networks: Steady | None = None) -> tuple[Engine, LiveScheduler]:
    networks, scheduler = networks or Steady(), LiveScheduler()
    return Engine(Pipeline(networks, networks), scheduler, sinks).start(), scheduler


def capture_of(path: Path, scheduler: LiveScheduler) -> Capture:
    return Capture(make_source(identify(str(path))), scheduler.wake)


def test_recordings_run_to_their_end_side_by_side(tmp_path: Path) -> None:
    sink = Collected()
    engine, scheduler = live_engine(sink)
    paths = [write_clip(tmp_path / f"{name}.avi", frames=12 + n) for n, name in enumerate("abc")]
    for path in paths:
        scheduler.add_capture(capture_of(path, scheduler))
    assert until(lambda: len(sink.ended) == 3)
    for n, path in enumerate(paths):
        assert [index for source, index in sink.frames if source == str(path)] == list(range(12 + n))
        own = [event for event in sink.events if event.source == str(path)]
        assert own[-1].kind is EventKind.FINAL and {event.text.plate for event in own} == {"AB123C"}
    assert sink.threads == {"engine"} and scheduler.status() == {} and engine.stop(5)


def test_a_faulty_source_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    sink = Collected()
    engine, scheduler = live_engine(sink)
    (tmp_path / "bad.mp4").write_bytes(b"junk")
    scheduler.add_capture(capture_of(tmp_path / "bad.mp4", scheduler))
    scheduler.add_capture(capture_of(write_clip(tmp_path / "good.avi"), scheduler))
    assert until(lambda: len(sink.ended) == 2)
    assert "not a video" in sink.ended[str(tmp_path / "bad.mp4")] and sink.ended[str(tmp_path / "good.avi")] == ""
    assert engine.stop(5)


def test_a_stalled_camera_does_not_hold_up_another() -> None:
    sink, hold = Collected(), threading.Event()
    engine, scheduler = live_engine(sink)
    stuck = live(iter([Camera(1, hold=hold), *[Camera(opens=False)] * 9]))
    scheduler.add_capture(Capture(stuck, scheduler.wake, backoff=Backoff(0.01, 0.02)))
    with pytest.raises(ValueError, match="runs already"):
        scheduler.add_capture(Capture(stuck, scheduler.wake))
    other = live(endless(frames=10**6, delay=0.003))
    other._spec = identify("rtsp://second/stream")
    scheduler.add_capture(Capture(other, scheduler.wake))
    assert until(lambda: sum(source == "rtsp://second/stream" for source, _ in sink.frames) > 30)
    assert set(scheduler.status()) == {stuck.spec.source_id, "rtsp://second/stream"}
    assert scheduler.status()["rtsp://second/stream"].state is CaptureState.LIVE
    hold.set()
    assert engine.stop(5)
    assert sink.events[-1].kind is EventKind.FINAL


def test_a_source_can_be_taken_away_and_added_again() -> None:
    sink = Collected()
    engine, scheduler = live_engine(sink)
    for _ in range(3):
        source = live(endless(frames=10**6, delay=0.002))
        scheduler.add_capture(Capture(source, scheduler.wake))
        sink.ended.clear()
        assert until(lambda: bool(scheduler.status()) and next(iter(scheduler.status().values())).frames > 5)
        scheduler.end_source(source.spec.source_id)
        assert until(lambda: len(sink.ended) == 1)
    assert engine.stop(5)


class Broken(Steady):
    """A detector that cannot take pictures that are darker than a level."""

    def __init__(self, level: int = 50) -> None:
        self._level = level

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        if any(image.mean() < self._level for image in images):
            raise RuntimeError("out of memory")
        return super().detect(images)


def test_networks_that_fail_on_a_live_source_are_told_once_and_it_goes_on() -> None:
    sink = Watched()
    engine, scheduler = live_engine(sink, networks=Broken(level=256))
    source = live(endless(frames=10**6, delay=0.002))
    scheduler.add_capture(Capture(source, scheduler.wake))
    assert until(lambda: "out of memory" in engine.trouble and scheduler.status()[source.spec.source_id].frames > 20)
    assert sink.troubles == [f"{source.spec.source_id}: out of memory"] and not sink.ended
    assert engine.stop(5) and list(sink.ended) == [source.spec.source_id]


def test_a_recording_that_the_networks_cannot_take_ends_with_its_name_and_others_go_on(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.avi", tmp_path / "good.avi"
    write_clip(bad, frames=3)
    write_level(good, 200, frames=6)
    for jobs in (1, 2):
        sink = Watched()
        items = [QueuedSource(identify(str(path))) for path in (bad, good)]
        networks = Broken()
        report = read_sources(items, Pipeline(networks, networks), [sink], jobs=jobs)
        assert report.errors == [f"{bad}: out of memory"] and sink.ended == {str(bad): report.errors[0], str(good): ""}
        assert [index for name, index in sink.frames if name == str(good)] == list(range(6))


def write_level(path: Path, level: int, frames: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for index in range(frames):
        writer.write(np.full((120, 160, 3), level + index, np.uint8))
    writer.release()
    return path


class Failing(Watched):
    """A sink that fails at each frame, event and end."""

    def on_frame(self, result: FrameResult) -> None:
        raise RuntimeError("no room for frames")

    def on_event(self, event: PlateEvent) -> None:
        raise ValueError("rtsp://user:secret@host is no event")

    def on_trouble(self, text: str) -> None:
        raise OSError("nobody is told")


def test_a_sink_that_fails_is_named_once_and_costs_the_others_nothing(tmp_path: Path) -> None:
    first, last, failing = Watched(), Watched(), Failing()
    networks = Steady()
    items = [QueuedSource(identify(str(write_clip(tmp_path / "a.avi", frames=12))))]
    report = read_sources(items, Pipeline(networks, networks), [first, failing, last])
    for sink in (first, last):
        assert len(sink.frames) == 12 and sink.events[-1].kind is EventKind.FINAL and sink.closed == [False]
        assert sink.troubles == [
            "Failing: RuntimeError: no room for frames",
            "Failing: ValueError: rtsp://***@host is no event",
        ]
    assert report.errors == first.troubles and failing.closed == [False]


def test_what_was_taken_is_processed_when_the_engine_is_stopped(tmp_path: Path) -> None:
    """A frame in detection when the stop comes is still told; nothing comes after the end of its source."""

    class Stopping(Watched):
        engine: Engine | None = None

        def on_frame(self, result: FrameResult) -> None:
            super().on_frame(result)
            assert self.engine is not None and not self.ended
            self.engine.request_stop()

    sink, networks = Stopping(), Steady()
    pipeline = Pipeline(networks, networks)
    items = [QueuedSource(identify(str(write_clip(tmp_path / "a.avi", frames=40))))]
    engine = sink.engine = Engine(pipeline, FileScheduler(items, pipeline.stages), [sink])
    report = engine.run()
    assert report.interrupted and sink.closed == [True] and len(sink.ended) == 1 and not sink.kept_sources
    assert [index for _, index in sink.frames] == list(range(report.frames)) and report.frames < 40
    assert [event.kind for event in sink.kept] == [EventKind.FINAL]


def test_a_fault_of_the_engine_itself_is_named_and_what_was_read_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, networks = Watched(), Steady()
    pipeline = Pipeline(networks, networks)
    scheduler = FileScheduler([QueuedSource(identify(str(write_clip(tmp_path / "a.avi", 30))))], pipeline.stages)

    def broken(*_: object) -> None:
        if len(sink.frames) > 8:
            raise KeyError("a bug")

    monkeypatch.setattr(scheduler, "note_processed", broken)
    report = Engine(pipeline, scheduler, [sink]).run()
    assert report.errors == ["KeyError: 'a bug'"] and [event.text.plate for event in sink.kept] == ["AB123C"]
    assert len(sink.ended) == 1 and not sink.kept_sources and sink.closed == [True], "it was not read to its end"


def test_weights_that_cannot_be_loaded_are_told() -> None:
    def load() -> Pipeline:
        raise FileNotFoundError("no weights")

    engine = Engine(load, LiveScheduler()).start()
    assert until(lambda: "no weights" in engine.trouble)
    assert engine.stop(5) and engine.pipeline is None


def test_many_starts_and_stops_leave_no_thread() -> None:
    before = threading.active_count()
    for _ in range(25):
        engine, scheduler = live_engine(Collected())
        scheduler.add_capture(Capture(live(endless(frames=10**6, delay=0.001)), scheduler.wake))
        time.sleep(0.005)
        assert engine.stop(5)
    assert threading.active_count() == before
