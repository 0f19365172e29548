"""Pictures of any size made into network input: scaled to fit, padded to the network's stride, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.types import Box

STRIDE = 32  # pixels: YOLO's largest stride, of which both sides of its input are multiples
GREY = 114  # the padding YOLO is trained with
_LITTLE = 1.25  # scaled down by less, no pixel of the picture is passed over
Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where a picture lies in the network input: input pixel = picture pixel * scale + pad; sizes in pixels."""

    width: int
    height: int
    scale_x: float
    scale_y: float
    pad_x: int
    pad_y: int

    def to_input(self, box: Box) -> Box:
        """Returns a box of the picture in pixels of the network input."""
        return Box(
            box.x1 * self.scale_x + self.pad_x,
            box.y1 * self.scale_y + self.pad_y,
            box.x2 * self.scale_x + self.pad_x,
            box.y2 * self.scale_y + self.pad_y,
        )

    def to_image(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns boxes (N, 4) x1 y1 x2 y2 of the network input in pixels of the picture, not clamped."""
        shift = np.array([self.pad_x, self.pad_y] * 2, np.float32)
        scale = np.array([self.scale_x, self.scale_y] * 2, np.float32)
        return ((boxes - shift) / scale).astype(np.float32)


def plan_letterbox(width: int, height: int, size: int, stride: int = STRIDE) -> Letterbox:
    """Plans how an image fits into the network's input, padded only to the next multiple of the stride.

    Args:
        width: Width of the image in pixels.
        height: Height of the image in pixels.
        size: The longer side of the input in pixels: 640 gives 640 x 384 for 16:9.
        stride: The network's largest stride in pixels.

    Raises:
        ValueError: The image is empty.
    """
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width}x{height} pixels is empty: check the source it came from")
    scale = size / max(width, height)
    inner_w, inner_h = max(1, round(width * scale)), max(1, round(height * scale))
    outer_w, outer_h = (-(-side // stride) * stride for side in (inner_w, inner_h))
    return Letterbox(
        outer_w, outer_h, inner_w / width, inner_h / height, (outer_w - inner_w) // 2, (outer_h - inner_h) // 2
    )


def apply_letterbox(image: Image, place: Letterbox, out: Image | None = None) -> Image:
    """Scales an image and pads it with grey, as planned.

    Args:
        image: uint8 BGR (H, W, 3).
        place: The plan for an image of this size.
        out: Memory for the result, uint8 (place.height, place.width, 3); None takes new memory.

    Returns:
        uint8 BGR (place.height, place.width, 3).
    """
    height, width = image.shape[:2]
    inner_w, inner_h = round(width * place.scale_x), round(height * place.scale_y)
    canvas = np.empty((place.height, place.width, 3), np.uint8) if out is None else out
    top, left, bottom, right = place.pad_y, place.pad_x, place.pad_y + inner_h, place.pad_x + inner_w
    canvas[:top], canvas[bottom:], canvas[:, :left], canvas[:, right:] = GREY, GREY, GREY, GREY
    inside = canvas[top:bottom, left:right]
    if (inner_w, inner_h) == (width, height):
        inside[:] = image
        return canvas
    halved = image
    while _can_be_halved(halved, inner_w, inner_h):
        # means of four pixels take a tenth of the time of means over areas of any size, and leave little to do
        halved = np.asarray(cv2.resize(halved, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    little = halved is not image or width < _LITTLE * inner_w
    cv2.resize(halved, (inner_w, inner_h), dst=inside, interpolation=cv2.INTER_LINEAR if little else cv2.INTER_AREA)
    return canvas


def _can_be_halved(image: Image, width: int, height: int) -> bool:
    """Tells whether both sides are even and their halves not below width and height."""
    high, wide = image.shape[:2]
    even = wide % 2 == 0 and high % 2 == 0
    return bool(even and wide >= 2 * width and high >= 2 * height)


def check_image(image: Image) -> None:
    """Raises ValueError unless the picture is uint8 BGR (H, W, 3) and not empty."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(f"Expected a uint8 BGR picture (H, W, 3), got {image.dtype} {image.shape}: convert it first")


def group_by_shape(places: Sequence[Letterbox]) -> dict[tuple[int, int], list[int]]:
    """Groups the images that share an input shape (height, width), by their indices, to be run as one batch each."""
    found: dict[tuple[int, int], list[int]] = {}
    for index, place in enumerate(places):
        found.setdefault((place.height, place.width), []).append(index)
    return found
