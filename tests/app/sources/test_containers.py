"""What containers tell: dates, tracks, rates."""

import struct
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sources.containers.avi import parse_avi_date, read_avi
from app.sources.containers.matroska import read_matroska
from app.sources.containers.mp4 import read_mp4
from app.sources.containers.mpeg import read_transport_stream
from app.sources.containers.parameter_sets import h264_rate, h265_rate
from app.sources.containers.read import read_facts
from tests.app.sources.ffmpeg import STREET, make

DATE = ("-metadata", "creation_time=2023-07-14T09:15:02+02:00")
WHEN = datetime(2023, 7, 14, 7, 15, 2, tzinfo=UTC)
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
TWO = ("-f", "lavfi", "-t", "3", "-i", STREET, "-map", "0:v", "-map", "1:v")


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
def test_the_date_of_a_container_is_found(tmp_path: Path, ending: str) -> None:
    assert read_facts(make(tmp_path / f"x{ending}", *H264, *DATE)).created == WHEN


def test_quicktimes_own_date_has_the_offset_of_the_place(tmp_path: Path) -> None:
    words = ("-movflags", "use_metadata_tags", "-metadata", "com.apple.quicktime.creationdate=2023-07-14T09:15:02+0200")
    created = read_facts(
        make(tmp_path / "x.mov", *H264, *words, "-metadata", "creation_time=2020-01-01T00:00:00Z")
    ).created
    assert created == WHEN and created.utcoffset() == timedelta(hours=2)


def test_a_tag_of_matroska_says_when_it_was_recorded(tmp_path: Path) -> None:
    path = make(tmp_path / "x.mkv", *H264, "-metadata", "DATE_RECORDED=2023-07-14T09:15:02+02:00")
    assert read_facts(path).created == WHEN
    assert read_facts(make(tmp_path / "y.mkv", *H264, "-metadata", "DATE_RECORDED=2023-07-14")).created is None


def test_the_date_of_an_avi_is_a_local_one() -> None:
    text = b"FRI Jul 14 09:15:02 2023\n\0"
    header = b"hdrl" + b"IDIT" + struct.pack("<I", len(text)) + text
    data = b"RIFF\0\0\0\0AVI LIST" + struct.pack("<I", len(header)) + header
    assert read_avi(BytesIO(data), len(data)).created == datetime(2023, 7, 14, 9, 15, 2)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Fri Jul 14 09:15:02 2023", datetime(2023, 7, 14, 9, 15, 2)),
        ("2023/07/14 09:15:02", datetime(2023, 7, 14, 9, 15, 2)),
        ("2023-07-14T09:15:02", datetime(2023, 7, 14, 9, 15, 2)),
        ("2023-07-14", None),
        ("Fri Foo 99 09:15:02 2023", None),
    ],
)
def test_dates_as_avi_files_write_them(text: str, when: datetime | None) -> None:
    assert parse_avi_date(text) == when


def test_the_date_that_avchd_cameras_put_beside_the_pictures() -> None:
    fields = b"\x18\x04\x20\x23\x07" + b"\x19\x14\x09\x15\x02"
    message = b"MDPM" + bytes([2]) + fields
    packet = (b"\x47\x41\x00\x10" + message).ljust(188, b"\xff")
    facts = read_transport_stream(BytesIO(packet * 4), 0)
    assert facts.created == datetime(2023, 7, 14, 9, 15, 2, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts", ".avi", ".m2ts"])
def test_video_tracks_are_counted(tmp_path: Path, ending: str) -> None:
    assert read_facts(make(tmp_path / f"one{ending}", *H264)).tracks == 1
    assert read_facts(make(tmp_path / f"two{ending}", *TWO, *H264, *("-streamid", "1:4200"))).tracks == 2


def test_a_cover_is_no_track(tmp_path: Path) -> None:
    cover = ("-f", "lavfi", "-i", "color=red:size=32x32:rate=1:duration=1", "-map", "0:v", "-map", "1:v")
    words = (
        *cover,
        *H264,
        "-c:v:1",
        "mjpeg",
        "-pix_fmt:v:1",
        "yuvj420p",
        "-frames:v:1",
        "1",
        "-disposition:v:1",
        "attached_pic",
    )
    assert read_facts(make(tmp_path / "x.mp4", *words)).tracks == 1


@pytest.mark.parametrize(("codec", "form"), [("libx264", "h264"), ("libx265", "hevc")])
@pytest.mark.parametrize("rate", ["12", "25", "30000/1001"])
def test_the_rate_in_the_header_of_a_bare_stream(tmp_path: Path, codec: str, form: str, rate: str) -> None:
    in_all_headers = (f"-bsf:v hevc_metadata=tick_rate={rate}").split() if form == "hevc" else ()
    path = make(
        tmp_path / "x", "-r", rate, "-c:v", codec, "-pix_fmt", "yuv420p", *in_all_headers, "-f", form, seconds=1
    )
    top, _, bottom = rate.partition("/")
    assert read_facts(path).fps == pytest.approx(int(top) / int(bottom or 1), rel=1e-4)


def test_where_the_header_names_none_it_is_said_to_be_guessed(tmp_path: Path) -> None:
    path = make(tmp_path / "x.h264", *H264, "-bsf:v", "h264_metadata=tick_rate=0", seconds=1)
    path.write_bytes(b"\0\0\0\x01\x67\x42\0\x1e\xf4\x05\x01\xec\x80" + path.read_bytes()[40:])
    facts = read_facts(path)
    assert facts.fps == 25 and "25 a second are guessed" in facts.notes[0]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    h264_rate(data)
    h264_rate(b"\x67" + data)
    h265_rate(b"\x40\x01" + data)
    for head in (b"\0\0\0\x18ftyp", b"\x1aE\xdf\xa3\x80\x18S\x80g\xff", b"RIFF\0\0\0\0AVI "):
        whole = BytesIO(head + data)
        for read in (read_mp4, read_matroska, read_avi):
            assert read(whole, len(head) + len(data)).tracks >= 1
    assert read_transport_stream(BytesIO(data * 3), 0).tracks >= 1
