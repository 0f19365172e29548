"""Tiny clips for the tests, made with cv2 alone; MP4 boxes are patched for what cv2 cannot write."""

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def write_clip(path: Path, frames: int = 20, fps: float = 10, size: tuple[int, int] = (160, 120)) -> Path:
    """A clip whose frame i is grey of level 5 + 10 * i (mod 250), with a white corner at the top left."""
    code = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, fps, size)
    assert writer.isOpened()
    for i in range(frames):
        image = np.full((size[1], size[0], 3), 5 + 10 * i % 250, np.uint8)
        image[: size[1] // 4, : size[0] // 4] = 255
        writer.write(image)
    writer.release()
    return path


def set_rotation(path: Path, degrees: int) -> None:
    """Write a rotation tag, as phones do: the matrix of the track header (ISO/IEC 14496-12, tkhd)."""
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    matrix = at + (52 if data[at] == 1 else 40)
    one = 0x10000
    data[matrix : matrix + 36] = struct.pack(">9i", cos * one, sin * one, 0, -sin * one, cos * one, 0, 0, 0, 0x40000000)
    path.write_bytes(data)


def set_creation_time(path: Path, seconds_since_1904: int) -> None:
    """Write the movie header's creation time."""
    data = bytearray(path.read_bytes())
    at = data.index(b"mvhd") + 8
    data[at : at + 4] = struct.pack(">I", seconds_since_1904)
    path.write_bytes(data)


def set_durations(path: Path, factors: Sequence[int]) -> None:
    """Make the frame rate vary: frame i is shown factors[i] times as long as before (a new stts box)."""
    data = path.read_bytes()
    start = data.index(b"stts") - 4
    size, _, _, entries, _, delta = struct.unpack(">I4sIIII", data[start : start + 24])
    assert entries == 1, "cv2 was expected to write one run of equal durations"
    runs = b"".join(struct.pack(">II", 1, delta * factor) for factor in factors)
    box = struct.pack(">I4sII", 16 + len(runs), b"stts", 0, len(factors)) + runs
    grown = len(box) - size
    patched = bytearray(data[:start] + box + data[start + size :])
    for name in _CONTAINERS:
        at = data.index(name) - 4
        patched[at : at + 4] = struct.pack(">I", struct.unpack(">I", data[at : at + 4])[0] + grown)
    total = sum(factors) * delta
    _set_duration(patched, b"mdhd", 16, total)
    path.write_bytes(patched.replace(b"edts", b"free"))  # the edit list still has the old duration


def _set_duration(data: bytearray, name: bytes, offset: int, duration: int) -> None:
    at = data.index(name) + 4 + offset
    data[at : at + 4] = struct.pack(">I", duration)
