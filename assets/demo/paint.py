"""Small drawing helpers for textures: shaded fills, smooth noise, rounded shapes. Textures are BGRA, uint8."""

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.demo.camera import Image

Colour = tuple[int, int, int]


def blank(width: int, height: int) -> Image:
    """A clear texture."""
    return np.zeros((height, width, 4), np.uint8)


def noise(rng: np.random.Generator, width: int, height: int, grain: float) -> NDArray[np.float32]:
    """Smooth noise (height, width) of about unit deviation whose blobs are some `grain` pixels wide."""
    small = rng.standard_normal((max(2, round(height / grain)), max(2, round(width / grain)))).astype(np.float32)
    field = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return field / max(1e-6, float(field.std()))


def shade(colour: Colour, top: float, bottom: float, width: int, height: int) -> Image:
    """A BGR fill whose brightness runs from top to bottom as factors of the colour."""
    ramp = np.linspace(top, bottom, height, dtype=np.float32)[:, None, None]
    return np.clip(ramp * np.array(colour, np.float32) * np.ones((1, width, 1), np.float32), 0, 255).astype(np.uint8)


def polygon_mask(width: int, height: int, points: list[tuple[float, float]], smooth: int = 0) -> Image:
    """A mask (height, width), 255 inside the polygon; smooth rounds its corners by about that many pixels."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if smooth:
        soft = cv2.GaussianBlur(mask, (0, 0), smooth).astype(np.float32)
        mask = np.clip((soft - 127) * 12 + 127, 0, 255).astype(np.uint8)
    return mask


def box_mask(width: int, height: int, x1: float, y1: float, x2: float, y2: float, smooth: int = 0) -> Image:
    """A mask of a rectangle with rounded corners."""
    return polygon_mask(width, height, [(x1, y1), (x2, y1), (x2, y2), (x1, y2)], smooth)


def lay(texture: Image, mask: Image, fill: Image | Colour, strength: float = 1.0) -> None:
    """Lay a BGR fill over a texture where the mask is set; the texture becomes solid there."""
    share = mask.astype(np.float32)[..., None] / 255.0 * strength
    colour = np.empty((*mask.shape, 3), np.float32)
    colour[:] = fill
    before = texture[..., 3:].astype(np.float32) / 255.0
    after = share + before * (1 - share)
    mixed = colour * share + texture[..., :3] * before * (1 - share)
    texture[..., :3] = np.clip(mixed / np.maximum(after, 1e-4), 0, 255).astype(np.uint8)
    texture[..., 3:] = np.clip(after * 255, 0, 255).astype(np.uint8)


def lighten(texture: Image, mask: NDArray[np.float32], amount: float) -> None:
    """Brighten (or darken, amount below 0) a texture by amount * mask, mask 0 to 1."""
    lit = texture[..., :3].astype(np.float32) + (amount * mask)[..., None]
    texture[..., :3] = np.clip(lit, 0, 255).astype(np.uint8)


def solid(picture: Image) -> Image:
    """A BGR picture as an opaque texture."""
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
