"""A real RTSP server, killed and started again in mid-stream: the source recovers with one gap and no leaked thread."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app.pipeline.engine import Engine
from app.pipeline.events import PlateEvent
from app.pipeline.pipeline import Pipeline
from app.pipeline.scheduling import LiveScheduler
from app.pipeline.tuning import Tuning
from app.pipeline.types import FrameResult
from app.sources.capture import Backoff, Capture, CaptureState
from app.sources.identify import identify
from app.sources.registry import make_source
from app.store.journal import open_journal
from app.store.search import Query
from tests.app.pipeline.test_engine import Collected, Steady
from tests.app.sources.test_capture import until

SCRIPT = Path(__file__).with_name("rtsp_server.py")
PYTHON = "/usr/bin/python3"  # Debian's own, which knows the Debian package of GStreamer's server


class Server:
    """The server as a process that can be killed and started again on the same port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
        self._process = subprocess.Popen(
            [PYTHON, str(SCRIPT), str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "ready"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture
def server() -> Iterator[Server]:
    probe = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    if shutil.which(PYTHON) is None or subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode:
        pytest.skip("needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-good")
    running = Server()
    running.start()
    yield running
    running.kill()


class Logged(Collected):
    """Keeps everything, as Collected does, and hands the events to a log."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self.times: list[float] = []
        self.journal = open_journal(log)

    def on_event(self, event: PlateEvent) -> None:
        super().on_event(event)
        self.journal.record_event(event)

    def on_frame(self, result: FrameResult) -> None:
        self.times.append(result.frame.media_time)


def test_a_camera_that_dies_and_comes_back_leaves_one_gap(server: Server, tmp_path: Path) -> None:
    before = threading.active_count()
    sink = Logged(tmp_path / "log.sqlite3")
    times = sink.times
    # the plate is in view all the time; away for more than a second it counts as another visit
    scheduler = LiveScheduler()
    engine = Engine(Pipeline(Steady(), Steady(), Tuning(repeat_s=1.0, track_memory_s=1.0)), scheduler, [sink]).start()
    name = f"rtsp://viewer:s3cret@127.0.0.1:{server.port}/live"
    source = make_source(identify(name))
    assert "s3cret" not in source.spec.source_id
    scheduler.add_capture(Capture(source, scheduler.wake, backoff=Backoff(0.2, 0.5)))

    def state() -> CaptureState:
        return scheduler.status()[source.spec.source_id].state

    assert until(lambda: state() is CaptureState.LIVE and len(times) > 10, 30)
    server.kill()
    assert until(lambda: state() in (CaptureState.LOST, CaptureState.CONNECTING), 30)
    assert until(lambda: "no connection" in scheduler.status()[source.spec.source_id].error, 30)
    time.sleep(1.5)
    seen = len(times)
    server.start()
    assert until(lambda: state() is CaptureState.LIVE and len(times) > seen + 10, 30)

    status = scheduler.status()[source.spec.source_id]
    assert status.reconnects >= 1 and status.error == ""
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert sum(step > max(steps) / 2 for step in steps) == 1, "one outage is one gap"
    assert engine.stop(15)
    assert sink.journal.flush(10) and sink.journal.store is not None
    first, second = sorted(sink.journal.store.each(Query()), key=lambda visit: visit.first_time)
    assert sink.journal.close() == 0
    assert first.plate == second.plate and "s3cret" not in first.source
    gap_s = (second.first_time - first.last_time).total_seconds()
    assert gap_s == pytest.approx(max(steps), abs=0.5), "the log shows the outage, and only that"
    assert until(lambda: threading.active_count() == before)
