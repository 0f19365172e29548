"""A cheap camera for photographed plates: set straight at a random resolution, spoilt there, and brought to size.

It takes a fifth of the full camera's time (`recognizer.synthesis.camera`), so that a processor trains rather than
draws: every fault is applied to the few pixels the plate is seen with, not to the whole crop.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.aligner import MARGIN, Quad, measure_extent, straighten_crop
from recognizer.images import Image, stretch_image
from recognizer.synthesis.camera import SQUARE

Pixels = NDArray[np.float32]

#: The fewest pixels a plate's height is reduced to: below them people cannot read one line, or two, either.
LEAST_HEIGHT, LEAST_HEIGHT_TWO_LINES = 10.5, 18.0
#: The most pixels it keeps; the network sees 64.
MOST_HEIGHT = 90.0
_NOISE = np.random.default_rng(0).standard_normal(1 << 20).astype(np.float32)  # drawn once: drawing takes most of it


class QuickCamera:
    """Photographed plates as other cameras would show them.

    Args:
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        strength: Scales how often the faults come; 0 leaves the plate as it was photographed.
    """

    def __init__(self, width: int, height: int, strength: float = 1.0) -> None:
        self._width, self._height, self._strength = width, height, strength

    def __call__(self, crop: Image, quad: Quad, rng: np.random.Generator) -> Image:
        """The plate with these corners in the crop, upright, uint8 BGR (height, width, 3)."""
        picture, line = self._reduced(crop, quad, rng)
        if self._happens(0.3, rng):
            picture = _blurred(picture, line, rng)
        pixels = picture.astype(np.float32)
        if self._happens(0.8, rng):
            pixels = _exposed(pixels, rng)
        if self._happens(0.2, rng):
            _shade(pixels, rng)
        if self._happens(0.1, rng):
            pixels[:] = pixels.mean(axis=2, keepdims=True)
        if self._happens(0.04, rng):  # light lettering on dark ground, and the other way round
            pixels = 255 - pixels
        if self._happens(0.4, rng):
            pixels = pixels + _noise(pixels.shape, rng) * rng.uniform(2, 15)
        picture = np.clip(pixels, 0, 255).astype(np.uint8)
        if self._happens(0.4, rng):
            picture = _compressed(picture, rng)
        return stretch_image(picture, self._width, self._height)

    def _happens(self, share: float, rng: np.random.Generator) -> bool:
        return bool(rng.random() < share * self._strength)

    def _reduced(self, crop: Image, quad: Quad, rng: np.random.Generator) -> tuple[Image, float]:
        """The plate set straight with about as many pixels as it has or fewer, and the height of a line in them."""
        wide, high = (max(8.0, side) for side in measure_extent(crop, quad))
        lines = 1 if wide > SQUARE * high else 2
        most = min(high, MOST_HEIGHT)
        least = min(most, LEAST_HEIGHT if lines == 1 else LEAST_HEIGHT_TWO_LINES)
        height = least * (most / least) ** (rng.random() ** 0.75) if self._happens(0.6, rng) else most
        narrowed = rng.uniform(0.65, 1.0) if self._happens(0.15, rng) else 1.0  # seen from the side
        size = (
            round(np.clip(wide * height / high * narrowed / (1 - 2 * MARGIN[0]), 16, 2 * self._width)),
            round(height / (1 - 2 * MARGIN[1])),
        )
        return straighten_crop(crop, quad, *size), height / lines


def _blurred(picture: Image, line: float, rng: np.random.Generator) -> Image:
    """Out of focus, moved, or sharpened by the camera; line: the height of a line in pixels."""
    kind = rng.random()
    if kind < 0.4:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.25, 0.2 + 0.035 * line)), np.uint8)
    if kind < 0.8:
        size = int(rng.integers(2, max(3, int(0.14 * line) + 2)))
        return np.asarray(cv2.filter2D(picture, -1, _motion(size, rng)), np.uint8)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
    return np.asarray(cv2.addWeighted(picture, 2.0, soft, -1.0, 0), np.uint8)


def _motion(size: int, rng: np.random.Generator) -> Pixels:
    """A kernel (size, size) of a movement along a row, a column or a diagonal."""
    kernel = np.zeros((size, size), np.float32)
    kind = rng.random()
    if kind < 0.6:
        kernel[size // 2] = 1.0
    elif kind < 0.8:
        kernel[:, size // 2] = 1.0
    else:
        np.fill_diagonal(kernel if kind < 0.9 else kernel[:, ::-1], 1.0)
    return np.asarray(kernel / size, np.float32)


def _exposed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """With another contrast, brightness, white balance and at times another gamma."""
    mean = pixels.mean()
    contrast = min(1.8, float(np.exp(rng.normal(0, 0.3))))
    gains = np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    changed = np.clip(((pixels - mean) * contrast + mean + rng.normal(0, 18)) * gains, 0, 255)
    if rng.random() < 0.3:
        changed = 255 * (changed / 255) ** np.float32(np.exp(rng.normal(0, 0.35)))
    return np.asarray(changed, np.float32)


def _shade(pixels: Pixels, rng: np.random.Generator) -> None:
    """Light that falls off to one side, or the edge of a shadow; in place."""
    height, width = pixels.shape[:2]
    fall = rng.uniform(-0.5, 0.5)
    kind = rng.random()
    if kind < 0.35:
        pixels *= np.linspace(1 - fall, 1 + fall, width, dtype=np.float32)[None, :, None]
    elif kind < 0.7:
        pixels *= np.linspace(1 - fall, 1 + fall, height, dtype=np.float32)[:, None, None]
    else:
        left, right = rng.uniform(0, height, 2).tolist()
        edge = np.linspace(left, right, width)
        pixels[np.arange(height)[:, None] < edge[None]] *= rng.uniform(0.35, 0.7)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> Pixels:
    """Noise of deviation 1, of each channel by itself or of all alike."""
    if rng.random() < 0.4:
        shape = (*shape[:2], 1)
    count = int(np.prod(shape))
    start = int(rng.integers(0, max(1, len(_NOISE) - count)))
    return _NOISE[start : start + count].reshape(shape)


def _compressed(picture: Image, rng: np.random.Generator) -> Image:
    """As a JPEG file keeps it."""
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(15, 90))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
