"""Side and top bands of plates: the European Union's stars, flags, country signs."""

import math
from random import Random

import cv2
import numpy as np

from recognizer.formats import Band
from recognizer.synthesis.colours import Bgr, draw_colour, jitter_colour, parse_colour
from recognizer.synthesis.lettering import FontBook
from recognizer.synthesis.paint import Image, paint_mask, resize_image

Box = tuple[int, int, int, int]

_GROUND: dict[str, str] = {
    "eu": "#1a3f9c",
    "blue": "#1d4fa5",
    "green": "#1f9a4d",
    "yellow": "#f2c230",
    "white": "#f2f2f0",
    "swiss": "#f2f2f0",
    "arms": "#f2f2f0",
    "logo": "#1a3f9c",
    "norway": "#c22d3a",
    "iceland": "#1b3a8a",
    "kz": "#f2f2f0",
    "by": "#f2f2f0",
    "uz": "#f2f2f0",
    "ind": "#f2f2f0",
    "peru": "#f2f2f0",
    "ua": "#1d5bbf",
}
# Small flags in a band: stripes from top to bottom, or from left to right where the name ends in |.
_FLAGS: dict[str, tuple[str, ...]] = {
    "ua": ("#1d5bbf", "#f2cf1d"),
    "uz": ("#3f9fd0", "#f2f2f0", "#3aa655"),
    "kz": ("#3fb0d0", "#3fb0d0"),
    "by": ("#c22d3a", "#c22d3a", "#3aa655"),
    "norway": ("#c22d3a", "#1b3a8a", "#c22d3a"),
    "iceland": ("#1b3a8a", "#c22d3a", "#1b3a8a"),
    "swiss": ("#c8202c", "#c8202c"),
    "peru": ("#c8202c", "#f2f2f0", "#c8202c"),
}


def find_band_box(band: Band, width: int, height: int) -> Box:
    """Finds where a band lies on a plate.

    Args:
        band: The band.
        width: Width of the plate in pixels.
        height: Height of the plate in pixels.

    Returns:
        Left, top, right and bottom.
    """
    if band.at == "top":
        return 0, 0, width, round(band.size * height)
    if band.at == "bottom":
        return 0, height - round(band.size * height), width, height
    across = round(band.size * width)
    low = round(height * 0.5) if band.at.endswith("corner") else height
    return (0, 0, across, low) if band.at in ("left", "corner") else (width - across, 0, width, low)


def draw_band(canvas: Image, band: Band, book: FontBook, rng: Random) -> Box:
    """Draws a band onto a plate.

    Args:
        canvas: The plate, which is changed.
        band: The band.
        book: Fonts for what is written on it.
        rng: Source of chance.

    Returns:
        The box it takes.
    """
    box = left, top, right, bottom = find_band_box(band, canvas.shape[1], canvas.shape[0])
    ground = band.colours[0] if band.colours else _GROUND.get(band.style, "#1a3f9c")
    colour = jitter_colour(parse_colour(ground), rng)
    cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), colour, -1)
    light = sum(colour) > 380
    sign_ink: Bgr = (30, 30, 30) if light else (240, 240, 240)
    if band.style == "ua":
        cv2.rectangle(
            canvas, (left, top), (right - 1, (top + bottom) // 2), jitter_colour(parse_colour("#1d5bbf"), rng), -1
        )
        cv2.rectangle(
            canvas,
            (left, (top + bottom) // 2),
            (right - 1, bottom - 1),
            jitter_colour(parse_colour("#f2cf1d"), rng),
            -1,
        )
        sign_ink = (60, 40, 30)
    elif band.style == "eu":
        _draw_stars(canvas, box)
    elif band.style in ("arms", "logo", "ind"):
        _draw_emblem(canvas, box, rng)
    elif band.style in _FLAGS:
        _draw_flag(canvas, box, _FLAGS[band.style])
    _draw_sign(canvas, band, box, sign_ink, book, rng)
    return box


def _draw_stars(canvas: Image, box: Box) -> None:
    """Draws twelve yellow dots in a ring in the upper half."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, top + (bottom - top) * 0.3
    radius = min((right - left) * 0.33, (bottom - top) * 0.26)
    for index in range(12):
        angle = math.tau * index / 12
        spot = (round(x + radius * math.cos(angle)), round(y + radius * math.sin(angle)))
        cv2.circle(canvas, spot, max(1, round(radius * 0.16)), (60, 210, 245), -1)


def _draw_emblem(canvas: Image, box: Box, rng: Random) -> None:
    """Draws a patch of colours in the upper half: an emblem, a hologram, a region's logo."""
    left, top, right, bottom = box
    x, y = (left + right) // 2, round(top + (bottom - top) * rng.uniform(0.22, 0.34))
    radius = max(2, round(min(right - left, bottom - top) * 0.33))
    first = draw_colour(rng)
    cv2.rectangle(canvas, (x - radius, y - radius), (x + radius, y + radius), first, -1)
    for _ in range(3):
        spot = (x + rng.randrange(-radius, radius + 1), y + rng.randrange(-radius, radius + 1))
        cv2.circle(canvas, spot, max(1, radius // 2), draw_colour(rng), -1)


def _draw_flag(canvas: Image, box: Box, stripes: tuple[str, ...]) -> None:
    """Draws a small flag in the upper half."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    x0, x1 = left + round(width * 0.12), right - round(width * 0.12)
    y0 = top + round(height * 0.14)
    step = max(1, round(min(height * 0.3, width * 0.7) / len(stripes)))
    for index, stripe in enumerate(stripes):
        cv2.rectangle(canvas, (x0, y0 + index * step), (x1, y0 + (index + 1) * step - 1), parse_colour(stripe), -1)


def _draw_sign(canvas: Image, band: Band, box: Box, ink: Bgr, book: FontBook, rng: Random) -> None:
    """Draws the country's sign (or a number, for {99}) in the band's lower half, or across a top band."""
    text = f"{rng.randrange(100):02d}" if band.sign == "{99}" else band.sign
    if not text:
        return
    left, top, right, bottom = box
    mask = book.caption_face("sans", rng).caption_mask(text)
    wide = band.at in ("top", "bottom")
    room = ((right - left) * (0.5 if wide else 0.78), (bottom - top) * (0.62 if wide else 0.28))
    if len(text) > 2 and not wide and rng.random() < 0.4:
        mask = np.ascontiguousarray(mask[::-1].T)
        room = ((right - left) * 0.45, (bottom - top) * 0.45)
    scale = min(room[0] / mask.shape[1], room[1] / mask.shape[0])
    size = (max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale)))
    middle = (top + bottom) / 2 if wide else top + (bottom - top) * 0.76
    paint_mask(canvas, resize_image(mask, *size), round((left + right - size[0]) / 2), round(middle - size[1] / 2), ink)
