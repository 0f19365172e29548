"""Where a plate stands in its crop, and the crop set straight: upright, and filled by the plate.

The reader sees every plate alike so, whatever the detector's box, the camera's angle and the plate's tilt.
After the localisation network of Jaderberg et al., "Spatial Transformer Networks" (2015), but trained on corners
that are known, and with the sampling outside the network, from the crop's own pixels.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.config import AlignerConfig, NetworkConfig
from recognizer.images import Image, check_crop, fit_crop, stretch_image

#: A plate's corners (4, 2), clockwise from the upper left, as shares of the crop's width and height.
Quad = NDArray[np.float32]

WHOLE: Quad = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
#: Room around the plate in the straightened picture, as shares of its width and height: corners are never quite right.
MARGIN = (0.03, 0.06)
_PIECE = 256  # crops given to the aligner at once, so that memory stays bounded


def measure_extent(crop: Image, quad: Quad) -> tuple[float, float]:
    """Measures the width and height of the plate with these corners in pixels of the crop: its longer sides."""
    corners = quad * np.array([crop.shape[1], crop.shape[0]], np.float32)
    upper, right, lower, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return max(upper, lower), max(right, left)


def straighten_crop(crop: Image, quad: Quad, width: int, height: int, margin: tuple[float, float] = MARGIN) -> Image:
    """Warps a plate upright.

    Args:
        crop: uint8 BGR (H, W, 3).
        quad: The plate's corners (4, 2) as shares of the crop, clockwise from the upper left.
        width: Width of the result in pixels.
        height: Height of the result in pixels.
        margin: Room left around the plate, as shares of the result's width and height.

    Returns:
        uint8 BGR (height, width, 3).
    """
    rows, columns = crop.shape[:2]
    corners = quad * np.array([columns, rows], np.float32)
    wide, high = measure_extent(crop, quad)
    shrink = max(width / max(wide, 1.0), height / max(high, 1.0))
    if shrink < 0.6:  # pixels are averaged first: sampling every other one would leave out fine strokes
        size = max(1, round(columns * shrink)), max(1, round(rows * shrink))
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
        corners = quad * np.array([size[0], size[1]], np.float32)
    x, y = margin[0] * width, margin[1] * height
    target = np.array([[x, y], [width - x, y], [width - x, height - y], [x, height - y]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    edge = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpPerspective(crop, matrix, (width, height), None, cv2.INTER_LINEAR, edge), np.uint8)


class CornerFinder:
    """Finds plates in their crops. run: the network, uint8 (N, H, W, 3) -> corners (N, 8)."""

    def __init__(self, config: AlignerConfig, run: Callable[[NDArray[np.uint8]], NDArray[np.float32]]) -> None:
        self._config, self._run = config, run

    def find_corners(self, crops: Sequence[Image]) -> list[Quad]:
        """Finds the corners of the plate in each BGR crop; all of a crop where the corners found make no plate."""
        if not crops:
            return []
        pictures = [stretch_image(crop, self._config.width, self._config.height) for crop in crops]
        quads = self._run(np.stack(pictures)).reshape(-1, 4, 2)
        return [quad if good else WHOLE for quad, good in zip(quads, are_plausible(quads), strict=True)]


class Straightener:
    """Makes crops ready for a reader: set upright by its aligner, or only stretched where it has none (None)."""

    def __init__(self, config: NetworkConfig, aligner: CornerFinder | None) -> None:
        self.config, self._aligner = config, aligner

    @property
    def aligns(self) -> bool:
        """Whether there is an aligner."""
        return self._aligner is not None

    def find_corners(self, crops: Sequence[Image]) -> list[Quad]:
        """Finds the corners of the plate in each crop; ValueError for an empty or non-BGR crop."""
        for crop in crops:
            check_crop(crop)
        if self._aligner is None:
            return [WHOLE] * len(crops)
        pieces = [crops[start : start + _PIECE] for start in range(0, len(crops), _PIECE)]
        return [quad for piece in pieces for quad in self._aligner.find_corners(piece)]

    def straighten(self, crop: Image, quad: Quad) -> Image:
        """Sets a crop upright as the reader's network sees it, uint8 (height, width, channels)."""
        if self._aligner is not None:
            crop = straighten_crop(crop, quad, self.config.width, self.config.height)
        return fit_crop(crop, self.config)

    def straighten_all(self, crops: Sequence[Image], quads: Sequence[Quad]) -> list[Image]:
        """Sets crops upright as `straighten` does, one by one."""
        return [self.straighten(crop, quad) for crop, quad in zip(crops, quads, strict=True)]


def are_plausible(quads: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tells which corners (N, 4, 2) make a convex plate of some size, in their order, within reach of the crop."""
    sides = np.roll(quads, -1, axis=1) - quads
    following = np.roll(sides, -1, axis=1)
    turns = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
    extent = quads.max(axis=1) - quads.min(axis=1)
    inside = (quads > -0.5).all(axis=(1, 2)) & (quads < 1.5).all(axis=(1, 2))
    return np.asarray(inside & (turns > 0).all(axis=1) & (extent > 0.08).all(axis=1))
