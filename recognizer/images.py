"""Crops made ready for the network."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from recognizer.config import NetworkConfig

Image = npt.NDArray[np.uint8]


def fit(crop: Image, config: NetworkConfig) -> Image:
    """A crop of any size as uint8 (height, width, channels) of the network.

    The crop is stretched, its aspect ratio is not kept: so each character gets as many steps and rows as there are,
    on a long plate as on a square one, and none is spent on padding. ValueError for an empty or non-BGR crop.
    """
    if crop.ndim != 3 or crop.shape[2] != 3 or 0 in crop.shape or crop.dtype != np.uint8:
        raise ValueError(f"a crop must be a non-empty uint8 BGR picture (H, W, 3), not {crop.dtype} {crop.shape}")
    picture = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if config.channels == 1 else crop
    shrinks = crop.shape[0] > config.height or crop.shape[1] > config.width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    fitted = cv2.resize(picture, (config.width, config.height), interpolation=how)
    return np.asarray(fitted, dtype=np.uint8).reshape(config.height, config.width, config.channels)


def batch(crops: Sequence[Image], config: NetworkConfig) -> npt.NDArray[np.float32]:
    """Crops as one float32 array (N, channels, height, width) in 0..1."""
    stacked = np.stack([fit(crop, config) for crop in crops])
    return np.ascontiguousarray(stacked.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
