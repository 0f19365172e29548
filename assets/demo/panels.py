"""The flat textures that the demo's vehicles are made of, each painted as it is seen, y downwards."""

from dataclasses import dataclass

import cv2
import numpy as np

from assets.demo.camera import Image
from assets.demo.paint import Colour, blank, box_mask, lay, lighten, noise, polygon_mask, shade, solid

FRONT_SCALE, SIDE_SCALE = 420, 160  # texture pixels a metre


@dataclass(frozen=True, slots=True)
class Shape:
    """Measures of a body in metres, from the road up and from the front backwards."""

    width: float = 1.78
    length: float = 4.2
    sill: float = 0.2
    bonnet_front: float = 0.76
    bonnet_back: float = 0.98
    bonnet_length: float = 1.0
    rake: float = 0.75
    roof: float = 1.46
    inset: float = 0.16
    plate_y: float = 0.42


def _grain(texture: Image, rng: np.random.Generator, amount: float, size: float = 3) -> None:
    field = noise(rng, texture.shape[1], texture.shape[0], size) + noise(rng, texture.shape[1], texture.shape[0], 40)
    lighten(texture, field, amount)


def panel(colour: Colour, top: float, bottom: float, rng: np.random.Generator) -> Image:
    """A plain painted panel: the roof."""
    texture = solid(shade(colour, top, bottom, 240, 160))
    _grain(texture, rng, 2)
    return texture


def front_texture(s: Shape, colour: Colour, plate: tuple[float, float], rng: np.random.Generator) -> Image:
    """Bumper, grille, lights and the holder around the plate; painted as seen, y downwards."""
    width, height = round(s.width * FRONT_SCALE), round((s.bonnet_front + 0.06 - s.sill) * FRONT_SCALE)
    texture = blank(width, height)
    outline = [(0.0, 0.12), (0.04, 0.0), (0.96, 0.0), (1.0, 0.12), (1.0, 0.9), (0.96, 1.0), (0.04, 1.0), (0.0, 0.9)]
    body = polygon_mask(width, height, [(x * width, y * height) for x, y in outline], 6)
    lay(texture, body, shade(colour, 1.12, 0.62, width, height))
    bulge = np.exp(-(((np.linspace(0, 1, height) - 0.42) / 0.05) ** 2)).astype(np.float32)
    lighten(texture, np.repeat(bulge[:, None], width, 1), 38)  # the sky in the bumper's edge
    edge = np.abs(np.linspace(-1, 1, width)).astype(np.float32) ** 6
    lighten(texture, np.repeat(edge[None, :], height, 0), -60)

    def box(x1: float, y1: float, x2: float, y2: float, smooth: int = 5) -> Image:
        return box_mask(width, height, x1 * width, y1 * height, x2 * width, y2 * height, smooth)

    lay(texture, box(0.3, 0.1, 0.7, 0.3), (28, 26, 25))  # grille
    for row in np.linspace(0.13, 0.27, 5):
        lay(texture, box(0.31, row - 0.006, 0.69, row + 0.006, 0), (92, 92, 94))
    lay(texture, box(0.465, 0.14, 0.535, 0.265, 9), (205, 205, 205))  # badge
    lay(texture, box(0.476, 0.16, 0.524, 0.245, 7), (120, 110, 100))
    lay(texture, box(0.12, 0.78, 0.88, 0.97, 8), (30, 29, 28))  # lower intake
    for row in np.linspace(0.82, 0.94, 4):
        lay(texture, box(0.2, row - 0.004, 0.8, row + 0.004, 0), (62, 60, 60))
    for side in (0, 1):
        _lamp(texture, side, rng)
    lay(texture, box(0.0, 0.972, 1.0, 1.0, 0), (18, 18, 18), 0.8)
    lay(
        texture,
        polygon_mask(width, height, _scaled([(0.2, 0.025), (0.8, 0.025), (0.8, 0.035), (0.2, 0.035)], width, height)),
        (20, 20, 20),
        0.8,
    )  # the bonnet's gap
    # A dark plate holder, as most cars have one, with a soft shadow under it.
    centre = (s.bonnet_front + 0.06 - s.plate_y) * FRONT_SCALE
    half_width, half_height = (plate[0] / 2 + 0.012) * FRONT_SCALE, (plate[1] / 2 + 0.012) * FRONT_SCALE
    holder = box_mask(
        width,
        height,
        width / 2 - half_width,
        centre - half_height,
        width / 2 + half_width,
        centre + half_height + 0.006 * FRONT_SCALE,
        2,
    )
    lay(texture, cv2.GaussianBlur(holder, (0, 0), 7), (10, 10, 10), 0.55)
    lay(texture, holder, (26, 25, 25))
    _grain(texture, rng, 2.2)
    texture[..., 3] = np.minimum(texture[..., 3], body)
    return texture


def _scaled(points: list[tuple[float, float]], width: int, height: int) -> list[tuple[float, float]]:
    return [(x * width, y * height) for x, y in points]


def _lamp(texture: Image, side: int, rng: np.random.Generator) -> None:
    """One headlamp with its reflector and a lit core; side 0 is left in the picture."""
    height, width = texture.shape[:2]
    points = [(0.045, 0.17), (0.1, 0.1), (0.265, 0.14), (0.255, 0.3), (0.15, 0.36), (0.05, 0.33)]
    lens = [((1 - x if side else x), y) for x, y in points]
    mask = polygon_mask(width, height, _scaled(lens, width, height), 5)
    lay(texture, cv2.dilate(mask, np.ones((7, 7), np.uint8)), (25, 25, 26))
    lay(texture, mask, shade((205, 200, 196), 1.1, 0.55, width, height))
    centre = ((0.83 if side else 0.17) * width, 0.22 * height)
    for radius, colour in ((0.036, (70, 68, 66)), (0.03, (235, 238, 240)), (0.018, (255, 255, 255))):
        spot = np.zeros((height, width), np.uint8)
        cv2.circle(spot, (round(centre[0]), round(centre[1])), round(radius * width), 255, -1, cv2.LINE_AA)
        lay(texture, cv2.min(spot, mask), colour)
    fog = np.zeros((height, width), np.uint8)
    cv2.circle(
        fog, (round((0.87 if side else 0.13) * width), round(0.72 * height)), round(0.022 * width), 255, -1, cv2.LINE_AA
    )
    lay(texture, cv2.dilate(fog, np.ones((9, 9), np.uint8)), (28, 28, 28))
    lay(texture, fog, (175, 178, 182))
    lighten(texture, (mask / 255.0).astype(np.float32) * noise(rng, width, height, 9), 9)


def bonnet_texture(s: Shape, colour: Colour, rng: np.random.Generator) -> Image:
    """The bonnet with the sky mirrored in it."""
    width, height = 480, 200
    texture = solid(shade(colour, 1.55, 1.02, width, height))
    sky = np.clip(noise(rng, width, height, 90), -1.5, 1.5)  # clouds mirrored in the paint
    lighten(texture, sky, 14)
    lighten(texture, np.repeat(np.linspace(1, 0, height, dtype=np.float32)[:, None] ** 2, width, 1), 46)
    for x in (0.2, 0.8):  # the two creases
        crease = polygon_mask(
            width, height, _scaled([(x - 0.01, 1), (x + 0.01, 1), (0.5 + (x - 0.5) * 0.8, 0)], width, height)
        )
        lay(texture, crease, (255, 255, 255), 0.16)
    cv2.line(texture, (0, 2), (width, 2), (22, 22, 22, 255), 4, cv2.LINE_AA)
    _grain(texture, rng, 1.5)
    return texture


def screen_texture(s: Shape, rng: np.random.Generator) -> Image:
    """The windscreen: dark inside, a driver, the sky's reflection running down from the top, black rim."""
    width, height = 520, 300
    texture = solid(shade((62, 56, 50), 0.75, 1.0, width, height))
    for x, size in ((0.68, 1.0), (0.3, float(rng.uniform(0, 1) > 0.5))):
        if size:
            _person(texture, x)
    for x in (0.3, 0.7):
        rest = box_mask(width, height, (x - 0.075) * width, 0.35 * height, (x + 0.075) * width, 0.8 * height, 9)
        lay(texture, rest, (40, 37, 35), 0.55)
    cv2.ellipse(
        texture, (round(0.68 * width), round(0.98 * height)), (70, 42), 0, 180, 360, (24, 23, 22, 255), 8, cv2.LINE_AA
    )
    lighten(texture, np.repeat(np.linspace(1, 0, height, dtype=np.float32)[:, None] ** 1.5, width, 1), 72)
    lighten(texture, np.clip(noise(rng, width, height, 70), -1, 2), 15)
    slant = polygon_mask(width, height, _scaled([(0.1, 0), (0.34, 0), (0.2, 1), (0.0, 1)], width, height), 14)
    lay(texture, slant, (235, 225, 214), 0.12)
    mirror = box_mask(width, height, 0.44 * width, 0.06 * height, 0.56 * width, 0.17 * height, 6)
    lay(texture, mirror, (28, 27, 26))
    cv2.rectangle(texture, (0, 0), (width - 1, height - 1), (26, 25, 24, 255), 14)
    for x in (0.28, 0.62):
        cv2.line(
            texture,
            (round(x * width), height - 8),
            (round((x + 0.26) * width), height - 26),
            (14, 14, 14, 255),
            5,
            cv2.LINE_AA,
        )
    return texture


def _person(texture: Image, x: float) -> None:
    height, width = texture.shape[:2]
    head, body = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    cv2.ellipse(head, (round(x * width), round(0.45 * height)), (27, 36), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(body, (round(x * width), round(0.98 * height)), (78, 100), 0, 0, 360, 255, -1, cv2.LINE_AA)
    lay(texture, body, (92, 72, 58), 0.8)
    lay(texture, head, (108, 128, 164), 0.8)


def side_texture(s: Shape, colour: Colour, rng: np.random.Generator) -> Image:
    """The lower side from tail (left) to front (right), road to waist, with wheels; seen from the camera's side."""
    width, height = round(s.length * SIDE_SCALE), round(s.bonnet_back * SIDE_SCALE)
    texture = blank(width, height)

    def at(z: float, y: float) -> tuple[float, float]:  # z from the front, y from the road
        return width - z * SIDE_SCALE, height - y * SIDE_SCALE

    outline = [
        at(0.0, s.sill),
        at(0.0, s.bonnet_front),
        at(s.bonnet_length, s.bonnet_back),
        at(s.length, s.bonnet_back),
        at(s.length, s.sill + 0.1),
        at(s.length - 0.15, s.sill),
    ]
    lay(texture, polygon_mask(width, height, outline, 2), shade(colour, 1.0, 0.5, width, height))
    waist = np.exp(-(((np.linspace(s.bonnet_back, 0, height) - 0.72) / 0.04) ** 2)).astype(np.float32)
    lighten(texture, np.repeat(waist[:, None], width, 1), 30)
    for z in (s.bonnet_length + 0.5, s.bonnet_length + 1.5):
        x1, y1 = at(z, s.bonnet_back)
        cv2.line(
            texture,
            (round(x1), round(y1)),
            (round(x1), height - round(0.3 * SIDE_SCALE)),
            (24, 24, 24, 255),
            2,
            cv2.LINE_AA,
        )
        handle = at(z + 0.75, s.bonnet_back - 0.14)
        cv2.line(
            texture,
            (round(handle[0]), round(handle[1])),
            (round(handle[0]) + 26, round(handle[1])),
            (40, 40, 40, 255),
            5,
        )
    _grain(texture, rng, 2)
    for z in (0.78, s.length - 0.8):
        centre = tuple(round(v) for v in at(z, 0.33))
        for radius, tone in (
            (0.38, (14, 14, 14)),
            (0.33, (34, 33, 33)),
            (0.21, (150, 148, 146)),
            (0.18, (84, 82, 82)),
            (0.05, (160, 160, 160)),
        ):
            cv2.circle(texture, centre, round(radius * SIDE_SCALE), (*tone, 255), -1, cv2.LINE_AA)
        for angle in np.linspace(0, 2 * np.pi, 6)[:-1]:
            tip = (
                round(centre[0] + 0.17 * SIDE_SCALE * np.cos(angle)),
                round(centre[1] + 0.17 * SIDE_SCALE * np.sin(angle)),
            )
            cv2.line(texture, centre, tip, (150, 148, 146, 255), 6, cv2.LINE_AA)
    return texture


def window_texture(s: Shape, colour: Colour) -> Image:
    """The row of side windows."""
    width, height = 420, 130
    texture = solid(shade(colour, 1.25, 0.95, width, height))
    for x1, x2 in ((0.1, 0.36), (0.39, 0.66), (0.69, 0.93)):
        glass = box_mask(width, height, x1 * width, 0.12 * height, x2 * width, 0.92 * height, 4)
        lay(texture, glass, shade((92, 84, 76), 1.3, 0.5, width, height))
    return texture


def shadow_texture(s: Shape) -> Image:
    """The shadow under and beside a vehicle."""
    width, height = 160, 260
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (26, 24), (width - 22, height - 26), 255, -1)
    texture = blank(width, height)
    texture[..., :3] = (18, 16, 15)
    texture[..., 3] = (cv2.GaussianBlur(mask, (0, 0), 11) * 0.82).astype(np.uint8)
    return texture
