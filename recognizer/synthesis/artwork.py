"""Backgrounds, ornaments and stickers of plates: everything on a plate that is neither lettering nor band."""

import math
from collections.abc import Callable, Sequence
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.synthesis.colours import Bgr, draw_colour, jitter_colour, mix_colours
from recognizer.synthesis.paint import Image, Mask, make_filled

# Backgrounds and ornaments are drawn once at these sizes, kept, and scaled to each plate.
BACKGROUND = (64, 128)
ORNAMENT = 64
# Kinds that keep to the top and bottom, where no lettering stands.
_BESIDE_LETTERING = ("band", "pennsylvania", "stripes", "stars")


def draw_background(kind: str, base: Bgr, ink: Bgr, colours: Sequence[Bgr], rng: Random) -> Image:
    """Draws a plate's background.

    Args:
        kind: Name of a kind of artwork.
        base: The plate's base colour.
        ink: The colour of its lettering, near which the artwork is paler.
        colours: Colours of the artwork.
        rng: Source of chance.

    Returns:
        uint8 BGR (64, 128, 3).
    """
    height, width = BACKGROUND
    if kind not in _BESIDE_LETTERING:
        colours = [mix_colours(colour, base, 0.75) if _are_alike(colour, ink) else colour for colour in colours]
    canvas = make_filled(height, width, base)
    colours = list(colours) or [mix_colours(base, draw_colour(rng), 0.4)]
    if kind == "plain":
        return canvas
    if kind in ("gradient", "sky", "sunset"):
        _draw_gradient(canvas, base, colours, rng, kind)
    elif kind in ("band", "pennsylvania", "stripes"):
        _draw_bands(canvas, colours, rng, kind)
    elif kind == "rainbow":
        _draw_rainbow(canvas, colours)
    elif kind == "stars":
        _draw_stars(canvas, colours[0], rng)
    elif kind in ("picture", "outline", "tree"):
        _draw_figure(canvas, base, colours, rng, kind)
    else:
        _draw_land(canvas, base, colours, rng, kind)
    veil = make_filled(height, width, base)
    share = rng.uniform(0.0, 0.45)
    return np.asarray(cv2.addWeighted(canvas, 1 - share, veil, share, 0), np.uint8)


def _are_alike(first: Bgr, second: Bgr) -> bool:
    """Tells whether lettering of one colour would be lost on the other."""
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) < 200


def _draw_gradient(canvas: Image, base: Bgr, colours: Sequence[Bgr], rng: Random, kind: str) -> None:
    """Draws colours running from top to bottom, the base in the middle (sky) or through (sunset, gradient)."""
    stops = [colours[0], base, colours[-1]] if kind == "sky" else [colours[0], *colours[1:], base]
    if rng.random() < 0.35:
        stops = stops[::-1]
    ramp = np.array([stops], np.float32) if rng.random() < 0.12 else np.array(stops, np.float32)[:, None]
    canvas[:] = cv2.resize(ramp, (canvas.shape[1], canvas.shape[0]), interpolation=cv2.INTER_LINEAR).clip(0, 255)


def _draw_bands(canvas: Image, colours: Sequence[Bgr], rng: Random, kind: str) -> None:
    """Draws a coloured band at the top, at the bottom or both; thin stripes for `stripes`."""
    height, width = canvas.shape[:2]
    top, bottom = (round(height * rng.uniform(0.16, 0.26)) for _ in range(2))
    if kind == "stripes":
        for edge in (top, height - bottom):
            cv2.rectangle(canvas, (0, edge - 2), (width, edge), colours[0], -1)
        return
    if kind == "pennsylvania" or rng.random() < 0.8:
        canvas[:top] = colours[0]
    if kind == "pennsylvania" or rng.random() < 0.5:
        canvas[height - bottom :] = colours[-1]


def _draw_rainbow(canvas: Image, colours: Sequence[Bgr]) -> None:
    """Draws concentric arcs across the plate."""
    height, width = canvas.shape[:2]
    for index, colour in enumerate(colours):
        size = (round(width * 0.42) - index * 3, round(height * 0.66) - index * 3)
        cv2.ellipse(
            canvas, (width // 2, round(height * 0.92)), size, 0, 180, 360, mix_colours(colour, (255, 255, 255), 0.4), 3
        )


def _draw_stars(canvas: Image, colour: Bgr, rng: Random) -> None:
    """Draws a band of night sky at the top with small stars."""
    height, width = canvas.shape[:2]
    canvas[: round(height * 0.2)] = colour
    for _ in range(40):
        cv2.circle(canvas, (rng.randrange(width), rng.randrange(height // 5)), rng.randrange(1, 3), (250, 250, 250), -1)


def _draw_land(canvas: Image, base: Bgr, colours: Sequence[Bgr], rng: Random, kind: str) -> None:
    """Ridges in front of one another at the bottom (hills, mountain, desert, lake, wave, skyline)."""
    height, width = canvas.shape[:2]
    if rng.random() < 0.6:
        _draw_gradient(canvas, base, [mix_colours(base, colours[-1], 0.6), base], rng, "gradient")
    steps = {"mountain": 9, "desert": 6, "skyline": 24}.get(kind, 5)
    for index, colour in enumerate(colours[:3]):
        level = height * (rng.uniform(0.3, 0.6) + 0.17 * index)
        rough = height * (0.22 if kind in ("mountain", "desert") else 0.08)
        xs = np.linspace(0, width, steps * 4 if kind in ("lake", "wave") else steps)
        if kind in ("lake", "wave"):
            ys = level + rough * np.sin(xs / width * rng.uniform(3, 9) + rng.uniform(0, 6))
        else:
            ys = np.array([level + rng.uniform(-rough, rough) for _ in xs])
        points = np.stack([xs, ys], axis=1).tolist()
        outline = np.array([*points, [width, height], [0, height]], np.int32)
        cv2.fillPoly(canvas, [outline], jitter_colour(colour, rng))


def _draw_figure(canvas: Image, base: Bgr, colours: Sequence[Bgr], rng: Random, kind: str) -> None:
    """Draws one large figure: at the left or right (picture), in the middle (tree), or the outline of a country."""
    height, width = canvas.shape[:2]
    if kind == "outline":
        points = make_blob(rng, rng.uniform(0.5, 0.95), 16) * (width * 0.4, height * 0.42) + (width / 2, height / 2)
        cv2.polylines(canvas, [points.astype(np.int32)], True, colours[0], rng.randrange(1, 4), cv2.LINE_AA)
        return
    centre = width * (0.5 if kind == "tree" else rng.choice((0.12, 0.12, 0.5, 0.88)))
    for colour in [*colours, mix_colours(colours[0], (0, 0, 0), 0.5)]:
        spread = (rng.uniform(0.05, 0.14) * width, rng.uniform(0.12, 0.34) * height)
        offset = (centre + rng.uniform(-0.05, 0.05) * width, height * rng.uniform(0.4, 0.7))
        points = make_blob(rng, 0.5, rng.randrange(7, 18)) * spread + offset
        cv2.fillPoly(canvas, [points.astype(np.int32)], mix_colours(colour, base, rng.uniform(0, 0.5)), cv2.LINE_AA)


def make_blob(rng: Random, roughness: float, corners: int) -> NDArray[np.float64]:
    """Draws a closed uneven outline around the origin, its radius about one.

    Args:
        rng: Source of chance.
        roughness: How much the radius varies.
        corners: Points of the outline.

    Returns:
        Points (corners, 2).
    """
    turn = rng.random() * math.tau
    radii = [1 - roughness * rng.random() for _ in range(corners)]
    angles = [turn + math.tau * (index + 0.4 * rng.random()) / corners for index in range(corners)]
    return np.array([(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)])


def draw_ornament(kind: str, ink: Bgr, rng: Random) -> tuple[Image, Mask]:
    """Draws an ornament that stands between groups of characters.

    Args:
        kind: Name of a kind of ornament.
        ink: The colour of the plate's lettering.
        rng: Source of chance.

    Returns:
        Colours (64, 64, 3) and mask (64, 64).
    """
    mask = np.zeros((ORNAMENT, ORNAMENT), np.uint8)
    main = draw_colour(rng) if rng.random() < 0.7 else ink
    colour = make_filled(ORNAMENT, ORNAMENT, main)
    draw = _ORNAMENTS.get(kind)
    if draw is not None:
        draw(colour, mask, ink, rng)
    elif kind in ("shield", "arms", "crown"):
        _draw_shield(colour, mask, rng)
    elif kind in ("sticker", "flag"):
        _draw_flag(colour, mask, rng)
    elif kind in ("star", "leaf"):
        _draw_star(mask, rng)
    else:
        _draw_shape(colour, mask, main, rng)
    return colour, mask


def _draw_dot(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws a round dot in the lettering's ink."""
    colour[:] = ink
    cv2.circle(mask, (ORNAMENT // 2, ORNAMENT // 2), round(rng.uniform(0.12, 0.2) * ORNAMENT), 255, -1, cv2.LINE_AA)


def _draw_two_seals(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws two seals, one above the other."""
    for centre in (0.26, 0.74):
        _draw_seal(colour, mask, (0.5, centre), 0.22, rng)


def _draw_one_seal(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws one seal in the middle."""
    _draw_seal(colour, mask, (0.5, 0.5), rng.uniform(0.25, 0.45), rng)


def _draw_cross(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws a red cross of even arms."""
    colour[:] = (60, 40, 210)
    cv2.rectangle(mask, (8, 25), (56, 39), 255, -1)
    cv2.rectangle(mask, (25, 8), (39, 56), 255, -1)


def _draw_sun(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws a red star or sun."""
    colour[:] = (48, 52, 200)
    _draw_star(mask, rng)


def _draw_seal(colour: Image, mask: Mask, centre: tuple[float, float], radius: float, rng: Random) -> None:
    """Draws a round seal: a coloured or metal disc with a ring and a figure inside."""
    at = (round(centre[0] * ORNAMENT), round(centre[1] * ORNAMENT))
    size = round(radius * ORNAMENT)
    cv2.circle(mask, at, size, 255, -1, cv2.LINE_AA)
    first = draw_colour(rng) if rng.random() < 0.6 else (190, 195, 200)
    cv2.circle(colour, at, size + 1, first, -1)
    cv2.circle(colour, at, max(2, round(size * 0.62)), mix_colours(first, draw_colour(rng), 0.7), -1)
    for _ in range(4):
        spot = (at[0] + rng.randrange(-size // 2, size // 2 + 1), at[1] + rng.randrange(-size // 2, size // 2 + 1))
        cv2.circle(colour, spot, max(1, size // 5), draw_colour(rng), -1)


def _draw_shield(colour: Image, mask: Mask, rng: Random) -> None:
    """Draws a coat of arms: a shield parted in two or four, or with checks."""
    points = np.array([[10, 6], [54, 6], [54, 34], [46, 48], [32, 60], [18, 48], [10, 34]], np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA)
    first, second = ((40, 30, 200), (245, 245, 245)) if rng.random() < 0.6 else (draw_colour(rng), draw_colour(rng))
    colour[:] = first
    step = rng.choice((8, 16, 24, 32))
    for row in range(0, ORNAMENT, step):
        for column in range(row % (2 * step), ORNAMENT, 2 * step):
            colour[row : row + step, column : column + step] = second


def _draw_flag(colour: Image, mask: Mask, rng: Random) -> None:
    """Draws an upright sticker, or a small flag of two or three stripes."""
    cv2.rectangle(mask, (rng.randrange(6, 18), rng.randrange(4, 20)), (rng.randrange(46, 60), 56), 255, -1)
    stripes = rng.randrange(1, 5)
    for index in range(stripes):
        colour[index * ORNAMENT // stripes : (index + 1) * ORNAMENT // stripes] = draw_colour(rng)


def _draw_star(mask: Mask, rng: Random) -> None:
    """Draws a star or sun of five to sixteen points."""
    tips = rng.choice((5, 5, 6, 8, 16))
    angles = [math.pi * index / tips - math.pi / 2 for index in range(2 * tips)]
    radii = [30 if index % 2 == 0 else 13 for index in range(2 * tips)]
    points = [(32 + r * math.cos(a), 32 + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    cv2.fillPoly(mask, [np.array(points, np.int32)], 255, cv2.LINE_AA)


def _draw_heart(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Draws a heart."""
    cv2.circle(mask, (20, 22), 14, 255, -1, cv2.LINE_AA)
    cv2.circle(mask, (44, 22), 14, 255, -1, cv2.LINE_AA)
    cv2.fillPoly(mask, [np.array([[8, 29], [56, 29], [32, 60]], np.int32)], 255, cv2.LINE_AA)


def _draw_script(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Strokes that look like writing in letters other than Latin."""
    if rng.random() < 0.7:
        colour[:] = ink
    for row in (18, 46):
        x = 4.0
        while x < 56:
            points = [(x + rng.uniform(0, 14), row + rng.uniform(-10, 9)) for _ in range(3)]
            cv2.polylines(mask, [np.array([(x, row + 4), *points], np.int32)], False, 255, 3, cv2.LINE_AA)
            if rng.random() < 0.5:
                cv2.circle(mask, (int(x) + 5, row - 11), 2, 255, -1)
            x += rng.uniform(9, 18)


def _draw_han(colour: Image, mask: Mask, ink: Bgr, rng: Random) -> None:
    """Strokes that look like the Han character before a Chinese number: it must not be read as a letter."""
    colour[:] = ink
    thick = rng.randrange(4, 8)
    if rng.random() < 0.25:  # 川, which looks most like a letter
        for x in (10, 32, 54):
            cv2.line(mask, (x, rng.randrange(2, 10)), (x - 6 * (x == 10), rng.randrange(54, 62)), 255, thick)
        return
    for _ in range(rng.randrange(2, 5)):
        y, left = rng.randrange(6, 58), rng.randrange(2, 26)
        cv2.line(mask, (left, y), (rng.randrange(left + 14, 63), y + rng.randrange(-3, 4)), 255, thick)
    for _ in range(rng.randrange(2, 5)):
        x, top = rng.randrange(6, 58), rng.randrange(2, 26)
        lean = rng.choice((0, 0, rng.randrange(-22, 23)))
        cv2.line(mask, (x, top), (x + lean, rng.randrange(top + 16, 63)), 255, thick)


def _draw_shape(colour: Image, mask: Mask, main: Bgr, rng: Random) -> None:
    """Draws any figure: a rough outline with patches of other colours."""
    points = make_blob(rng, rng.uniform(0.2, 0.7), rng.randrange(6, 18)) * 30 + 32
    cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA)
    for _ in range(rng.randrange(5)):
        patch = make_blob(rng, 0.4, 7) * rng.uniform(5, 16) + (rng.uniform(10, 54), rng.uniform(10, 54))
        cv2.fillPoly(colour, [patch.astype(np.int32)], mix_colours(main, draw_colour(rng), rng.random()))


_Drawing = Callable[[Image, Mask, Bgr, Random], None]
_ORNAMENTS: dict[str, _Drawing] = {
    "dot": _draw_dot,
    "seals": _draw_two_seals,
    "seal": _draw_one_seal,
    "cross": _draw_cross,
    "sun": _draw_sun,
    "emirate": _draw_script,
    "heart": _draw_heart,
    "han": _draw_han,
}
