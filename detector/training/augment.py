"""What cameras do to a picture that geometry does not: noise, colour casts, darkness, blur, compression."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
_Effect = Callable[[Image, np.random.Generator], Image]


def add_salt_and_pepper(image: Image, rng: np.random.Generator) -> Image:
    """Sets up to one pixel in sixteen to black or white, sometimes in blocks of two pixels."""
    height, width = image.shape[:2]
    step = int(rng.choice([1, 1, 2]))
    spots = rng.random((-(-height // step), -(-width // step)), dtype=np.float32)
    share = float(rng.uniform(0.004, 0.06))
    if step > 1:
        spots = spots.repeat(step, axis=0).repeat(step, axis=1)[:height, :width]
    noisy = image.copy()
    noisy[spots < share / 2] = 0
    noisy[spots > 1 - share / 2] = 255
    return noisy


def add_sensor_noise(image: Image, rng: np.random.Generator) -> Image:
    """Adds Gaussian noise of up to 22 grey levels, alike in all channels or not."""
    channels = int(rng.choice([1, 3]))
    noise = rng.standard_normal((*image.shape[:2], channels), dtype=np.float32) * rng.uniform(4, 22)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def cast_colour(image: Image, rng: np.random.Generator) -> Image:
    """Adds the pink of a camera without infra-red filter, the orange of sodium lamps, or takes all colour away."""
    kind = rng.random()
    if kind < 0.3:
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8)
    blue, green, red = (0.9, 0.5, 1.1) if kind < 0.75 else (0.45, 0.8, 1.1)
    gains = np.array([blue, green, red]) * rng.uniform(0.8, 1.15, 3)
    table = np.clip(np.arange(256)[:, None] * gains, 0, 255).astype(np.uint8)
    return cv2.LUT(image, table.reshape(256, 1, 3)).astype(np.uint8)


def darken(image: Image, rng: np.random.Generator) -> Image:
    """Makes night or glare: a gamma of 0.5 to 2.6."""
    gamma = float(rng.uniform(1.3, 2.6) if rng.random() < 0.75 else rng.uniform(0.5, 0.8))
    table = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return cv2.LUT(image, table).astype(np.uint8)


def blur_image(image: Image, rng: np.random.Generator) -> Image:
    """Blurs an image as out of focus, or as moved along a line of up to nine pixels."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 2.0))).astype(np.uint8)
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    middle, reach = (length - 1) / 2, (length - 1) / 2
    dx, dy = np.cos(angle) * reach, np.sin(angle) * reach
    ends = [(round(middle + s * dx), round(middle + s * dy)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum()).astype(np.uint8)


def compress(image: Image, rng: np.random.Generator) -> Image:
    """Adds the blocks of a strongly compressed stream."""
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 60))])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def lower_resolution(image: Image, rng: np.random.Generator) -> Image:
    """Shrinks an image, as a smaller sensor sees it, and enlarges it again."""
    height, width = image.shape[:2]
    scale = float(rng.uniform(0.4, 0.8))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def add_caption(image: Image, rng: np.random.Generator) -> Image:
    """Adds a line of text burnt in along the upper or lower edge, as recorders and broadcasters do: it is no plate."""
    height, width = image.shape[:2]
    letters = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:/. ")
    text = "".join(rng.choice(letters, int(rng.integers(5, 26))))
    scale = height * float(rng.uniform(0.02, 0.05)) / 22
    thickness = max(1, round(scale * float(rng.uniform(1, 3))))
    (wide, high), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
    x = int(rng.uniform(0, max(1, width - wide)))
    y = high + 2 if rng.random() < 0.5 else height - below - 2
    written = image.copy()
    dark = rng.random() < 0.5
    if rng.random() < 0.5:
        cv2.rectangle(written, (x - 3, y - high - 3), (x + wide + 3, y + below), (0,) * 3 if dark else (255,) * 3, -1)
    colour = (255, 255, 255) if dark else (0, 0, 0)
    cv2.putText(written, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thickness, cv2.LINE_AA)
    return written


def add_badge(image: Image, rng: np.random.Generator) -> Image:
    """Adds a word in bright or dark letters somewhere on the picture, as makers' badges and shop signs: it is no plate.

    Kept out of the middle half of the picture's width, where most plates are.
    """
    height, width = image.shape[:2]
    letters = list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdeilnorstu0123456789")
    text = "".join(rng.choice(letters, int(rng.integers(2, 10))))
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX]))
    scale = height * float(rng.uniform(0.015, 0.06)) / 22
    thickness = max(1, round(scale * float(rng.uniform(1, 4))))
    (wide, high), _ = cv2.getTextSize(text, font, scale, thickness)
    room = max(1, width // 4 - wide)
    x = int(rng.integers(room)) + (0 if rng.random() < 0.5 else width - width // 4)
    y = int(rng.uniform(high + 1, max(high + 2, height - 2)))
    level = int(rng.choice([10, 40, 190, 235]))
    written = image.copy()
    cv2.putText(written, text, (x, y), font, scale, (level, level, level), thickness, cv2.LINE_AA)
    cover = float(rng.uniform(0.75, 1.0))
    return cv2.addWeighted(written, cover, image, 1 - cover, 0).astype(np.uint8)


# In the order in which light, lens, sensor and coder act; each with its probability.
EFFECTS: tuple[tuple[float, _Effect], ...] = (
    (0.15, cast_colour),
    (0.15, darken),
    (0.12, blur_image),
    (0.06, lower_resolution),
    (0.12, add_sensor_noise),
    (0.18, add_salt_and_pepper),
    (0.08, add_caption),
    (0.08, add_badge),
    (0.10, compress),
)


def degrade_image(image: Image, rng: np.random.Generator) -> Image:
    """Makes an image (H, W, 3) as a poor camera might have taken it; the geometry is untouched."""
    for probability, effect in EFFECTS:
        if rng.random() < probability:
            image = effect(image, rng)
    return np.ascontiguousarray(image)
