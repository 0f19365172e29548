"""What is seen around a plate: its frame, the car's body, a grille, a bumper, a lamp."""

from random import Random

import cv2
import numpy as np

from recognizer.synthesis.colours import Bgr, draw_colour, mix_colours
from recognizer.synthesis.paint import Image, resize_image

# BGR: car bodies, white to black first, as most are.
_BODIES: tuple[Bgr, ...] = (
    (235, 235, 235), (200, 203, 206), (150, 152, 156), (90, 92, 96), (40, 40, 42), (18, 18, 20),
    (30, 30, 140), (120, 60, 20), (60, 90, 40), (160, 190, 205), (90, 120, 150),
)  # fmt: skip


def surround_plate(
    plate: Image, draw: Random, reach: tuple[float, float] = (0.32, 0.5), backdrop: Image | None = None
) -> tuple[Image, tuple[int, int]]:
    """Draws a scene with a plate in its middle.

    Args:
        plate: uint8 BGR.
        draw: Source of chance.
        reach: How far the scene goes on beyond the plate, as shares of its width and height.
        backdrop: A photograph to set the plate into, stretched to the scene; None draws a car's body.

    Returns:
        The scene, and x and y of the plate's upper left corner in it.
    """
    height, width = plate.shape[:2]
    across, down = round(reach[0] * width) + 4, round(reach[1] * height) + 4
    size = (width + 2 * across, height + 2 * down)
    if backdrop is None:
        scene = _draw_body(size[1], size[0], draw)
        for _ in range(draw.choice((0, 1, 2, 3))):
            _draw_detail(scene, draw)
    else:
        scene = resize_image(backdrop, *size).copy()
    corner = (across, down)
    _draw_holder(scene, corner, (width, height), draw)
    _place_plate(scene, plate, corner, draw)
    return scene, corner


def _draw_body(height: int, width: int, draw: Random) -> Image:
    """Draws painted metal: one colour running from lighter to darker."""
    colour = draw.choice(_BODIES) if draw.random() < 0.8 else draw_colour(draw)
    other = mix_colours(colour, draw.choice(((0, 0, 0), (255, 255, 255))), draw.uniform(0, 0.5))
    ramp = np.array([[colour, mix_colours(colour, other, draw.random())], [other, colour]], np.uint8)
    return np.asarray(cv2.resize(ramp, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _draw_detail(scene: Image, draw: Random) -> None:
    """Draws a grille, a seam, a bumper's edge or a lamp."""
    height, width = scene.shape[:2]
    kind = draw.random()
    colour = draw.choice(((15, 15, 18), (40, 42, 45), (190, 192, 195), (235, 238, 240)))
    if kind < 0.3:
        step = max(3, height // draw.randrange(8, 20))
        for y in range(draw.randrange(step), height, step):
            cv2.line(scene, (0, y), (width, y), colour, max(1, step // 3))
    elif kind < 0.6:
        y = draw.randrange(height)
        edge = height if y > height // 2 else 0
        cv2.rectangle(scene, (0, min(y, edge)), (width, max(y, edge)), colour, -1)
    elif kind < 0.8:
        x, y = draw.randrange(width), draw.randrange(height)
        lamp = draw.choice(((40, 40, 200), (60, 150, 240), (240, 240, 245), (30, 30, 90)))
        cv2.ellipse(
            scene, (x, y), (width // draw.randrange(6, 16), height // draw.randrange(5, 12)), 0, 0, 360, lamp, -1
        )
    else:
        points = (draw.randrange(width), 0), (draw.randrange(width), height)
        cv2.line(scene, points[0], points[1], colour, max(1, height // 24))


def _draw_holder(scene: Image, corner: tuple[int, int], size: tuple[int, int], draw: Random) -> None:
    """Draws the plate's frame or holder, at times with an advertiser's strip below, and the plate's shadow."""
    if draw.random() < 0.35:
        return
    x, y = corner
    width, height = size
    rim = max(1, round(height * draw.uniform(0.02, 0.12)))
    below = rim + (round(height * draw.uniform(0.05, 0.22)) if draw.random() < 0.35 else 0)
    colour = draw.choice(((20, 20, 22), (25, 25, 28), (60, 60, 64), (185, 188, 192), (225, 228, 230)))
    cv2.rectangle(scene, (x - rim, y - rim), (x + width + rim - 1, y + height + below - 1), colour, -1)
    if below > rim + 3:
        ink = (235, 235, 235) if sum(colour) < 300 else (20, 20, 20)
        at = (x + round(width * draw.uniform(0.1, 0.5)), y + height + below - max(2, rim // 2))
        size_of = max(0.2, (below - rim) / 26)
        cv2.putText(scene, draw.choice(_ADVERTS), at, cv2.FONT_HERSHEY_SIMPLEX, size_of, ink, 1, cv2.LINE_AA)


_ADVERTS = (
    "AUTOHAUS MEIER",
    "www.cars.com",
    "Motors",
    "FORD",
    "TOYOTA",
    "GARAGE DU LAC",
    "Auto Center 24",
    "HONDA OF YORK",
)


def _place_plate(scene: Image, plate: Image, corner: tuple[int, int], draw: Random) -> None:
    """Lays the plate into the scene, most times with rounded corners."""
    x, y = corner
    height, width = plate.shape[:2]
    target = scene[y : y + height, x : x + width]
    radius = round(height * draw.uniform(0.0, 0.12))
    if radius < 2:
        target[:] = plate
        return
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for centre_x in (radius, width - radius - 1):
        for centre_y in (radius, height - radius - 1):
            cv2.circle(mask, (centre_x, centre_y), radius, 255, -1)
    cv2.copyTo(plate, mask, target)
