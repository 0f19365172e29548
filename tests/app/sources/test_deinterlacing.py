"""Interlaced video: found by its lines, and read by one field."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.sources.containers.read import read_facts
from app.sources.deinterlacing import Deinterlacer, is_combed, upper_field
from app.sources.identify import identify
from app.sources.video_file import VideoFile
from tests.app.sources.ffmpeg import make

TEXTURE = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8), (0, 0), 2)
MOVING = "testsrc2=size=320x240:rate=50"
TWO_FIELDS = ("-vf", "interlace=lowpass=off:scan=tff", "-flags", "+ilme+ildct")
CODECS = {
    ".mp4": ("-c:v", "libx264", "-x264-params", "tff=1", "-pix_fmt", "yuv420p"),
    ".mkv": ("-c:v", "libx264", "-x264-params", "tff=1", "-pix_fmt", "yuv420p"),
    ".ts": ("-c:v", "libx264", "-x264-params", "tff=1", "-pix_fmt", "yuv420p"),
    ".avi": ("-c:v", "libx264", "-x264-params", "tff=1", "-pix_fmt", "yuv420p"),
    ".mpg": ("-c:v", "mpeg2video", "-b:v", "4M", "-pix_fmt", "yuv420p"),
}


def combed(shift: int, rows: slice = slice(None)) -> np.ndarray:
    image = TEXTURE.copy()
    other = np.roll(TEXTURE, shift, axis=1)
    image[rows][1::2] = other[rows][1::2]
    return image


def test_what_moves_between_the_fields_is_combed_and_what_stands_is_not() -> None:
    assert is_combed(combed(9))
    assert is_combed(combed(9, slice(96, 160))), "a part is enough"
    assert not is_combed(TEXTURE) and not is_combed(np.zeros((240, 320, 3), np.uint8))


def test_noise_and_stripes_are_not_combed() -> None:
    noise = np.random.default_rng(4).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    stripes = np.zeros((240, 320, 3), np.uint8)
    stripes[::4] = stripes[1::4] = 255
    assert not is_combed(noise) and not is_combed(stripes)


def test_one_field_is_taken_as_high_as_the_frame() -> None:
    image = combed(9)
    cleaned = Deinterlacer().clean(image)
    assert cleaned.shape == image.shape and not is_combed(cleaned)
    assert np.abs(cleaned.astype(int) - TEXTURE).mean() < 4 < np.abs(image.astype(int) - TEXTURE).mean()
    assert Deinterlacer().clean(TEXTURE) is TEXTURE
    assert upper_field(image).shape == image.shape


@pytest.mark.parametrize("ending", sorted(CODECS))
def test_interlaced_recordings_are_read(tmp_path: Path, ending: str) -> None:
    path = make(tmp_path / f"x{ending}", *TWO_FIELDS, *CODECS[ending], seconds=1, picture=MOVING)
    assert read_facts(path).interlaced
    source = VideoFile(identify(str(path)))
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame.image)
    source.close()
    assert len(frames) == 25
    assert all(image.mean() > 40 for image in frames), "none is as the memory was"
    assert not any(is_combed(image) for image in frames)
    plain = make(tmp_path / f"plain{ending}", *CODECS[ending][:2], "-pix_fmt", "yuv420p", seconds=1, picture=MOVING)
    assert read_facts(plain).interlaced is (ending == ".mpg")
