import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config.bootstrap import variables
from app.sources.buffers import Closed
from app.sources.capture import Backoff, Capture, CaptureState
from app.sources.identify import identify
from app.sources.live_source import Clock, LiveSource
from app.sources.registry import make_source
from app.sources.source import SourceError, SourceSpec
from app.sources.stream import NetworkStream
from tests.app.pipeline.made import START
from tests.app.sources.clips import write_clip

QUICK = Backoff(first_s=0.01, cap_s=0.02)


class Camera:
    """A made-up camera: opens when it may, gives the frames it has, then fails."""

    def __init__(self, frames: int = 0, opens: bool = True, delay: float = 0.0, hold: threading.Event | None = None):
        self._frames, self._opens, self._delay, self._hold = frames, opens, delay, hold
        self.released = False

    def isOpened(self) -> bool:
        return self._opens

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(self._delay)
        if self._frames <= 0:
            if self._hold is not None:
                self._hold.wait(5)
            return False, None
        self._frames -= 1
        return True, np.full((48, 64, 3), 37 * self._frames % 256, np.uint8)

    def get(self, _: int) -> float:
        return 25.0

    def release(self) -> None:
        self.released = True


class FakeTime:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def live(cameras: Iterator[Camera], opened: list[Camera] | None = None, clock: Clock | None = None) -> LiveSource:
    def opener(_: SourceSpec) -> Camera:
        camera = next(cameras)
        if opened is not None:
            opened.append(camera)
        return camera

    return LiveSource(identify("rtsp://user:s3cret@host/stream"), opener, clock)


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return condition()


def endless(**arguments: object) -> Iterator[Camera]:
    while True:
        yield Camera(**arguments)  # type: ignore[arg-type]


def test_a_recording_comes_whole_and_in_order_however_slow_the_taker(tmp_path: Path) -> None:
    capture = Capture(make_source(identify(str(write_clip(tmp_path / "a.avi", frames=30)))), queue_size=2).start()
    indices = []
    with pytest.raises(Closed):
        while True:
            frame = capture.buffer.take(2)
            assert frame is not None
            indices.append(frame.index)
            time.sleep(0.002)
    assert indices == list(range(30))
    status = capture.status()
    assert (status.state, status.dropped, status.error, status.frames) == (CaptureState.ENDED, 0, "", 30)
    assert capture.stop()


def test_a_faulty_recording_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wrong.mp4"
    path.write_bytes(b"no video")
    capture = Capture(make_source(identify(str(path)))).start()
    assert until(lambda: capture.status().state is CaptureState.ENDED)
    assert "wrong.mp4: not a video" in capture.status().error


def test_a_lost_source_is_opened_again_and_again(tmp_path: Path) -> None:
    opened: list[Camera] = []
    plan = iter([Camera(3), Camera(opens=False), Camera(opens=False), Camera(0), *[Camera(10**6, delay=0.005)] * 3])
    capture = Capture(live(plan, opened), backoff=QUICK).start()
    assert until(lambda: len(opened) == 5 and capture.status().state is CaptureState.LIVE)
    status = capture.status()
    assert status.reconnects == 1 and status.error == "", "a try is not a reconnect"
    assert capture.stop(2)
    assert all(camera.released for camera in opened)
    assert capture.status().state is CaptureState.ENDED


def test_while_it_is_lost_the_state_says_so_and_the_password_stays_out() -> None:
    capture = Capture(live(endless(opens=False)), backoff=Backoff(5, 5)).start()
    assert until(lambda: capture.status().state is CaptureState.LOST)
    status = capture.status()
    assert "no connection" in status.error and "s3cret" not in status.error
    began = time.monotonic()
    assert capture.stop(2) and time.monotonic() - began < 1, "stopping must not wait for the backoff"


def test_the_newest_frame_wins_and_drops_are_counted() -> None:
    capture = Capture(live(iter([Camera(40), *[Camera(opens=False)] * 99])), backoff=Backoff(5, 5)).start()
    assert until(lambda: capture.status().state is CaptureState.LOST)
    frame = capture.buffer.take(0)
    assert frame is not None and frame.index == 39 and capture.status().dropped == 39
    capture.stop(2)


def test_a_stall_is_seen_counted_once_and_over_with_the_next_frame() -> None:
    hold, fake = threading.Event(), FakeTime()
    capture = Capture(live(iter([Camera(2, hold=hold), *endless_list(3)])), stall_s=2, monotonic=fake, backoff=QUICK)
    capture.start()
    assert until(lambda: capture.status().frames == 2)
    assert capture.status().state is CaptureState.LIVE
    fake.now += 3
    assert capture.status().state is CaptureState.STALLED
    assert capture.status().stalls == 1 and capture.status().stalls == 1
    hold.set()
    assert until(lambda: capture.status().frames > 2)
    assert capture.status().state is CaptureState.LIVE and capture.status().stalls == 1
    fake.now += 3601
    assert capture.status().reconnects == 0, "counters are those of the last hour"
    capture.stop(2)


def endless_list(count: int) -> list[Camera]:
    return [Camera(10**6, delay=0.005) for _ in range(count)]


def test_live_frames_carry_the_wall_clock_and_the_time_since_opening() -> None:
    fake = FakeTime()
    clock = Clock(fake, lambda: START + timedelta(seconds=fake.now - 1000))
    source = live(iter([Camera(2), Camera(1)]), clock=clock)
    source.open()
    fake.now += 1.5
    first = source.read()
    source.open()
    fake.now += 1
    second = source.read()
    assert first and second
    assert (first.media_time, second.media_time) == (1.5, 2.5), "a reconnect does not turn the clock back"
    assert (first.index, second.index) == (0, 1)
    assert second.wall_time == START + timedelta(seconds=2.5)


@given(st.integers(0, 2000), st.floats(0, 1))
def test_the_backoff_grows_to_its_cap(attempt: int, chance: float) -> None:
    backoff = Backoff(0.5, 30, 0.25)
    delay = backoff.delay(attempt, chance)
    assert 0.5 * 0.75 <= delay <= 30 * 1.25
    assert backoff.delay(attempt, 0.5) <= backoff.delay(attempt + 1, 0.5)


def test_a_fault_nobody_expected_ends_one_source_with_a_message() -> None:
    def opener(_: SourceSpec) -> Camera:
        raise ZeroDivisionError("strange driver")

    capture = Capture(LiveSource(identify("0"), opener)).start()
    assert until(lambda: not capture.alive)
    assert "strange driver" in capture.status().error and capture.buffer.exhausted


def test_starting_and_stopping_leaves_no_thread() -> None:
    before = threading.active_count()
    for _ in range(40):
        capture = Capture(live(endless(frames=10**6, delay=0.001)), backoff=QUICK).start()
        capture.buffer.take(1)
        assert capture.stop(2)
    assert threading.active_count() == before


def test_a_capture_that_was_never_started_can_be_stopped() -> None:
    assert Capture(live(endless())).stop(0.1)


@pytest.fixture
def web_server(tmp_path: Path) -> Iterator[str]:
    """A web server that gives out the files of tmp_path."""
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def slow_camera() -> Iterator[str]:
    """A camera that sends a picture, and the next ones some time later."""
    done, data = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    assert done
    part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(data), data.tobytes())

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=b")
            self.end_headers()
            with suppress(OSError):
                for _ in range(20):
                    self.wfile.write(part)
                    time.sleep(0.3)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/x"
        server.shutdown()
        thread.join()


def seen(address: str, patience_s: float, at_most: int) -> int:
    """How many frames a source gives until it is given up, or there are enough."""
    source, got = NetworkStream(identify(address)), 0
    source.patience_s = patience_s
    with closing(source):
        source.open()
        with suppress(SourceError):
            while got < at_most and source.read() is not None:
                got += 1
    return got


def test_a_camera_that_seldom_sends_is_waited_for_as_long_as_is_set(slow_camera: str) -> None:
    assert seen(slow_camera, 20, 7) == 7
    assert seen(slow_camera, 0.1, 7) < 7


def test_its_first_picture_is_enough_to_begin_with(slow_camera: str) -> None:
    assert seen(slow_camera, 0.3, 1) == 1


def test_nothing_gives_up_before_the_longest_time_that_can_be_set() -> None:
    assert "timeout" not in variables(Path())["OPENCV_FFMPEG_CAPTURE_OPTIONS"], "it would also mean 'listen' for RTMP"


def test_a_camera_that_hangs_up_is_opened_again(slow_camera: str) -> None:
    capture = Capture(make_source(identify(slow_camera)), backoff=QUICK).start()
    assert until(lambda: capture.status().reconnects >= 1 and capture.status().frames > 25, 60)
    assert capture.stop(10)


def test_a_recording_behind_a_web_address_is_read_once_whole_and_ends(tmp_path: Path, web_server: str) -> None:
    write_clip(tmp_path / "clip.avi", frames=20)
    capture = Capture(make_source(identify(f"{web_server}/clip.avi")), backoff=QUICK, queue_size=2).start()
    indices = []
    with suppress(Closed):
        while (frame := capture.buffer.take(10)) is not None:
            indices.append(frame.index)
    assert indices == list(range(20))
    assert until(lambda: not capture.alive)
    assert (capture.status().error, capture.status().reconnects, capture.status().dropped) == ("", 0, 0)
