"""The demo's still background: a street in afternoon light, painted once."""

import cv2
import numpy as np

from assets.demo.camera import Camera, Image, paint, quad
from assets.demo.paint import blank, box_mask, lay, lighten, noise, shade, solid

GROUND_SCALE = 60  # texture pixels a metre
KERB_LEFT, KERB_RIGHT = -7.2, -0.7


def background(camera: Camera, seed: int) -> Image:
    """The street without vehicles, (H, W, 3) BGR, with what is far a little out of focus."""
    rng = np.random.default_rng(seed)
    canvas = _sky(camera, rng)
    _houses(canvas, camera, rng)
    _trees(canvas, camera, rng)
    canvas = cv2.GaussianBlur(canvas, (0, 0), 2.2)
    for near, far in ((60, 140), (24, 60), (9, 24), (2.2, 9)):
        _ground(canvas, camera, rng, near, far)
    _posts(canvas, camera)
    return canvas


def _sky(camera: Camera, rng: np.random.Generator) -> Image:
    sky = shade((232, 214, 196), 0.92, 1.06, camera.width, camera.height)
    clouds = np.clip(
        noise(rng, camera.width, camera.height, 160) + 0.5 * noise(rng, camera.width, camera.height, 45), -1, 2
    )
    return np.clip(sky + clouds[..., None] * 9, 0, 255).astype(np.uint8)


def _facade(rng: np.random.Generator, wall: tuple[int, int, int], floors: int, columns: int) -> Image:
    width, height = columns * 64, floors * 74 + 20
    texture = solid(shade(wall, 1.06, 0.86, width, height))
    lighten(texture, noise(rng, width, height, 2) + noise(rng, width, height, 30), 5)
    for row in range(floors):
        for column in range(columns):
            x, y = column * 64 + 18, height - (row + 1) * 74 + 14
            lay(texture, box_mask(width, height, x - 4, y - 4, x + 32, y + 50), (215, 220, 224), 0.8)
            tone = float(rng.uniform(0.5, 1.3))
            lay(
                texture,
                box_mask(width, height, x, y, x + 28, y + 44),
                shade((96, 84, 74), 1.6 * tone, 0.7 * tone, width, height),
            )
            lay(texture, box_mask(width, height, x + 13, y, x + 15, y + 44), (210, 212, 214), 0.8)
    return texture


def _houses(canvas: Image, camera: Camera, rng: np.random.Generator) -> None:
    walls = [(150, 176, 198), (128, 140, 176), (176, 190, 196), (120, 160, 190), (165, 165, 170), (140, 150, 190)]
    z = 150.0
    for index in range(14):  # from far to near, along the left pavement
        length, floors = float(rng.uniform(9, 13)), int(rng.integers(2, 5))
        wall = walls[index % len(walls)]
        texture = _facade(rng, wall, floors, 4)
        height = floors * 3.1 + 1
        x = -10.5
        paint(canvas, camera, texture, quad((x, height, z - length), (x, height, z), (x, 0, z), (x, 0, z - length)))
        z -= length
        if z < 24:
            break
    far = _facade(rng, walls[2], 5, 9)
    paint(canvas, camera, far, quad((-20, 15, 160), (24, 13, 160), (24, 0, 160), (-20, 0, 160)))


def _trees(canvas: Image, camera: Camera, rng: np.random.Generator) -> None:
    for z, x in ((120, -9), (95, -8.6), (74, -9.0), (58, -8.7), (90, 2.5), (66, 2.2)):
        texture = blank(260, 380)
        cv2.rectangle(texture, (122, 230), (138, 379), (46, 58, 70, 255), -1)
        for _ in range(260):
            centre = rng.normal((130, 130), (42, 52))
            tone = float(rng.uniform(0.55, 1.25)) * (1.25 - centre[1] / 330)
            colour = tuple(int(v * tone) for v in (52, 104, 84))
            cv2.circle(
                texture, (round(centre[0]), round(centre[1])), int(rng.integers(6, 20)), (*colour, 255), -1, cv2.LINE_AA
            )
        paint(canvas, camera, texture, quad((x - 2.6, 7.5, z), (x + 2.6, 7.5, z), (x + 2.6, 0, z), (x - 2.6, 0, z)))


def _ground(canvas: Image, camera: Camera, rng: np.random.Generator, near: float, far: float) -> None:
    """A stretch of street: pavement, kerbs, asphalt with patches, tar seams and lane marks."""
    scale = GROUND_SCALE if near < 20 else GROUND_SCALE // 3
    left, right = -26.0, 14.0
    width, height = round((right - left) * scale), round((far - near) * scale)
    texture = solid(shade((118, 118, 120), 1.05, 1.0, width, height))

    def band(x1: float, x2: float, colour: tuple[int, int, int], strength: float = 1.0) -> None:
        lay(texture, box_mask(width, height, (x1 - left) * scale, 0, (x2 - left) * scale, height), colour, strength)

    band(left, KERB_LEFT, (150, 156, 162))
    band(KERB_RIGHT, right, (142, 148, 154))
    for z in np.arange(np.ceil(near), far, 1.0):  # slabs of the pavement
        row = height - round((z - near) * scale)
        for x1, x2 in ((left, KERB_LEFT), (KERB_RIGHT, right)):
            cv2.line(
                texture,
                (round((x1 - left) * scale), row),
                (round((x2 - left) * scale), row),
                (120, 124, 128, 255),
                max(1, scale // 40),
            )
    for x in (KERB_LEFT, KERB_RIGHT):
        band(x - 0.12, x + 0.12, (176, 180, 184))
        band(x + 0.12 if x == KERB_LEFT else x - 0.2, x + 0.2 if x == KERB_LEFT else x - 0.12, (70, 70, 70), 0.6)
    middle = (KERB_LEFT + KERB_RIGHT) / 2
    for z in np.arange(near // 6 * 6, far, 6.0):
        top, bottom = height - (z + 3 - near) * scale, height - (z - near) * scale
        mark = box_mask(width, height, (middle - 0.07 - left) * scale, top, (middle + 0.07 - left) * scale, bottom)
        lay(texture, mark, (222, 224, 226), 0.85)
    for x in (-2.7, -1.2, -6.2, -4.8):  # tracks that tyres have darkened
        band(x - 0.3, x + 0.3, (84, 84, 86), 0.18)
    lighten(texture, noise(rng, width, height, max(1.0, scale * 0.03)), 6.5)
    lighten(texture, noise(rng, width, height, scale * 0.8), 4)
    cv2.line(
        texture,
        (round((-5.4 - left) * scale), 0),
        (round((-5.0 - left) * scale), height),
        (70, 70, 72, 255),
        max(1, scale // 25),
    )
    paint(canvas, camera, texture, quad((left, 0, far), (right, 0, far), (right, 0, near), (left, 0, near)))


def _posts(canvas: Image, camera: Camera) -> None:
    for z in (70.0, 46.0, 32.0):
        post = solid(shade((96, 98, 100), 1.1, 0.8, 12, 400))
        paint(canvas, camera, post, quad((-7.75, 6, z), (-7.6, 6, z), (-7.6, 0, z), (-7.75, 0, z)))
