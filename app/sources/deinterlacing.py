"""Interlaced video tears what moves into lines of two moments, plates too: one of the two is taken."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.frame import Image

_COLUMNS = 4  # every so many are looked at
_STEP = 12  # grey levels by which a line must stand out from both its neighbours
_TILE = 16  # lines, and columns that are looked at: about a plate
_COMBED_SHARE = 0.15  # of a tile
_OVER_TEXTURE = 3.0  # times as much as between the lines of one moment, where only texture stands out
_LEAST_TILES = 2
_LEAST_LINES = 64
_FRAMES_BEFORE_DOUBT = 250  # without a combed one, after which only some are looked at
_SELDOM = 10


class Deinterlacer:
    """Replaces combed frames of one source by one field of theirs, as high as before."""

    def __init__(self) -> None:
        self._looked_at = 0
        self._combed = 0

    def clean(self, image: Image) -> Image:
        """Return a frame as it is, or where it is combed its upper field."""
        self._looked_at += 1
        unlikely = not self._combed and self._looked_at > _FRAMES_BEFORE_DOUBT
        if (unlikely and self._looked_at % _SELDOM) or not is_combed(image):
            return image
        self._combed += 1
        return upper_field(image)


def is_combed(image: Image) -> bool:
    """Whether neighbouring lines of an image, or of a part of it as large as a plate, are of two moments."""
    if image.shape[0] < _LEAST_LINES or image.shape[1] < _COLUMNS * _TILE:
        return False
    green = image[:, ::_COLUMNS, 1].astype(np.int16)
    combed, texture = _shares_standing_out(green, _TILE), _shares_standing_out(green[::2], _TILE // 2)
    rows = min(len(combed), len(texture))
    torn = (combed[:rows] > _COMBED_SHARE) & (combed[:rows] > _OVER_TEXTURE * texture[:rows])
    return int(torn.sum()) >= _LEAST_TILES


def _shares_standing_out(lines: NDArray[np.int16], height: int) -> NDArray[np.float64]:
    """Share of each tile's pixels that are brighter, or darker, than the ones above and below by more than noise."""
    above, middle, below = lines[:-2], lines[1:-1], lines[2:]
    up, down = middle - above, middle - below
    out = ((up > _STEP) & (down > _STEP)) | ((up < -_STEP) & (down < -_STEP))
    rows, columns = out.shape[0] // height, out.shape[1] // _TILE
    tiles = out[: rows * height, : columns * _TILE].reshape(rows, height, columns, _TILE)
    return np.asarray(tiles.mean(axis=(1, 3)), np.float64)


def upper_field(image: Image) -> Image:
    """Return every other line of an image, stretched to its height."""
    height, width = image.shape[:2]
    return np.asarray(cv2.resize(image[::2], (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
