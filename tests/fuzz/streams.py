"""What a camera answers: RTSP, and pictures over HTTP."""

import socket
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import picture, taken

_NEXT = b"\n--the next answer--\n"
_SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 26\r\n"
    b"a=rtpmap:26 JPEG/90000\r\na=framerate:10\r\na=control:track1\r\n"
)


class _Camera:
    """Gives each request the next of a list of answers, and hangs up after the last."""

    def __init__(self) -> None:
        self.answers: Sequence[bytes] = ()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.place = "{}:{}".format(*self._server.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            peer = self._server.accept()[0]
            answers = list(self.answers)
            with peer:
                try:
                    peer.settimeout(0.1)
                    while answers and peer.recv(65536):
                        peer.sendall(answers.pop(0))
                except OSError:
                    pass  # the other side has hung up


@cache
def _camera() -> _Camera:
    return _Camera()


def _rtsp_seeds(_: Path) -> list[bytes]:
    def answer(number: int, head: bytes, body: bytes = b"") -> bytes:
        length = b"Content-Length: %d\r\n" % len(body) if body else b""
        return b"RTSP/1.0 200 OK\r\nCSeq: %d\r\n%s%s\r\n%s" % (number, head, length, body)

    scan = bytes((0, 0, 0, 0, 1, 60, 8, 6)) + picture(".jpg")[600:]
    packets = b"".join(
        b"$\x00"
        + (len(scan) + 12).to_bytes(2, "big")
        + bytes((0x80, 0x9A, 0, n))
        + bytes((0, 0, 0, n))
        + bytes(4)
        + scan
        for n in range(8)
    )
    talk = (
        answer(1, b"Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"),
        answer(2, b"Content-Type: application/sdp\r\nContent-Base: rtsp://127.0.0.1/x/\r\n", _SDP),
        answer(3, b"Session: 1234;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
        answer(4, b"Session: 1234\r\nRange: npt=0-\r\nRTP-Info: url=rtsp://127.0.0.1/x/track1;seq=0\r\n") + packets,
    )
    refused = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="x", nonce="1"\r\n\r\n'
    moved = b"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: file:///etc/passwd\r\n\r\n"
    return [_NEXT.join(talk), _NEXT.join((refused, *talk)), _NEXT.join((moved, *talk))]


def _http_seeds(_: Path) -> list[bytes]:
    image = picture(".jpg")
    part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(image), image)
    return [
        b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n" + part * 8,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: image/jpeg\r\n\r\n%x\r\n" % len(image) + image,
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n",
    ]


def _feed(scheme: str, data: bytes) -> bool:
    from app.sources.identify import identify
    from app.sources.source import SourceError
    from app.sources.stream import NetworkStream

    def read(address: str) -> None:
        with closing(NetworkStream(identify(address))) as source:
            source.open()
            source.read()

    camera = _camera()
    camera.answers = data.split(_NEXT)
    return taken(f"{scheme}://{camera.place}/x", read, SourceError)


TARGETS: Sequence[Target] = (
    Target("rtsp", _rtsp_seeds, lambda data, _: _feed("rtsp", data), native=True),
    Target("http", _http_seeds, lambda data, _: _feed("http", data), native=True),
)
