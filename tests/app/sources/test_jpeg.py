"""JPEG files that are kept as they came."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pil

from app.sources.identify import identify
from app.sources.jpeg import bare
from app.sources.picture_file import PictureFile

PLACE = b"52.5200 N, 13.4050 E"
SCENE = cv2.GaussianBlur(np.random.default_rng(5).integers(0, 256, (90, 160, 3), dtype=np.uint8), (0, 0), 3)


def packed(
    mode: str = "RGB", orientation: int | None = 1, picture: NDArray[np.uint8] = SCENE, **options: object
) -> bytes:
    """A JPEG file with a place, a comment and an orientation in it."""
    exif = Pil.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    exif[0x010E] = PLACE.decode()
    file = BytesIO()
    Pil.fromarray(picture).convert(mode).save(file, "JPEG", exif=exif, comment=PLACE, **options)
    return file.getvalue()


def decoded(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_the_picture_stays_and_all_else_goes(mode: str, options: dict[str, object]) -> None:
    data = packed(mode, icc_profile=PLACE * 9, **options) + b"a film of it" + PLACE
    kept = bare(data)
    assert np.array_equal(decoded(kept), decoded(data))
    assert data.count(PLACE) > 9 and PLACE not in kept and b"Exif" not in kept
    assert bare(kept) == kept


def test_only_an_upright_picture_of_the_usual_kind_is_kept() -> None:
    assert bare(packed(orientation=None))
    assert bare(cv2.imencode(".jpg", SCENE)[1].tobytes())
    for orientation in (0, 3, 6, 8):
        assert bare(packed(orientation=orientation)) == b""
    assert bare(packed("CMYK")) == b""
    assert bare(cv2.imencode(".png", SCENE)[1].tobytes()) == b""
    assert bare(packed().replace(b"Exif\0\0MM", b"Exif\0\0??").replace(b"Exif\0\0II", b"Exif\0\0??")) == b""


@settings(max_examples=200)
@given(st.integers(0, 3000), st.binary(max_size=4), st.booleans())
def test_a_broken_file_is_none(at: int, instead: bytes, cut: bool) -> None:
    data = packed()
    broken = data[:at] if cut else data[:at] + instead + data[at + len(instead) :]
    kept = bare(broken)
    assert kept == b"" or ((not cut or len(data) <= at) and kept.endswith(b"\xff\xd9"))


def test_a_picture_file_gives_its_jpeg_where_that_is_no_larger_than_the_log_would_have_it(tmp_path: Path) -> None:
    noise = np.random.default_rng(6).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    files = {
        "plain.jpg": packed(),
        "turned.jpg": packed(orientation=6),
        "large.jpg": packed(picture=noise, quality=100),
    }
    frames = {}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        source = PictureFile(identify(str(tmp_path / name)))
        source.open()
        frames[name] = source.read()
    plain, turned, large = (frame for frame in frames.values() if frame is not None)
    assert plain.jpeg == bare(files["plain.jpg"]) != b""
    assert np.array_equal(decoded(plain.jpeg), plain.image)
    assert turned.jpeg == b"" and turned.image.shape == (160, 90, 3)
    assert large.jpeg == b"" != bare(files["large.jpg"])
