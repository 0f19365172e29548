"""A loopback stream of each scheme that is accepted is read."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from app.sources.address import SCHEMES
from app.sources.identify import identify
from app.sources.source import SourceError
from app.sources.stream import NetworkStream
from tests.app.sources.ffmpeg import STREET, ffmpeg
from tests.app.sources.rtsp import RtspServer
from tests.app.sources.servers import free_port, streaming, tls_in_front_of

Feed = Callable[..., None]
_FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "6", "-pix_fmt", "yuv420p")


@pytest.fixture
def feed() -> Iterator[Feed]:
    """Starts senders of a test picture in real time, and ends them after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(address: str, *options: str) -> None:
        words = [ffmpeg(), "-v", "error", "-re", "-f", "lavfi", "-i", STREET, *options, address]
        running.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    yield start
    for process in running:
        process.kill()
        process.communicate()


def frames_of(address: str, wanted: int = 10, tries: int = 6) -> int:
    """How many frames come from a sender that may still be starting."""
    with closing(NetworkStream(identify(address))) as source:
        for attempt in range(tries):
            try:
                source.open()
                return sum(source.read() is not None for _ in range(wanted))
            except SourceError:
                if attempt == tries - 1:
                    raise
                time.sleep(0.5)  # it does not listen yet
    return 0


@pytest.mark.parametrize(
    ("sent_to", "form", "read_from"),
    [
        ("udp://127.0.0.1:{}?pkt_size=1316", "mpegts", "udp://127.0.0.1:{}"),
        ("udp://127.0.0.1:{}?pkt_size=1316", "mpegts", "udp://@:{}"),
        ("rtp://127.0.0.1:{}", "rtp_mpegts", "rtp://127.0.0.1:{}"),
    ],
)
def test_what_is_sent_to_a_port_is_read(feed: Feed, sent_to: str, form: str, read_from: str) -> None:
    port = free_port()
    feed(sent_to.format(port), *_FAST, "-f", form)
    assert frames_of(read_from.format(port)) == 10


SERVED = [
    ("rtmp", "/live/x", (*_FAST, "-f", "flv", "-listen", "1")),
    ("tcp", "?listen=1", (*_FAST, "-f", "mpegts")),
]


@pytest.mark.parametrize(("scheme", "path", "options"), SERVED)
def test_a_server_of_each_scheme_is_read(feed: Feed, scheme: str, path: str, options: tuple[str, ...]) -> None:
    port = free_port()
    feed(f"{scheme}://127.0.0.1:{port}{path}", *options)
    assert frames_of(f"{scheme}://127.0.0.1:{port}{path.partition('?')[0]}") == 10


def test_an_rtmp_server_is_read_behind_tls(feed: Feed) -> None:
    port = free_port()
    feed(f"rtmp://127.0.0.1:{port}/live/x", *SERVED[0][2])
    with tls_in_front_of(port) as outside:
        assert frames_of(f"rtmps://127.0.0.1:{outside}/live/x") == 10


@pytest.mark.parametrize(
    ("content_type", "options"),
    [
        ("video/mp2t", (*_FAST, "-f", "mpegts")),
        ("multipart/x-mixed-replace;boundary=ffmpeg", ("-f", "mpjpeg")),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_web_server_is_read(content_type: str, options: tuple[str, ...], tls: bool) -> None:
    with streaming(content_type, *options) as port:
        if not tls:
            assert frames_of(f"http://127.0.0.1:{port}/x") == 10
            return
        with tls_in_front_of(port) as outside:
            assert frames_of(f"https://127.0.0.1:{outside}/x") == 10


@pytest.mark.parametrize("transport", ["TCP", "UDP"])
def test_an_rtsp_server_is_read_by_whatever_transport_it_offers(transport: str) -> None:
    with RtspServer(transport) as server:
        assert frames_of(f"rtsp://127.0.0.1:{server.port}/live") == 10


def test_multicast_is_asked_for_when_nothing_else_is_offered() -> None:
    with RtspServer("none") as server:
        source = NetworkStream(identify(f"rtsp://127.0.0.1:{server.port}/live"))
        with pytest.raises(SourceError, match=r"none of the transports TCP, UDP and multicast \(461\)"):
            source.open()
        assert server.asked[:3] == ["TCP", "UDP", "UDP_MCAST"]


def test_an_rtsp_server_is_read_behind_tls() -> None:
    with RtspServer() as server, tls_in_front_of(server.port) as outside:
        assert frames_of(f"rtsps://127.0.0.1:{outside}/live") == 10


def test_no_scheme_is_accepted_that_is_not_tried_here() -> None:
    tried = {"udp", "rtp", "rtsp", "rtsps"} | {item[0] for item in SERVED} | {"rtmps", "http", "https"}
    assert set(SCHEMES) == tried
