"""Addresses as people write and paste them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.address import SCHEMES, parse_address
from app.sources.source import SourceError


@pytest.mark.parametrize(
    ("text", "user", "password", "host", "port", "rest"),
    [
        ("rtsp://10.0.0.5/stream1", "", "", "10.0.0.5", None, "/stream1"),
        ("RTSP://Admin:Secret@cam.local:8554/a?b=1#c", "Admin", "Secret", "cam.local", 8554, "/a?b=1#c"),
        ("http://admin:p@ss:w/o#r?d%1@127.0.0.1:8081/video", "admin", "p@ss:w/o#r?d%1", "127.0.0.1", 8081, "/video"),
        ("rtsp://admin:a/b@cam/1", "admin", "a/b", "cam", None, "/1"),
        ("rtsp://admin:p%40ss@cam/1", "admin", "p@ss", "cam", None, "/1"),
        ("rtsp://admin:100%@cam/1", "admin", "100%", "cam", None, "/1"),
        ("rtsp://admin:@cam/1", "admin", "", "cam", None, "/1"),
        ("rtsp://admin@cam/1", "admin", "", "cam", None, "/1"),
        ("http://cam:8080/snap.jpg?mail=a@b", "", "", "cam", 8080, "/snap.jpg?mail=a@b"),
        ("rtsp://u:pw@192.168.1.5/live?user=a@b.c", "u", "pw", "192.168.1.5", None, "/live?user=a@b.c"),
        ("rtsp://u:pw@[fe80::1]:554/x", "u", "pw", "[fe80::1]", 554, "/x"),
        ("udp://@:5004", "", "", "", 5004, ""),
        ("udp://@239.1.1.1:5004", "", "", "239.1.1.1", 5004, ""),
        ("rtp://127.0.0.1:5006", "", "", "127.0.0.1", 5006, ""),
    ],
)
def test_an_address_is_taken_apart(text: str, user: str, password: str, host: str, port: int, rest: str) -> None:
    found = parse_address(text)
    parts = (found.user, found.password, found.host, found.port, found.rest)
    assert parts == (user, password, host, port, rest)


def test_a_plain_login_is_escaped_for_ffmpeg() -> None:
    assert parse_address("http://u:p@ss:w/o#r?d%1@h:1/x").url == "http://u:p%40ss%3Aw%2Fo%23r%3Fd%251@h:1/x"
    assert parse_address("udp://@:5004").url == "udp://:5004"
    assert "secret" not in parse_address("rtsp://u:secret@h/x").bare


@given(st.text(min_size=1, max_size=12), st.sampled_from(["10.0.0.5", "cam.local", "[::1]", "cam:8080"]))
def test_a_login_that_is_escaped_comes_back_whole(password: str, host: str) -> None:
    found = parse_address(f"rtsp://admin:{quote(password, safe='')}@{host}/live")
    assert (found.user, found.password, found.rest) == ("admin", password, "/live")
    assert parse_address(found.url) == found


@pytest.mark.parametrize("scheme", ["srt", "rist", "webrtc", "smb", "sftp", "rtps", "whatever"])
def test_a_scheme_that_cannot_be_read_is_refused_by_name_with_what_helps(scheme: str) -> None:
    words = rf"{scheme}:// (cannot be read by this build; \w+|is not known here)"
    with pytest.raises(SourceError, match=words) as told:
        parse_address(f"{scheme}://u:hunter2@cam.local:9999/x")
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("text", ["rtsp://", "http:///x", "rtsp://cam:99999/x", "tcp://:1"])
def test_an_address_without_a_host_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="no host in this address; write it as"):
        parse_address(text)


@given(st.sampled_from(SCHEMES), st.text(max_size=40))
def test_any_text_is_an_address_or_refused(scheme: str, rest: str) -> None:
    try:
        parse_address(f"{scheme}://{rest}")
    except SourceError:
        return
