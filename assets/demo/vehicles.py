"""The demo's vehicles: bodies of flat textured panels, with a plate at the front."""

import numpy as np

from assets.demo import panels
from assets.demo.camera import Camera, Image, Points, paint, quad
from assets.demo.paint import Colour, solid
from assets.demo.panels import Shape

NEAR = 1.3  # nothing nearer to the camera than this is in view

HATCHBACK = Shape()
ESTATE = Shape(length=4.7, bonnet_length=1.15, roof=1.48, rake=0.85)
SUV = Shape(1.9, 4.6, 0.26, 0.98, 1.12, 1.05, 0.6, 1.74, 0.15, 0.56)
VAN = Shape(1.95, 5.2, 0.24, 1.02, 1.2, 0.62, 0.62, 2.25, 0.1, 0.5)
SMALL = Shape(1.64, 3.6, 0.2, 0.74, 0.95, 0.8, 0.7, 1.48, 0.15, 0.4)


def plate_corners(shape: Shape, size: tuple[float, float], x: float, z: float) -> Points:
    """World corners of a plate of a size (metres) on a body whose front stands at (x, z)."""
    left, right = x - size[0] / 2, x + size[0] / 2
    low, high = shape.plate_y - size[1] / 2, shape.plate_y + size[1] / 2
    return quad((left, high, z), (right, high, z), (right, low, z), (left, low, z))


class Vehicle:
    """A vehicle on its lane: drives towards the camera at a steady speed."""

    def __init__(self, shape: Shape, colour: Colour, plate: Image, plate_size: tuple[float, float], seed: int) -> None:
        """plate: BGR picture of the plate; plate_size: its width and height in metres."""
        rng = np.random.default_rng(seed)
        self.shape = shape
        self.plate = solid(plate)
        self.plate_size = plate_size
        self._front = panels.front_texture(shape, colour, plate_size, rng)
        self._bonnet = panels.bonnet_texture(shape, colour, rng)
        self._screen = panels.screen_texture(shape, rng)
        self._roof = panels.panel(colour, 0.95, 1.15, rng)
        self._side = panels.side_texture(shape, colour, rng)
        self._windows = panels.window_texture(shape, colour)
        self._shadow = panels.shadow_texture(shape)

    def plate_corners(self, x: float, z: float) -> Points:
        """World corners of the plate when the vehicle's front stands at (x, z)."""
        return plate_corners(self.shape, self.plate_size, x, z)

    def draw(self, canvas: Image, camera: Camera, x: float, z: float) -> None:
        """Draw the vehicle with the middle of its front at (x, z)."""
        s = self.shape
        half, top = s.width / 2, s.width / 2 - s.inset
        back = z + s.length
        if back < NEAR + 0.3:
            return
        self._draw_shadow(canvas, camera, x, z)
        self._draw_side(canvas, camera, x, z)
        glass, roof = z + s.bonnet_length, z + s.bonnet_length + s.rake
        if roof > NEAR:
            paint(
                canvas,
                camera,
                self._roof,
                quad(
                    (x - top, s.roof, back - 0.6),
                    (x + top, s.roof, back - 0.6),
                    (x + top, s.roof, roof),
                    (x - top, s.roof, roof),
                ),
            )
        if z < NEAR:
            return
        paint(
            canvas,
            camera,
            self._screen,
            quad(
                (x - top, s.roof, roof),
                (x + top, s.roof, roof),
                (x + half * 0.95, s.bonnet_back, glass),
                (x - half * 0.95, s.bonnet_back, glass),
            ),
        )
        paint(
            canvas,
            camera,
            self._bonnet,
            quad(
                (x - half * 0.98, s.bonnet_back, glass + 0.04),
                (x + half * 0.98, s.bonnet_back, glass + 0.04),
                (x + half * 0.98, s.bonnet_front + 0.03, z + 0.05),
                (x - half * 0.98, s.bonnet_front + 0.03, z + 0.05),
            ),
        )
        paint(
            canvas,
            camera,
            self._front,
            quad(
                (x - half, s.bonnet_front + 0.06, z + 0.03),
                (x + half, s.bonnet_front + 0.06, z + 0.03),
                (x + half, s.sill, z),
                (x - half, s.sill, z),
            ),
        )
        paint(canvas, camera, self.plate, self.plate_corners(x, z - 0.02))

    def _draw_side(self, canvas: Image, camera: Camera, x: float, z: float) -> None:
        s = self.shape
        half, back = s.width / 2, z + s.length
        front = max(z, NEAR)
        cut = (front - z) / s.length
        side = self._side[:, : round(self._side.shape[1] * (1 - cut))]  # the texture's left end is the tail
        if side.shape[1] < 8:
            return
        # The side that faces the camera, seen from the street's middle: tail on the right, front on the left.
        body = quad(
            (x + half, s.bonnet_back, front),
            (x + half, s.bonnet_back, back),
            (x + half, 0.0, back),
            (x + half, 0.0, front),
        )
        paint(canvas, camera, side[:, ::-1], body)
        self._draw_windows(canvas, camera, x, z)

    def _draw_windows(self, canvas: Image, camera: Camera, x: float, z: float) -> None:
        s = self.shape
        half, top, back = s.width / 2, s.width / 2 - s.inset, z + s.length
        glass, roof = z + s.bonnet_length, z + s.bonnet_length + s.rake - 0.05
        cut = max(0.0, (NEAR - glass) / (back - 0.1 - glass))  # the share that has passed the camera
        windows = self._windows[:, round(self._windows.shape[1] * cut) :]
        if cut < 0.95:
            glass += cut * (back - 0.1 - glass)
            roof += cut * (back - 0.55 - roof)
            paint(
                canvas,
                camera,
                windows,
                quad(
                    (x + top, s.roof, roof),
                    (x + top, s.roof, back - 0.55),
                    (x + half, s.bonnet_back, back - 0.1),
                    (x + half, s.bonnet_back, glass),
                ),
            )

    def _draw_shadow(self, canvas: Image, camera: Camera, x: float, z: float) -> None:
        front, back = max(NEAR, z - 0.3), max(NEAR + 0.2, z + self.shape.length + 0.2)
        left, right = x - self.shape.width / 2 - 0.9, x + self.shape.width / 2 + 0.15
        paint(
            canvas, camera, self._shadow, quad((left, 0, back), (right, 0, back), (right, 0, front), (left, 0, front))
        )
