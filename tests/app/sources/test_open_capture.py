from collections.abc import Iterator

from app.config.settings import Live
from app.pipeline.stats import StageTimes
from app.sources.capture import CaptureState
from app.sources.identify import identify
from app.sources.open_capture import apply_settings, make_capture
from app.sources.registry import make_source
from app.sources.stream import NetworkStream
from tests.app.sources.test_capture import Camera, live, until


def test_a_capture_waits_as_the_settings_say_and_follows_them_while_it_runs() -> None:
    cameras: Iterator[Camera] = iter([Camera(frames=3, delay=0.01), *[Camera(opens=False)] * 1000])
    opened = list[Camera]()
    capture = make_capture(live(cameras, opened), Live(stall_s=120, reconnect_max_s=600), StageTimes())
    apply_settings(capture, Live(stall_s=120, reconnect_max_s=0.01))
    capture.start()
    assert until(lambda: len(opened) > 5), "by the first setting there would be one try in seconds"
    assert capture.status().state in (CaptureState.LOST, CaptureState.CONNECTING)
    assert capture.stop()


def test_a_network_stream_takes_the_new_time_out_with_its_next_connection() -> None:
    capture = make_capture(make_source(identify("rtsp://10.0.0.5/live")), Live(stall_s=5), StageTimes())
    assert isinstance(capture.source, NetworkStream) and capture.source.patience_s == 5
    apply_settings(capture, Live(stall_s=60))
    assert capture.source.patience_s == 60
