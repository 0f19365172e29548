"""Why an address could not be opened, in words."""

import socket
from collections.abc import Iterator

import pytest

from app.sources.address import Address, parse_address
from app.sources.failure_reason import authorization, explain_failure, status_words
from app.sources.identify import identify
from app.sources.source import SourceError
from app.sources.stream import NetworkStream
from tests.app.sources.rtsp import RtspServer
from tests.app.sources.servers import answering, free_port

PLAIN_PASSWORD = "p@ss:w/o#r?d%1"


def reason(address: str) -> str:
    with pytest.raises(SourceError) as told:
        NetworkStream(identify(address)).open()
    assert PLAIN_PASSWORD not in str(told.value) and "hunter2" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp", "http", "tcp"])
def test_a_port_where_nobody_listens_refuses(scheme: str) -> None:
    port = free_port()
    assert f"127.0.0.1:{port} refused it; check the port" in reason(f"{scheme}://127.0.0.1:{port}/x")


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_host_that_nobody_knows_is_named(scheme: str) -> None:
    assert "no host is called nowhere.invalid" in reason(f"{scheme}://u:hunter2@nowhere.invalid/x")


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("", "it asks for a user and a password (401)"),
        ("admin:hunter2@", "the user or the password is wrong (401)"),
        (f"admin:{PLAIN_PASSWORD}@", "the stream is there but sends nothing"),
    ],
)
def test_an_rtsp_server_says_why(login: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.stream.OPEN_TIMEOUT_S", 2.0)
    with RtspServer(user="admin", password=PLAIN_PASSWORD, silent=True) as server:
        assert words in reason(f"rtsp://{login}127.0.0.1:{server.port}/live")


def test_an_rtsp_path_that_is_not_there_is_told() -> None:
    with RtspServer() as server:
        assert "it has no such stream; check the path (404)" in reason(f"rtsp://127.0.0.1:{server.port}/other")


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_web_server_says_why(status: int) -> None:
    with answering(status) as port:
        assert status_words(status, False) in reason(f"http://127.0.0.1:{port}/x")


def test_a_page_is_no_video() -> None:
    with answering(200, "text/html", b"<html>Log in</html>" * 9) as port:
        assert "gives a page (text/html) and no video" in reason(f"http://127.0.0.1:{port}/x")


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "tcp"])
def test_one_that_never_says_a_word_is_told(scheme: str, silent_port: int) -> None:
    words = explain_failure(parse_address(f"{scheme}://127.0.0.1:{silent_port}/x"), 0.2)
    assert words.startswith("no connection: ")


def test_a_digest_is_that_of_the_standard() -> None:
    """The example of RFC 2617, section 3.5, without what is chosen by chance."""
    challenge = 'WWW-Authenticate: Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"\r\n'
    address = Address("http", "Mufasa", "Circle Of Life", "h", None, "/")
    answer = authorization(challenge, "GET", "/dir/index.html", address)
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in answer
    assert authorization('WWW-Authenticate: Basic realm="x"', "GET", "/", address).startswith("Basic ")
