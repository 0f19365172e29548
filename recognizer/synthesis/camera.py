"""The camera a plate is seen through, as a detector cuts it out: geometry here, light and noise in optics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.synthesis.optics import Optics
from recognizer.synthesis.paint import Image, resize_image
from recognizer.synthesis.surroundings import surround_plate

# Plates are seen this high, in pixels of the sensor, drawn evenly on a logarithmic scale: one line, two lines.
ONE_LINE, TWO_LINES = (11.0, 96.0), (24.0, 128.0)
# Plates at most this many times as wide as high have two lines, or American height.
SQUARE = 2.6


@dataclass(frozen=True, slots=True)
class CameraView:
    """How a plate stands in the picture: turn and shear in radians, perspective as a share of its size."""

    turn: float
    shear: float
    perspective: float


@dataclass(frozen=True, slots=True)
class Photograph:
    """A crop (H, W, 3), the plate's corners in it (4, 2) in pixels, clockwise from the upper left, and its height."""

    image: Image
    corners: NDArray[np.float64]
    height: float


class CameraModel:
    """Shows a plate as a detector's crop of a camera's picture would.

    strength scales every fault: 0 leaves only the re-scaling and a close crop, 1 is what was seen in real crops.
    real is for crops that were photographed already: milder, and no surroundings are added. loose is the share of
    crops that show as much again of the surroundings; tilt scales the angles; backdrops are photographs without
    a plate, for the surroundings of half of the plates.
    """

    def __init__(
        self,
        strength: float = 1.0,
        real: bool = False,
        surroundings: bool = True,
        *,
        loose: float = 0.0,
        tilt: float = 1.0,
        backdrops: Sequence[Image] = (),
    ) -> None:
        if strength < 0:
            raise ValueError(f"strength {strength}: it must not be negative")
        self._strength, self._real, self._surroundings = strength, real, surroundings
        self._loose, self._tilt, self._backdrops = loose, tilt, backdrops
        self._optics = Optics(strength * (0.6 if real else 1.0), real)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        """Photographs a plate (H, W, 3): BGR uint8 of another size; the text on it is still there."""
        return self.photograph(image, rng).image

    def photograph(self, image: Image, rng: np.random.Generator) -> Photograph:
        """Photographs as calling it does, and tells where the plate is; ValueError for what is no BGR image."""
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or min(image.shape[:2]) < 2:
            raise ValueError(f"the camera takes BGR uint8 pictures (H, W, 3) of 2 pixels or more, not {image.shape}")
        draw = Random(int(rng.integers(1 << 62)))
        shot = self._photograph_again(image, draw) if self._real else self._photograph_plate(image, draw)
        # Two lines, or American captions, leave the lettering half of the height.
        lines = 1.0 if image.shape[1] > SQUARE * image.shape[0] else 1.9
        # A photographed crop is blurred already, and may show the plate in part of its height only.
        share = 0.45 if self._real else 0.75
        return replace(shot, image=self._optics(shot.image, draw, max(6.0, share * shot.height / lines)))

    def _photograph_plate(self, plate: Image, draw: Random) -> Photograph:
        """Photographs a clean plate put on a car, at some size and angle."""
        strength = self._strength
        aspect = plate.shape[1] / plate.shape[0]
        low, high = ONE_LINE if aspect > SQUARE else TWO_LINES
        height = low * (high / low) ** (draw.random() ** 0.8)
        scale = min(1.0, height * 1.2 / plate.shape[0])
        size = (max(8, round(plate.shape[1] * scale)), max(6, round(plate.shape[0] * scale)))
        small = resize_image(plate, *size)
        if draw.random() < 0.3:
            small = _bend_plate(small, draw, strength)
        loose = draw.random() < self._loose
        if self._surroundings:
            backdrop = draw.choice(self._backdrops) if self._backdrops and draw.random() < 0.5 else None
            scene, offset = surround_plate(small, draw, (0.9, 1.4) if loose else (0.32, 0.5), backdrop)
        else:
            scene, offset = small, (0, 0)
        angle = strength * self._tilt
        view = CameraView(
            turn=draw.gauss(0, 0.075) * angle if draw.random() < 0.75 else draw.uniform(-0.26, 0.26) * angle,
            shear=draw.gauss(0, 0.09) * angle,
            perspective=abs(draw.gauss(0, 0.05)) * angle,
        )
        corners = _project_corners(size, height / size[1], draw.uniform(0.88, 1.1), view, draw)
        box = _choose_loose_cut(corners, draw) if loose else _choose_cut(corners, draw, strength)
        return Photograph(_warp_scene(scene, offset, size, corners, box), corners - box[0], height)

    def _photograph_again(self, crop: Image, draw: Random) -> Photograph:
        """Turns, shears, cuts and scales a photographed crop a little; the corners are those of the old crop."""
        strength = self._strength
        height, width = crop.shape[:2]
        view = CameraView(
            turn=draw.gauss(0, 0.035) * strength,
            shear=draw.gauss(0, 0.06) * strength,
            perspective=abs(draw.gauss(0, 0.025)) * strength,
        )
        low = max(14.0, height * 0.5)
        wanted = (
            height
            if draw.random() < 0.5 or height <= low
            else low * (max(low, min(height, 128.0)) / low) ** draw.random()
        )
        scale = min(1.0, wanted / height)
        size = (max(4, round(width * scale)), max(4, round(height * scale)))
        small = resize_image(crop, *size) if scale < 1 else crop
        corners = _project_corners(size, 1.0, draw.uniform(0.93, 1.07), view, draw)
        edges = [draw.gauss(0.0, 0.022) * strength for _ in range(4)]
        low_corner, high_corner = corners.min(axis=0), corners.max(axis=0)
        margin = np.array(edges).reshape(2, 2) * (high_corner - low_corner)
        box = np.stack([low_corner - margin[0], high_corner + margin[1]])
        return Photograph(_warp_scene(small, (0, 0), size, corners, box), corners - box[0], size[1])


def jitter_photograph(image: Image, rng: np.random.Generator, strength: float = 1.0) -> Image:
    """Lets a camera see a photographed crop a little differently; for training on real crops.

    Args:
        image: uint8 BGR (H, W, 3).
        rng: Source of chance.
        strength: 0 leaves it as it is, 1 is the usual.
    """
    return CameraModel(strength, real=True)(image, rng)


def _bend_plate(plate: Image, draw: Random, strength: float) -> Image:
    """Bends a plate as by a knock: columns move up and down along an arc or a wave, about a pixel in twenty."""
    height, width = plate.shape[:2]
    xs = np.linspace(0, np.pi * draw.uniform(0.6, 2.0), width, dtype=np.float32) + draw.uniform(0, 6)
    shift = np.sin(xs) * height * draw.uniform(0.01, 0.06) * strength
    map_x, map_y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(plate, map_x, map_y + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _project_corners(
    size: tuple[int, int], scale: float, stretch: float, view: CameraView, draw: Random
) -> NDArray[np.float64]:
    """Projects the plate's corners (4, 2) into the image, clockwise from the upper left, around the origin."""
    width, height = size[0] * scale * stretch, size[1] * scale
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    square[:, 1] += square[:, 0] * np.tan(view.turn)
    square[:, 0] -= square[:, 1] * np.tan(view.shear)
    reach = view.perspective * min(height * 1.5, width)
    jitter = [[draw.uniform(-reach, reach) for _ in range(2)] for _ in range(4)]
    return np.asarray(square + np.array(jitter))


def _choose_cut(corners: NDArray[np.float64], draw: Random, strength: float) -> NDArray[np.float64]:
    """Chooses a detector's box (2, 2) around the corners: close, loose or shifted, cutting at most 8 %."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    kind = draw.random()
    if kind < 0.5:
        edges = [draw.gauss(0.01, 0.025) for _ in range(4)]
    elif kind < 0.8:
        edges = [draw.uniform(0.0, 0.3) for _ in range(4)]
    else:
        edges = [draw.uniform(-0.05, 0.15) for _ in range(4)]
    limited = np.array([min(0.32, max(-0.05, edge)) for edge in edges]) * strength
    # A box cut shorter at the sides loses characters: there only as much as the plate's own margin allows.
    limited[[0, 2]] = np.maximum(limited[[0, 2]], -0.012)
    margin = limited.reshape(2, 2) * (high - low)
    return np.stack([low - margin[0], high + margin[1]])


def _choose_loose_cut(corners: NDArray[np.float64], draw: Random) -> NDArray[np.float64]:
    """Chooses a box (2, 2) that shows the plate somewhere in a piece of its car."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    reach = draw.choice((0.3, 0.5, 0.8))
    margin = np.array([draw.uniform(0, side * reach) for side in (1.0, 1.5, 1.0, 1.5)]).reshape(2, 2) * (high - low)
    return np.stack([low - margin[0], high + margin[1]])


def _warp_scene(
    scene: Image, offset: tuple[int, int], size: tuple[int, int], corners: NDArray[np.float64], box: NDArray[np.float64]
) -> Image:
    """Warps the scene so that the plate (at offset, of size, in the scene) fills the corners, cut to the box."""
    x, y = offset
    source = np.array([[x, y], [x + size[0], y], [x + size[0], y + size[1]], [x, y + size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (corners - box[0]).astype(np.float32))
    width, height = (max(4, round(float(edge))) for edge in box[1] - box[0])
    taken = cv2.warpPerspective(scene, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken, np.uint8)
