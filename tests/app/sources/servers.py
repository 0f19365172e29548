"""Loopback servers for the tests of addresses."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.app.sources.ffmpeg import STREET, ffmpeg

CERTIFICATE = Path(__file__).with_name("loopback.pem")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tls_in_front_of(port: int) -> Iterator[int]:
    """Take TLS connections with a certificate nobody signed and pass them on to a port; yields the port of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepting = threading.Thread(target=_accept, args=(server, context, port), daemon=True)
        accepting.start()
        yield int(server.getsockname()[1])


@contextmanager
def streaming(content_type: str, *options: str) -> Iterator[int]:
    """Serve a moving test picture in real time to whoever asks, without a length; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            words = [ffmpeg(), "-v", "error", "-re", "-f", "lavfi", "-i", STREET, *options, "-"]
            with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
                assert process.stdout is not None
                with suppress(OSError):
                    while data := process.stdout.read1(4096):  # type: ignore[attr-defined]  # of a buffered pipe
                        self.wfile.write(data)
                process.kill()

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        yield port


@contextmanager
def answering(status: int, content_type: str = "text/plain", body: bytes = b"no") -> Iterator[int]:
    """Serve one answer to whatever is asked; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        yield port


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Run a web server while the body runs; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _accept(server: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = server.accept()
        except OSError:
            return
        with suppress(OSError):
            outside = context.wrap_socket(plain, server_side=True)
            inside = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((outside, inside), (inside, outside)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.close()
