"""A plate cut out of its frame: with a margin, clamped to the frame; and how sharp it is."""

from dataclasses import dataclass

import cv2
import numpy as np

from detector.preprocess import Image
from detector.types import Box

# Share of the box's width and height added on each side: what sets the plate straight wants to see all of its corners.
MARGIN = 0.1
SHARP_WIDTH = 128  # pixels to which a crop is brought before its sharpness is measured


@dataclass(frozen=True, slots=True)
class CropWindow:
    """Whole pixels of a frame: left, top, right, bottom (right and bottom exclusive)."""

    x1: int
    y1: int
    x2: int
    y2: int


def find_crop_window(width: int, height: int, box: Box, margin: float = MARGIN) -> CropWindow:
    """Finds the pixels to cut for a box: widened by a share of its sides and clamped to the frame.

    Args:
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        box: The plate, in pixels of the frame; it may lie partly or wholly outside.
        margin: Share of the box's width and height added on each side.

    Returns:
        The window, at least one pixel wide and high.

    Raises:
        ValueError: The frame is empty.
    """
    if width < 1 or height < 1:
        raise ValueError(f"A frame of {width}x{height} pixels is empty: check the source it came from")
    dx, dy = margin * max(0.0, box.width), margin * max(0.0, box.height)
    x1 = int(np.clip(np.floor(box.x1 - dx), 0, width - 1))
    y1 = int(np.clip(np.floor(box.y1 - dy), 0, height - 1))
    x2 = int(np.clip(np.ceil(box.x2 + dx), x1 + 1, width))
    y2 = int(np.clip(np.ceil(box.y2 + dy), y1 + 1, height))
    return CropWindow(x1, y1, x2, y2)


def crop_plate(image: Image, box: Box, margin: float = MARGIN) -> Image:
    """Copies a plate's pixels out of its frame.

    Args:
        image: The frame, uint8 BGR (H, W, 3).
        box: The plate, in pixels of the frame.
        margin: Share of the box's width and height added on each side.

    Returns:
        uint8 BGR (h, w, 3), h and w at least 1.
    """
    part = find_crop_window(image.shape[1], image.shape[0], box, margin)
    return image[part.y1 : part.y2, part.x1 : part.x2].copy()


def measure_sharpness(image: Image) -> float:
    """Measures the variance of the Laplacian of a crop brought to a common width, over its contrast; blur lowers it.

    After Pech-Pacheco et al., 2000. Comparable between crops of one plate of about the same size; 0 for a flat crop.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    if width > SHARP_WIDTH:
        size = (SHARP_WIDTH, max(1, round(height * SHARP_WIDTH / width)))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    contrast = float(grey.var())
    if contrast < 1.0:
        return 0.0
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) / contrast
