"""A small RTSP server on a loopback port (RFC 2326): one stream, over the transports that a test lets it offer."""

import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.app.sources.ffmpeg import make

_TS_BYTES = 7 * 188  # transport stream packets in one RTP packet (RFC 2250)
_PAYLOAD = 33
_REALM, _NONCE = "camera", "0123456789abcdef"
_WORDS = {200: "OK", 401: "Unauthorized", 404: "Stream Not Found", 461: "Unsupported Transport"}


@cache
def _stream() -> bytes:
    """Return six seconds of a test picture as a transport stream."""
    with TemporaryDirectory() as folder:
        options = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "6", "-pix_fmt", "yuv420p", "-f", "mpegts")
        return make(Path(folder, "x.ts"), *options, seconds=6).read_bytes()


class RtspServer:
    """Serves rtsp://127.0.0.1:PORT/live over one transport, TCP or UDP, and keeps what was asked for."""

    def __init__(self, transport: str = "TCP", user: str = "", password: str = "", silent: bool = False) -> None:
        """silent: it agrees to everything and sends nothing."""
        self._transport = transport
        self._login = (user, password)
        self._silent = silent
        self.asked: list[str] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> "RtspServer":
        _stream()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with link, suppress(OSError, ValueError):
            send: Any = None
            for method, url, headers in _requests(link):
                status, lines, body = 200, ["Session: 1"], b""
                if not self._allows(method, headers):
                    status, lines = 401, [f'WWW-Authenticate: Digest realm="{_REALM}", nonce="{_NONCE}"']
                elif "/live" not in url:
                    status = 404
                elif method == "DESCRIBE":
                    lines += [f"Content-Base: {url}/", "Content-Type: application/sdp"]
                    body = f"v=0\r\ns=x\r\nm=video 0 RTP/AVP {_PAYLOAD}\r\na=control:track1\r\n".encode()
                elif method == "SETUP":
                    send, transport = self._set_up(link, headers.get("transport", ""))
                    status, lines = (200, [*lines, f"Transport: {transport}"]) if send else (461, lines)
                self._answer(link, headers, status, lines, body)
                if method == "PLAY" and status == 200 and not self._silent:
                    threading.Thread(target=_play, args=(send,), daemon=True).start()

    def _set_up(self, link: socket.socket, asked: str) -> tuple[Any, str]:
        """Return how a packet is sent, and the transport agreed on; None where it is not offered."""
        wanted = "TCP" if "/TCP" in asked else "UDP_MCAST" if "multicast" in asked else "UDP"
        self.asked.append(wanted)
        if wanted != self._transport:
            return None, ""
        if wanted == "TCP":
            return (lambda data: link.sendall(struct.pack(">cBH", b"$", 0, len(data)) + data)), asked
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found = re.search(r"client_port=(\d+)-(\d+)", asked)
        assert found is not None
        udp.bind(("127.0.0.1", 0))
        own = udp.getsockname()[1]
        place = ("127.0.0.1", int(found[1]))
        return (lambda data: udp.sendto(data, place)), f"{asked};server_port={own}-{own + 1}"

    def _allows(self, method: str, headers: dict[str, str]) -> bool:
        user, password = self._login
        if not user or method == "OPTIONS":
            return True
        given = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("authorization", "")))
        hashed = [_md5(f"{user}:{_REALM}:{password}"), _md5(f"{method}:{given.get('uri', '')}")]
        return given.get("response") == _md5(f"{hashed[0]}:{_NONCE}:{hashed[1]}")

    @staticmethod
    def _answer(link: socket.socket, headers: dict[str, str], status: int, lines: list[str], body: bytes) -> None:
        first = [f"RTSP/1.0 {status} {_WORDS[status]}", f"CSeq: {headers.get('cseq', '0')}"]
        length = [f"Content-Length: {len(body)}"] if body else []
        link.sendall("\r\n".join([*first, *lines, *length, "", ""]).encode() + body)


def _requests(link: socket.socket) -> Iterator[tuple[str, str, dict[str, str]]]:
    data = b""
    while True:
        while data.startswith(b"$") and len(data) >= 4 + int.from_bytes(data[2:4]):  # reports of the viewer
            data = data[4 + int.from_bytes(data[2:4]) :]
        head, end, rest = data.partition(b"\r\n\r\n")
        if end and not data.startswith(b"$"):
            first, *lines = head.decode().split("\r\n")
            method, url, _ = first.split(" ")
            yield method, url, {key.lower(): value for key, _, value in (line.partition(": ") for line in lines)}
            data = rest
            continue
        more = link.recv(65536)
        if not more:
            return
        data += more


def _play(send: Any) -> None:
    """Send the stream again and again at about the speed at which it was made."""
    stream = _stream()
    packets = [stream[at : at + _TS_BYTES] for at in range(0, len(stream), _TS_BYTES)]
    sequence = 0
    with suppress(OSError):
        for _ in range(20):
            for packet in packets:
                stamp = round(90_000 * sequence * 6 / len(packets)) & 0xFFFFFFFF
                send(struct.pack(">BBHII", 0x80, _PAYLOAD, sequence & 0xFFFF, stamp, 7) + packet)
                sequence += 1
                time.sleep(6 / len(packets))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
