"""Light, lens, sensor and compression: what happens to a plate's picture after geometry."""

import math
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.synthesis.colours import Bgr, draw_colour
from recognizer.synthesis.paint import paint_mask, paint_picture, shade_image

Image = NDArray[np.uint8]
_LEVELS = np.arange(256, dtype=np.float32)
# Sensor noise is cut out of one sheet, drawn once: white noise, and the same smoothed (blotches of a denoiser).
_SHEET = (384, 768)
# Mud, dust and snow.
_COVERS: tuple[Bgr, ...] = ((60, 80, 100), (90, 105, 120), (40, 50, 60), (130, 140, 150), (244, 240, 236))


@dataclass(frozen=True, slots=True)
class _Fault:
    """How hard one picture is hit: strength scales faults, detail is the height of its lettering's line in pixels."""

    strength: float
    detail: float
    draw: Random
    real: bool

    def often(self, probability: float) -> bool:
        """Draws true with the probability, less often for strengths below one."""
        return self.draw.random() < probability * min(1.0, self.strength * 1.6)


class Optics:
    """Spoils a crop as cameras do; strength scales how often and how much; real: one camera has spoilt it already."""

    def __init__(self, strength: float = 1.0, real: bool = False) -> None:
        self._strength, self._real = strength, real
        self._sheets = _make_noise_sheets()

    def __call__(self, image: Image, draw: Random, detail: float) -> Image:
        """Spoils a crop (H, W, 3) by light, lens, sensor and compression; detail is the height of its lettering."""
        # Pictures differ in how bad they are as a whole: few have every fault at its worst.
        fault = _Fault(self._strength * draw.uniform(0.3, 1.1), detail, draw, self._real)
        image = self._change_light(image, fault)
        image = self._apply_lens(image, fault)
        image, contrast = self._change_colour(image, fault)
        image = self._apply_sensor(image, fault, contrast)
        return self._compress(image, fault)

    def _change_light(self, image: Image, fault: _Fault) -> Image:
        """Adds shadow, glare, dirt or snow, and lines across the plate."""
        if fault.often(0.25):
            image = shade_image(image, _add_shadow(image, fault.draw, fault.strength))
        if fault.often(0.05 if self._real else 0.12):
            image = _add_glare(image, fault.draw, fault.strength)
        if not self._real and fault.often(0.2):
            image = _add_dirt(image, fault.draw, fault.strength)
        if fault.often(0.04 if self._real else 0.08):
            image = _add_lines(image, fault.draw)
        return image

    def _apply_lens(self, image: Image, fault: _Fault) -> Image:
        """Drops and glow, defocus, motion blur, pictures enlarged from fewer pixels, and sharpening."""
        draw, detail = fault.draw, fault.detail
        if fault.often(0.03):
            image = _add_drops(image, draw, detail)
        if fault.often(0.06):
            image = _add_glow(image, draw, detail, fault.strength)
        if fault.often(0.4):
            sigma = max(0.35, detail * draw.uniform(0.01, 0.08) * fault.strength)
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), min(sigma, 4.0)), np.uint8)
        if fault.often(0.18):
            image = _blur_by_motion(image, draw, max(1.5, detail * 0.22) * fault.strength)
        if detail > 13 and fault.often(0.25):
            image = _coarsen(image, draw.uniform(11 / detail, 0.85) if detail > 14 else 0.8, draw)
        if fault.often(0.12):
            blurred = cv2.GaussianBlur(image, (0, 0), max(0.8, detail / 30))
            gain = draw.uniform(0.4, 1.6)
            image = np.asarray(cv2.addWeighted(image, 1 + gain, blurred, -gain, 0), np.uint8)
        return image

    def _change_colour(self, image: Image, fault: _Fault) -> tuple[Image, float]:
        """Changes exposure, contrast and colours; returns what is left of the contrast too, 0 to 1."""
        draw, strength = fault.draw, fault.strength
        if fault.often(0.18):
            image = _turn_grey(image, draw)
        curve, contrast = _parse_exposure(fault)
        table: NDArray[np.floating] = np.repeat(curve[:, None], 3, axis=1)
        if fault.often(0.35):
            spread = draw.choice((0.06, 0.1, 0.18, 0.4))
            table = table * [1 + draw.uniform(-spread, spread) * strength for _ in range(3)]
        if fault.often(0.05):
            # Tints of cheap and infrared-lit cameras: purple, pink, green, blue (BGR).
            table = table * np.array(
                draw.choice(((0.8, 0.5, 1.0), (0.75, 0.65, 1.0), (0.6, 1.0, 0.35), (1.0, 0.75, 0.6)))
            )
        if fault.often(0.04 if self._real else 0.02):
            table = 255 - table
        return np.asarray(cv2.LUT(image, table.clip(0, 255).astype(np.uint8)[None]), np.uint8), contrast

    def _apply_sensor(self, image: Image, fault: _Fault, contrast: float) -> Image:
        """Adds noise, fine or blotchy, that drowns no lettering of low contrast; rarely moves rows out of place."""
        draw = fault.draw
        if fault.detail > 22 and fault.often(0.06):
            image = _interlace_rows(image, draw)
        if fault.detail > 12 and fault.often(0.1 if self._real else 0.06):
            image = _tear_rows(image, draw, fault.detail)
        if not fault.often(0.6):
            return image
        height, width = image.shape[:2]
        sheet = draw.choice(self._sheets)
        if height > _SHEET[0] or width > _SHEET[1]:
            sheet = np.tile(sheet, (math.ceil(height / _SHEET[0]), math.ceil(width / _SHEET[1]), 1))
        y, x = draw.randrange(sheet.shape[0] - height + 1), draw.randrange(sheet.shape[1] - width + 1)
        gain = min(0.5, abs(draw.gauss(0, 0.17))) * fault.strength * contrast * min(1.0, 0.4 + fault.detail / 40)
        return np.asarray(
            cv2.addWeighted(image, 1.0, sheet[y : y + height, x : x + width], gain, -128 * gain), np.uint8
        )

    def _compress(self, image: Image, fault: _Fault) -> Image:
        """Compresses as JPEG, at times strongly."""
        if not fault.often(0.4):
            return image
        draw = fault.draw
        quality = draw.randrange(15, 45) if draw.random() < 0.35 else draw.randrange(45, 92)
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8) if done else image


def _parse_exposure(fault: _Fault) -> tuple[NDArray[np.float32], float]:
    """Makes a curve from old to new level (256 values), and the contrast it leaves, 0 to 1."""
    draw, strength = fault.draw, fault.strength
    kind = draw.random() / min(1.0, max(0.05, strength * 1.6))
    low, high, gamma = 0.0, 255.0, 1.0
    if kind < 0.45:
        low, high = draw.uniform(-25, 45) * strength, 255 + draw.uniform(-80, 50) * strength
        gamma = 2.0 ** (draw.gauss(0, 0.45) * strength)
    elif kind < 0.57:
        low = draw.uniform(0, 30)
        high = low + draw.uniform(80 if fault.real else 32, 140)
    elif kind < 0.65:
        high = 255 + draw.uniform(40, 170) * strength
    elif kind < 0.72:
        low = draw.uniform(60, 150)
        high = low + draw.uniform(80 if fault.real else 45, 110)
    curve = low + (high - low) * (_LEVELS / 255) ** gamma
    return np.asarray(curve, np.float32), min(1.0, (high - low) / 255)


@lru_cache(maxsize=1)
def _make_noise_sheets() -> tuple[Image, ...]:
    """Makes noise around 128 with a deviation of 60: coloured, grey, smoothed."""
    rng = np.random.default_rng(20_171)
    white = rng.normal(0, 60, (*_SHEET, 3)).astype(np.float32)
    grey = np.repeat(white[..., :1], 3, axis=2)
    smooth = cv2.GaussianBlur(white, (0, 0), 1.1)
    smooth *= 60 / smooth.std()
    return tuple((128 + sheet).clip(0, 255).astype(np.uint8) for sheet in (white, grey, smooth))


def _add_shadow(image: Image, draw: Random, strength: float) -> Image:
    """Lays a shadow: a slope, or one with an edge across the plate."""
    height, width = image.shape[:2]
    depth = draw.uniform(0.25, 0.85) * min(1.0, strength)
    dark = round(128 * (1 - depth))
    if draw.random() < 0.5:
        corners = np.array([[draw.choice((128, dark, 160)) for _ in range(2)] for _ in range(2)], np.uint8)
        return np.asarray(cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    light = np.full((height, width), 128, np.uint8)
    first, second = draw.uniform(-0.2, 1.2), draw.uniform(-0.2, 1.2)
    across = draw.random()
    if across < 0.3:  # of a bumper or a lid above the plate: along its upper edge, where it joins the letters
        first = draw.uniform(0.05, 0.35)
        second = first + draw.gauss(0, 0.08)
    if across < 0.6:
        points = [[0, first * height], [width, second * height], [width, 0], [0, 0]]
    else:
        points = [[first * width, 0], [second * width, height], [width, height], [width, 0]]
    cv2.fillPoly(light, [np.array(points, np.int32)], dark)
    return np.asarray(cv2.blur(light, (max(1, width // 30), max(1, height // 20))), np.uint8)


def _add_glare(image: Image, draw: Random, strength: float) -> Image:
    """Adds a bright spot, or a streak, that whitens part of the plate."""
    height, width = image.shape[:2]
    spot = np.zeros((16, 48), np.uint8)
    centre = (draw.randrange(48), draw.randrange(16))
    axes = (draw.randrange(2, 14), draw.randrange(1, 6))
    cv2.ellipse(
        spot, centre, axes, draw.uniform(-40, 40), 0, 360, round(draw.uniform(70, 190) * min(1.0, strength)), -1
    )
    spot = np.asarray(cv2.GaussianBlur(spot, (0, 0), draw.uniform(1, 3)), np.uint8)
    light = cv2.resize(spot, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(image, cv2.merge([light, light, light])), np.uint8)


def _add_dirt(image: Image, draw: Random, strength: float) -> Image:
    """Adds mud, dust or snow: blotches of one colour, and splashes."""
    height, width = image.shape[:2]
    seeds = np.array([[draw.gauss(0, 1) for _ in range(12)] for _ in range(4)], np.float32)
    amount = cv2.resize(seeds, (width, height), interpolation=cv2.INTER_CUBIC)
    cover = np.clip((amount - draw.uniform(0.2, 1.0)) * 120 * strength, 0, 150).astype(np.uint8)
    for _ in range(draw.randrange(6)):
        radius = max(1, round(height * draw.uniform(0.01, 0.05)))
        cv2.circle(cover, (draw.randrange(width), draw.randrange(height)), radius, 190, -1)
    covered = image.copy()
    paint_mask(covered, cover, 0, 0, draw.choice(_COVERS))
    return covered


def _add_lines(image: Image, draw: Random) -> Image:
    """Straws, wires, scratches: a few thin lines, light or dark, across the plate."""
    height, width = image.shape[:2]
    lined = image.copy()
    for _ in range(draw.randrange(1, 4)):
        start = draw.randrange(width), draw.randrange(height)
        angle, reach = draw.uniform(0, math.pi), height * draw.uniform(0.3, 1.5)
        end = round(start[0] + reach * math.cos(angle)), round(start[1] + reach * math.sin(angle))
        colour = [draw.choice((20, 70, 170, 235))] * 3
        cv2.line(lined, start, end, colour, max(1, round(height * draw.uniform(0.01, 0.04))), cv2.LINE_AA)
    return lined


def _add_drops(image: Image, draw: Random, detail: float) -> Image:
    """Adds rain on the lens: round spots out of focus, in which a little of what is beside them is seen."""
    height, width = image.shape[:2]
    spots = np.zeros((height, width), np.uint8)
    for _ in range(draw.randrange(1, 6)):
        radius = max(2, round(detail * draw.uniform(0.1, 0.42)))
        cv2.circle(spots, (draw.randrange(width), draw.randrange(height)), radius, 255, -1)
    soft = max(0.5, detail * 0.04)
    spots = np.asarray(cv2.GaussianBlur(spots, (0, 0), soft), np.uint8)
    beside = np.roll(image, round(draw.gauss(0, 0.2) * detail), axis=0)
    seen = np.asarray(cv2.GaussianBlur(beside, (0, 0), max(0.7, detail * draw.uniform(0.04, 0.09))), np.uint8)
    wet = image.copy()
    paint_picture(wet, seen, spots, 0, 0)
    return wet


def _add_glow(image: Image, draw: Random, detail: float, strength: float) -> Image:
    """Spreads what is bright over what is dark beside it, as in a wet or dazzled lens at night."""
    level = draw.uniform(90, 190)
    bright = cv2.subtract(image, np.full(4, level))
    halo = cv2.GaussianBlur(bright, (0, 0), max(0.8, detail * draw.uniform(0.08, 0.5)))
    return np.asarray(cv2.addWeighted(image, 1.0, halo, draw.uniform(0.6, 2.2) * min(1.0, strength), 0), np.uint8)


def _blur_by_motion(image: Image, draw: Random, reach: float) -> Image:
    """Blurs along a line, mostly near the horizontal."""
    size = max(2, round(draw.uniform(1.2, max(1.3, reach)))) | 1
    angle = draw.gauss(0, 0.35) if draw.random() < 0.7 else draw.uniform(0, math.pi)
    kernel = np.zeros((size, size), np.float32)
    centre, step = size // 2, size / 2
    ends = [
        (round(centre + sign * step * math.cos(angle)), round(centre + sign * step * math.sin(angle)))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(cv2.filter2D(image, -1, kernel / max(1.0, float(kernel.sum()))), np.uint8)


def _coarsen(image: Image, share: float, draw: Random) -> Image:
    """Shrinks an image to fewer pixels and enlarges it again."""
    height, width = image.shape[:2]
    size = (max(4, round(width * share)), max(4, round(height * share)))
    small = cv2.resize(image, size, interpolation=draw.choice((cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)))
    back = draw.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_CUBIC))
    return np.asarray(cv2.resize(small, (width, height), interpolation=back), np.uint8)


def _turn_grey(image: Image, draw: Random) -> Image:
    """Takes the colours away: plainly, as an infrared camera sees each colour differently, or with a tint."""
    weights = [draw.uniform(0.05, 1.0) for _ in range(3)] if draw.random() < 0.5 else [0.114, 0.587, 0.299]
    matrix = np.array([[weight / sum(weights) for weight in weights]] * 3, np.float32)
    if draw.random() < 0.25:
        tint = np.array(draw_colour(draw), np.float32) / 255 + 0.4
        matrix *= (tint / tint.max())[:, None]
    return np.asarray(cv2.transform(image, matrix), np.uint8)


def _interlace_rows(image: Image, draw: Random) -> Image:
    """Moves every other row sideways, as fields of analogue video are."""
    shift = draw.choice((-3, -2, -1, 1, 2, 3))
    laced = image.copy()
    laced[1::2] = np.roll(laced[1::2], shift, axis=1)
    return laced


def _tear_rows(image: Image, draw: Random, detail: float) -> Image:
    """Bands of rows moved sideways, as where a camera shakes while it takes row after row, or a line drops out."""
    height, width = image.shape[:2]
    shifts = np.zeros((height, 1), np.float32)
    for _ in range(draw.randrange(1, 6)):
        start = draw.randrange(height)
        shifts[start : start + draw.randrange(2, 2 + height // 2)] += draw.gauss(0, 0.045) * detail
    xs = np.arange(width, dtype=np.float32)[None] + shifts
    ys = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    return np.asarray(cv2.remap(image, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
