"""Crops made ready for the network."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from recognizer.config import NetworkConfig

Image = npt.NDArray[np.uint8]


def fit_crop(crop: Image, config: NetworkConfig) -> Image:
    """Fits a crop of any size to the network: uint8 (height, width, channels).

    The crop is stretched, its aspect ratio is not kept: so each character gets as many steps and rows as there are,
    on a long plate as on a square one, and none is spent on padding. What has the network's shape is fitted already.
    ValueError for an empty or non-BGR crop.
    """
    if crop.dtype == np.uint8 and crop.shape == (config.height, config.width, config.channels):
        return crop
    check_crop(crop)
    picture = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8) if config.channels == 1 else crop
    fitted = stretch_image(picture, config.width, config.height)
    return fitted.reshape(config.height, config.width, config.channels)


def check_crop(crop: Image) -> None:
    """Raises ValueError for an empty or non-BGR crop."""
    if crop.ndim != 3 or crop.shape[2] != 3 or 0 in crop.shape or crop.dtype != np.uint8:
        raise ValueError(f"a crop must be a non-empty uint8 BGR picture (H, W, 3), not {crop.dtype} {crop.shape}")


def stretch_image(picture: Image, width: int, height: int) -> Image:
    """Stretches an image to a size; pixels are averaged where it shrinks.

    Args:
        picture: (H, W) or (H, W, C), uint8.
        width: In pixels.
        height: In pixels.

    Returns:
        (height, width, ...).
    """
    shrinks = picture.shape[0] > height or picture.shape[1] > width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), dtype=np.uint8)


def stack_images(pictures: Sequence[Image]) -> npt.NDArray[np.float32]:
    """Stacks images of one size (H, W, C) as one float32 array (N, C, H, W) in 0..1."""
    stacked = np.stack(pictures)
    return np.ascontiguousarray(stacked.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
