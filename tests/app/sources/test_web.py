"""What is behind a web address, and how it is read."""

import hashlib
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.sources.buffers import Closed
from app.sources.capture import Backoff, Capture
from app.sources.frame import Frame
from app.sources.identify import identify
from app.sources.live_source import Beat, Clock
from app.sources.source import SourceError
from app.sources.stream import NetworkStream
from tests.app.sources.ffmpeg import STREET, ffmpeg, make
from tests.app.sources.servers import serving

PASSWORD = "p@ss:w/o#r?d%1"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p")


class Folder(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@contextmanager
def folder_served(path: Path) -> Iterator[str]:
    with serving(partial(Folder, directory=str(path))) as port:  # type: ignore[arg-type]
        yield f"http://127.0.0.1:{port}"


def jpeg(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((48, 64, 3), level, np.uint8))[1].tobytes()


def read_to_the_end(address: str) -> tuple[list[Frame], Capture]:
    capture = Capture(NetworkStream(identify(address)), backoff=Backoff(0.05, 0.1)).start()
    frames = []
    with suppress(Closed):
        while (frame := capture.buffer.take(10)) is not None:
            frames.append(frame)
    return frames, capture


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts", ".webm"])
def test_a_recording_is_read_whole_once_and_ends(tmp_path: Path, ending: str) -> None:
    options = ("-c:v", "libvpx") if ending == ".webm" else H264
    make(tmp_path / f"clip{ending}", *options)
    with folder_served(tmp_path) as server:
        frames, capture = read_to_the_end(f"{server}/clip{ending}")
    assert [frame.index for frame in frames] == list(range(36))
    assert frames[-1].media_time == pytest.approx(35 / 12, abs=0.02)
    assert capture.stop(5) and capture.status().error == ""


def test_so_is_a_playlist_that_has_ended_and_one_of_playlists(tmp_path: Path) -> None:
    make(tmp_path / "x.m3u8", *H264, "-hls_time", "1", "-hls_list_size", "0", "-f", "hls")
    (tmp_path / "all.m3u8").write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\nx.m3u8\n")
    with folder_served(tmp_path) as server:
        for name in ("x.m3u8", "all.m3u8"):
            frames, capture = read_to_the_end(f"{server}/{name}")
            assert len(frames) == 36 and capture.status().error == "", name
            capture.stop(5)


def test_a_live_playlist_is_read_at_its_own_speed_without_loss(tmp_path: Path) -> None:
    words = [
        ffmpeg(),
        "-v",
        "error",
        "-re",
        "-f",
        "lavfi",
        "-i",
        STREET,
        *H264,
        "-hls_time",
        "2",
        "-hls_list_size",
        "4",
    ]
    maker = subprocess.Popen([*words, str(tmp_path / "x.m3u8")], stdin=subprocess.DEVNULL)
    try:
        while not (tmp_path / "x.m3u8").exists():
            time.sleep(0.1)
        with folder_served(tmp_path) as server:
            capture = Capture(NetworkStream(identify(f"{server}/x.m3u8"))).start()
            frames = [frame for _ in range(100) if (frame := capture.buffer.take(15)) is not None]
            status = capture.status()
            assert capture.stop(10)
    finally:
        maker.kill()
        maker.communicate()
    assert [frame.index for frame in frames] == list(range(100)), "none was dropped"
    assert (status.reconnects, status.dropped, status.error) == (0, 0, "")
    span = frames[-1].media_time - frames[0].media_time
    assert span == pytest.approx(99 / 12, abs=1.5), "paced, not in bursts"


def test_a_beat_holds_back_a_burst_and_lets_go_where_the_stamps_jump() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    beat = Beat(Clock(monotonic=lambda: now[0], sleep=sleep))
    for stamp in (5.0, 5.5, 6.0):
        beat.wait_for(stamp)
    assert slept == [0.5, 0.5]
    now[0] += 20  # held up: what comes now is late and begins a new beat
    beat.wait_for(6.5)
    beat.wait_for(7.0)
    assert slept == [0.5, 0.5, 0.5]
    beat.wait_for(40_000.0)
    beat.wait_for(40_000.25)
    assert slept[3:] == [0.25]


@contextmanager
def camera_with_login(user: str, password: str) -> Iterator[str]:
    """A camera that asks for a login by digest and sends a row of JPEGs."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = dict(re.findall(r'(\w+)="?([^",]*)"?', self.headers.get("Authorization", "")))
            secret, request = md5(f"{user}:cam:{password}"), md5(f"GET:{given.get('uri', '')}")
            middle = f"{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:{given.get('qop')}"
            if given.get("response") != md5(f"{secret}:{middle}:{request}"):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Digest realm="cam", nonce="abc", qop="auth"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--b")
            self.end_headers()
            with suppress(OSError):
                for level in range(50, 250):
                    data = jpeg(level)
                    self.wfile.write(b"--b\r\nContent-Type: image/jpeg\r\n\r\n" + data + b"\r\n")
                    time.sleep(0.02)

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        yield f"127.0.0.1:{port}/video"


def test_a_camera_with_a_login_is_read_with_its_password_as_it_is_typed() -> None:
    with camera_with_login("admin", PASSWORD) as place:
        with closing(NetworkStream(identify(f"http://admin:{PASSWORD}@{place}"))) as source:
            source.open()
            frames = [source.read() for _ in range(5)]
        assert all(frame is not None and frame.jpeg for frame in frames)
        with pytest.raises(SourceError, match=r"the user or the password is wrong \(401\)"):
            NetworkStream(identify(f"http://admin:wrong@{place}")).open()


def test_a_picture_that_changes_behind_an_address_is_polled(tmp_path: Path) -> None:
    (tmp_path / "snap.jpg").write_bytes(jpeg(50))
    now = [0.0]
    levels = [80, 80, 110]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if levels:
            (tmp_path / "snap.jpg").write_bytes(jpeg(levels.pop(0)))

    clock = Clock(monotonic=lambda: now[0], sleep=sleep)
    with folder_served(tmp_path) as server, closing(NetworkStream(identify(f"{server}/snap.jpg"), clock)) as source:
        info = source.open()
        frames = [source.read() for _ in range(4)]
    assert (info.width, info.height) == (64, 48)
    found = [round(float(frame.image.mean()), -1) for frame in frames if frame is not None]
    assert found == [50, 80, 110, 110], "what stays the same is given again after a while, so that the source is well"
    assert frames[-1] is not None and not frames[-1].is_still


@pytest.mark.parametrize("options", [("-movflags", "faststart"), (), ("-x264-params", "tff=1")])
def test_a_clip_of_a_server_without_ranges_is_read_too(tmp_path: Path, options: tuple[str, ...]) -> None:
    """FFmpeg finds the index at its beginning; at its end it does not, and the clip is fetched first."""
    path = make(tmp_path / "clip.mp4", *H264, *options)

    class Plain(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    with serving(Plain) as port:
        frames, capture = read_to_the_end(f"http://127.0.0.1:{port}/download?id=7")
    assert len(frames) == 36 and capture.status().error == ""
    assert all(frame.image.mean() > 40 for frame in frames)
