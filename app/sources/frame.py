"""Frames, the values that sources give. Images are uint8 BGR arrays of shape (H, W, 3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from app.sources.source_id import SourceId

Image = NDArray[np.uint8]


class WallClock(Enum):
    """Where the wall time of a frame comes from."""

    LIVE = "live"
    GIVEN = "given"
    CONTAINER = "container"
    EXIF = "EXIF"
    FILE_NAME = "file name"
    FILE_TIME = "file time"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One image of a source.

    media_time: seconds from the start of the recording, or since a live source was opened. wall_time: an aware
    datetime. index counts from 0 and includes frames that were dropped. is_still marks an image that no other frame
    follows. jpeg: the same image as a JPEG file, where it came as one that can be kept as it is; else empty.
    """

    source_id: SourceId
    index: int
    image: Image
    wall_time: datetime
    media_time: float
    clock: WallClock = WallClock.LIVE
    is_still: bool = False
    jpeg: bytes = b""
