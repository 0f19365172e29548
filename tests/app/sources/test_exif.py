"""When a photograph was taken."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pil

from app.sources.exif import parse_exif_time, taken_at
from app.sources.frame import WallClock
from app.sources.identify import identify
from app.sources.picture_file import PictureFile


def photograph(form: str = "JPEG", time: str = "2023:07:14 09:15:02", zone: str = "+02:00") -> bytes:
    exif = Pil.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update({0x9003: time, 0x9011: zone} if zone else {0x9003: time})
    file = BytesIO()
    Pil.new("RGB", (64, 48)).save(file, form, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_time_of_a_photograph_comes_with_its_offset(form: str, tmp_path: Path) -> None:
    path = tmp_path / "gate"
    path.write_bytes(photograph(form))
    info = PictureFile(identify(str(path))).open()
    assert info.start == datetime(2023, 7, 14, 7, 15, 2, tzinfo=UTC)
    assert info.clock is WallClock.EXIF
    given = datetime(2025, 1, 1, tzinfo=UTC)
    info = PictureFile(identify(str(path)), given).open()
    assert (info.start, info.clock) == (given, WallClock.GIVEN), "the user knows best"


def test_a_time_without_offset_is_a_local_one() -> None:
    taken = taken_at(photograph(zone=""))
    assert taken is not None and taken.when == datetime(2023, 7, 14, 9, 15, 2).astimezone()


@pytest.mark.parametrize("text", ["", "0000:00:00 00:00:00", "1980:01:01 00:00:00", "2023:13:40 09:00:00", "yesterday"])
def test_a_default_is_no_time(text: str) -> None:
    assert parse_exif_time(text) is None


def test_nor_is_the_future() -> None:
    assert parse_exif_time((datetime.now() + timedelta(days=3)).strftime("%Y:%m:%d %H:%M:%S")) is None


def test_broken_data_have_no_time() -> None:
    data = photograph()
    at = data.index(b"Exif") + 6
    for place in range(at, at + 60):
        taken_at(data[:place] + b"\xff" + data[place + 1 :])
        taken_at(data[:place])
