"""What a file is, told by its first bytes."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pil

from app.sources.file_kind import FileKind, kind_of_bytes, kind_of_file
from tests.app.sources.clips import write_clip

SCENE = np.full((48, 64, 3), 90, np.uint8)


def packed(form: str, **options: object) -> bytes:
    file = BytesIO()
    Pil.fromarray(SCENE).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "JPEG2000", "AVIF"])
def test_pictures_are_known_under_any_name(tmp_path: Path, form: str) -> None:
    path = tmp_path / "saved by a browser"
    path.write_bytes(packed(form))
    assert kind_of_file(path) is FileKind.PICTURE


@pytest.mark.parametrize("ending", [".mp4", ".avi", ".mkv", ".ts", ".mpg", ".mov"])
def test_videos_are_known_under_any_name(tmp_path: Path, ending: str) -> None:
    path = write_clip(tmp_path / f"clip{ending}").rename(tmp_path / "no ending")
    assert kind_of_file(path) is FileKind.VIDEO


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x01\x67\x64\0\x1f",  # H.264: a sequence parameter set
        b"\0\0\0\x01\x09\xf0\0\0\0\x01\x67",  # H.264: an access unit delimiter
        b"\0\0\x01\x67\x64\0\x1f",
        b"\0\0\0\x01\x40\x01\x0c\x01",  # H.265: a video parameter set
        b"DHAV\xfd\0\0\0",
    ],
)
def test_streams_without_a_container_are_videos(head: bytes) -> None:
    assert kind_of_bytes(head) is FileKind.VIDEO


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"plate,time\nAB12,2026\n",
        b"PK\x03\x04\x14\0",
        b"%PDF-1.7\n",
        b"BM is a company",
        b"P3",
        b"ID3\x04\0",
        b"RIFF\x24\0\0\0WAVEfmt ",
    ],
)
def test_all_else_is_neither(head: bytes) -> None:
    assert kind_of_bytes(head) is FileKind.OTHER


def test_a_file_that_cannot_be_read_is_neither(tmp_path: Path) -> None:
    assert kind_of_file(tmp_path / "gone.jpg") is FileKind.OTHER


@given(st.binary(max_size=600))
def test_any_bytes_are_of_some_kind(head: bytes) -> None:
    assert kind_of_bytes(head) in FileKind
