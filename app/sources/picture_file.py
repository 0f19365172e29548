"""A picture as a source of one frame."""

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.files import checked_file
from app.sources.frame import Frame, Image
from app.sources.jpeg import bare
from app.sources.source import SourceError, SourceInfo, SourceSpec
from app.sources.start_time import recording_start

_CHUNK_BYTES = 64 << 20
_PACKED_BYTES = 0.25  # of a JPEG file for each pixel, at most, to be kept as it is: about twice what the log packs


class PictureFile:
    """A picture: one frame, turned upright as its EXIF data say."""

    def __init__(self, spec: SourceSpec, taken: datetime | None = None) -> None:
        """taken: when it was taken, where the user knows better than the file."""
        self._spec = spec
        self._taken = taken
        self._frame: Frame | None = None

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Decode the picture; raises SourceError when that cannot be done."""
        path = checked_file(self._spec)
        image, data = _decode(path, self._spec.source_id)
        taken, clock = recording_start(path, 0.0, self._taken)
        jpeg = bare(data.tobytes()) if data.size <= _PACKED_BYTES * image.shape[0] * image.shape[1] else b""
        self._frame = Frame(self._spec.source_id, 0, image, taken, 0.0, clock, is_still=True, jpeg=jpeg)
        return SourceInfo(image.shape[1], image.shape[0], 0.0, None, 1, taken, clock)

    def read(self) -> Frame | None:
        """Return the picture, then None."""
        frame, self._frame = self._frame, None
        return frame

    def close(self) -> None:
        """Forget the picture."""
        self._frame = None


def _decode(path: Path, name: str) -> tuple[Image, NDArray[np.uint8]]:
    """Decode a picture to BGR, and give the file's bytes too; cv2 itself opens only plain names on Windows."""
    try:
        data = np.fromfile(path, np.uint8)
        if _claims_too_much(data):
            raise SourceError(f"{name}: the picture is broken")
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (cv2.error, OSError, MemoryError) as error:
        raise SourceError(f"{name}: the picture is broken or larger than can be read") from error
    if image is None:
        raise SourceError(f"{name}: not a picture that can be read")
    return np.asarray(image, np.uint8), data


def _claims_too_much(data: NDArray[np.uint8]) -> bool:
    """Whether this is a PNG with a chunk said to be far longer than the file: OpenCV would make room for all of it."""
    if data[:8].tobytes() != b"\x89PNG\r\n\x1a\n":
        return False
    at = 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4].tobytes(), "big")
        if length > max(len(data), _CHUNK_BYTES):
            return True
        at += 12 + length  # length, kind, content, check sum
    return False
