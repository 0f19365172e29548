import resource
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.sources.identify import identify
from app.sources.picture_file import PictureFile
from app.sources.source import SourceError


def test_a_picture_is_one_still_frame(tmp_path: Path) -> None:
    path = tmp_path / "ü.png"
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :30] = (10, 200, 90)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    source = PictureFile(identify(str(path)))
    info = source.open()
    frame = source.read()
    assert frame is not None and frame.is_still and np.array_equal(frame.image, image)
    assert source.read() is None and info.duration_s is None


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    with pytest.raises(SourceError, match=r"broken\.jpg: not a picture"):
        PictureFile(identify(str(path))).open()


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(tmp_path: Path) -> None:
    width, height = 16_000, 14_000  # one bit a pixel and all the same: 27 kB that would become 672 MB
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes((width // 8 + 1) * height))), (b"IEND", b""))
    packed = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    with pytest.raises(SourceError, match=r"bomb\.png"):
        PictureFile(identify(str(path))).open()


def test_a_picture_whose_part_claims_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    sound = cv2.imencode(".png", np.zeros((24, 40, 3), np.uint8))[1].tobytes()
    at = sound.index(b"IDAT") - 4
    path = tmp_path / "greedy.png"
    path.write_bytes(sound[:at] + struct.pack(">I", 2_000_000_000) + sound[at + 4 :])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match=r"greedy\.png"):
        PictureFile(identify(str(path))).open()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kB"
