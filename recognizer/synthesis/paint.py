"""Laying masks, pictures and small texts onto a plate, clipped at its edges."""

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.synthesis.colours import Bgr

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]


def make_filled(height: int, width: int, colour: Bgr) -> Image:
    """Makes an image of one colour.

    Args:
        height: In pixels.
        width: In pixels.
        colour: BGR.
    """
    canvas = np.empty((height, width, 3), np.uint8)
    cv2.rectangle(canvas, (0, 0), (width, height), colour, -1)
    return canvas


def resize_image(image: Image, width: int, height: int) -> Image:
    """Scales a mask or an image; where it shrinks, pixels are averaged, so that no grain shows.

    Args:
        image: (H, W) or (H, W, 3).
        width: In pixels.
        height: In pixels.
    """
    # Halving is exact and far faster than averaging over areas of broken size; the rest is at most a factor of two.
    while width * 2 <= image.shape[1] and height * 2 <= image.shape[0]:
        even = image[: image.shape[0] & ~1, : image.shape[1] & ~1]
        half = (even.shape[1] // 2, even.shape[0] // 2)
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def paint_mask(canvas: Image, mask: Mask, x: int, y: int, ink: Bgr, relief: int = 0) -> None:
    """Lays ink through a mask.

    Args:
        canvas: What is painted on.
        mask: (h, w), 0 to 255.
        x: Left of the mask on the canvas, in pixels.
        y: Top of the mask on the canvas, in pixels.
        ink: BGR.
        relief: Above 0, light and shade of embossed lettering, in pixels.
    """
    target, part = _find_overlap(canvas, mask, x, y)
    if target is None or part is None:
        return
    layers = cv2.merge([part, part, part])
    laid = cv2.multiply(make_filled(part.shape[0], part.shape[1], ink), layers, scale=1 / 255)
    kept = cv2.multiply(target, cv2.bitwise_not(layers), scale=1 / 255)
    target[:] = cv2.add(kept, laid)
    if relief > 0:
        _emboss_mask(target, part, relief)


def paint_picture(canvas: Image, picture: Image, mask: Mask, x: int, y: int) -> None:
    """Lays an image through its mask.

    Args:
        canvas: What is painted on.
        picture: (h, w, 3).
        mask: (h, w), 0 to 255.
        x: Left of the image on the canvas, in pixels.
        y: Top of the image on the canvas, in pixels.
    """
    target, part = _find_overlap(canvas, mask, x, y)
    _, shown = _find_overlap(canvas, picture, x, y)
    if target is None or part is None or shown is None:
        return
    layers = cv2.merge([part, part, part])
    kept = cv2.multiply(target, cv2.bitwise_not(layers), scale=1 / 255)
    target[:] = cv2.add(kept, cv2.multiply(shown, layers, scale=1 / 255))


def shade_image(image: Image, light: Image) -> Image:
    """Multiplies an image by a light map (h, w) or (h, w, 3) in which 128 leaves it as it is."""
    layers = light if light.ndim == 3 else cv2.merge([light, light, light])
    return np.asarray(cv2.multiply(image, layers, scale=1 / 128), np.uint8)


def _emboss_mask(target: Image, mask: Mask, relief: int) -> None:
    """Adds light on the upper left edge of raised lettering, shade on the lower right."""
    height, width = mask.shape
    if height < 4 or width < 4:
        return
    upper = cv2.subtract(mask[:-2, :-2], mask[2:, 2:])
    lower = cv2.subtract(mask[2:, 2:], mask[:-2, :-2])
    inner = target[1:-1, 1:-1]
    dark, light = (cv2.convertScaleAbs(edge, alpha=relief / 255) for edge in (upper, lower))
    inner[:] = cv2.add(cv2.subtract(inner, cv2.merge([dark, dark, dark])), cv2.merge([light, light, light]))


def _find_overlap(canvas: Image, layer: Image, x: int, y: int) -> tuple[Image | None, Image | None]:
    """Finds the part of the canvas under a layer at x, y, and of the layer over it; None when they do not meet."""
    height, width = layer.shape[:2]
    left, top = max(0, x), max(0, y)
    right, bottom = min(canvas.shape[1], x + width), min(canvas.shape[0], y + height)
    if right - left < 1 or bottom - top < 1:
        return None, None
    part = layer[top - y : bottom - y, left - x : right - x]
    return canvas[top:bottom, left:right], part
