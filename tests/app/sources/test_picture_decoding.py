"""Pictures of every kind that people have."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil
from PIL import ImageDraw

from app.sources.animation import MOST_PAGES
from app.sources.identify import expand, identify
from app.sources.picture_decoding import PictureError, count_pages, decode_picture
from app.sources.picture_file import PictureFile
from app.sources.source import SourceError, SourceKind
from app.sources.video_file import VideoFile

SIZE = (160, 120)
FORMATS = ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF", "HEIF"]


def scene(shift: int = 0) -> Pil.Image:
    """A picture with a red block at the top left and a smooth ground."""
    picture = Pil.fromarray(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))
    ImageDraw.Draw(picture).rectangle((10 + shift, 10, 50 + shift, 40), fill=(220, 30, 20))
    return picture


def packed(form: str, picture: Pil.Image | None = None, **options: object) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    file = BytesIO()
    (picture or scene()).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "JPEG2000", "AVIF", "HEIF"])
def test_every_format_gives_the_same_picture(form: str) -> None:
    image = decode_picture(packed(form)).image
    assert image.shape == (120, 160, 3) and image.dtype == np.uint8
    blue, green, red = image[20:30, 20:40].reshape(-1, 3).mean(axis=0)
    assert red > 180 and green < 70 and blue < 70
    assert image[80:, 80:].mean() == pytest.approx(90, abs=4)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_every_format_is_turned_upright(form: str) -> None:
    exif = Pil.Exif()
    exif[0x0112] = 6
    image = decode_picture(packed(form, exif=exif)).image
    assert image.shape == (160, 120, 3)
    assert image[15:45, 85:105, 2].mean() > 180, "the block at the top left is now at the top right"


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "PPM"])
def test_deep_pictures_are_scaled_by_the_bits_they_use(bits: int, form: str) -> None:
    plain = np.asarray(scene().convert("L")).astype(np.uint16)
    plain[0, 0] = 255
    deep = plain << (bits - 8)
    suffix = {"PNG": ".png", "TIFF": ".tiff", "PPM": ".pgm"}[form]
    picture = decode_picture(cv2.imencode(suffix, deep)[1].tobytes())
    assert np.abs(picture.image[:, :, 0].astype(int) - plain).max() <= 2


def test_what_is_scaled_is_said(tmp_path: Path) -> None:
    path = tmp_path / "thermal.png"
    path.write_bytes(cv2.imencode(".png", np.full((48, 64), 4000, np.uint16))[1].tobytes())
    assert PictureFile(identify(str(path))).open().notes == (f"{path}: 12 of its 16 bits are used: scaled by that",)


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP", "PNG", "AVIF", "HEIF"])
def test_pages_are_sources_of_their_own(tmp_path: Path, form: str) -> None:
    pages = [scene(), scene(50), scene(100)]
    path = tmp_path / "scan"
    path.write_bytes(packed(form, pages[0], save_all=True, append_images=pages[1:]))
    specs = expand(str(path))
    assert [spec.source_id for spec in specs] == [f"{path} (page {number})" for number in (1, 2, 3)]
    for spec, left in zip(specs, (10, 60, 110), strict=True):
        source = PictureFile(spec)
        source.open()
        frame = source.read()
        assert frame is not None and frame.is_still
        assert frame.image[20:30, left + 10 : left + 30, 2].mean() > 170


def test_a_preview_in_a_tiff_is_no_page() -> None:
    file = BytesIO()
    small = scene().resize((40, 30))
    scene().save(file, "TIFF", save_all=True, append_images=[small], tiffinfo={254: 0})
    data = file.getvalue()
    assert count_pages(data) == 2
    second = data.rindex(b"\xfe\x00\x04\x00\x01\x00\x00\x00")
    marked = data[: second + 8] + b"\x01" + data[second + 9 :]
    assert count_pages(marked) == 1


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a_long_animation_is_a_video_with_its_own_times(tmp_path: Path, form: str) -> None:
    pages = [scene(3 * number) for number in range(MOST_PAGES + 4)]
    path = tmp_path / "moving"
    path.write_bytes(packed(form, pages[0], save_all=True, append_images=pages[1:], duration=250))
    [spec] = expand(str(path))
    assert spec.kind is SourceKind.VIDEO and spec.source_id == str(path)
    source = VideoFile(spec)
    info = source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    assert info.frames == len(frames) == len(pages)
    assert [frame.media_time for frame in frames] == pytest.approx([number / 4 for number in range(len(pages))])
    assert not any(frame.is_still for frame in frames)
    source.seek(0.6)
    again = source.read()
    assert again is not None and np.array_equal(again.image, frames[2].image)
    source.close()


def test_a_cut_jpeg_is_read_as_far_as_it_goes_and_said_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    data = packed("JPEG", quality=95)
    path.write_bytes(data[: 3 * len(data) // 4])
    source = PictureFile(identify(str(path)))
    source.open()
    frame = source.read()
    assert frame is not None and frame.image[20:30, 20:40, 2].mean() > 180
    with pytest.raises(SourceError, match=r"cut\.jpg: the picture is cut off; what is there was read"):
        source.read()
    assert source.read() is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF", "HEIF"]), st.integers(0, 2000), st.binary(max_size=8)
)
def test_broken_pictures_are_read_or_refused(form: str, at: int, instead: bytes) -> None:
    data = packed(form)
    broken = data[:at] + instead + data[at + len(instead) :]
    try:
        assert decode_picture(broken).image.shape[2] == 3
    except PictureError:
        return
