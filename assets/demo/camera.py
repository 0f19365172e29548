"""The demo's camera, and flat textures painted in space. World axes in metres: x right, y up, z along the street."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera above the origin; yaw is positive to the right, pitch downwards, in radians."""

    width: int = 1280
    height: int = 720
    focal: float = 2350.0
    eye: float = 2.05
    yaw: float = -0.262
    pitch: float = 0.118

    def project(self, points: Points) -> Points:
        """Picture points (N, 2) of world points (N, 3); those must lie in front of the camera."""
        x, y, z = points[:, 0], points[:, 1] - self.eye, points[:, 2]
        cos, sin = np.cos(self.yaw), np.sin(self.yaw)
        across, depth = cos * x - sin * z, sin * x + cos * z
        cos, sin = np.cos(self.pitch), np.sin(self.pitch)
        down, depth = -(cos * y + sin * depth), cos * depth - sin * y
        u = self.width / 2 + self.focal * across / depth
        v = self.height / 2 + self.focal * down / depth
        return np.stack([u, v], axis=1)


def quad(*corners: tuple[float, float, float]) -> Points:
    """Four world corners as an array: top left, top right, bottom right, bottom left as the camera sees them."""
    return np.array(corners, dtype=np.float64)


def paint(canvas: Image, camera: Camera, texture: Image, corners: Points) -> None:
    """Paint a BGRA texture over the canvas onto the flat quadrilateral with those world corners."""
    target = camera.project(corners)
    low = np.floor(target.min(axis=0)).astype(int) - 2
    high = np.ceil(target.max(axis=0)).astype(int) + 3
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(canvas.shape[1], int(high[0])), min(canvas.shape[0], int(high[1]))
    if right <= left or bottom <= top:
        return
    texture = _reduced(texture, target)
    height, width = texture.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, (target - (left, top) - 0.5).astype(np.float32))
    warped = cv2.warpPerspective(_premultiplied(texture), matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    place = canvas[top:bottom, left:right]
    covered = 1.0 - warped[..., 3:] / 255.0
    place[:] = np.clip(place * covered + warped[..., :3] + 0.5, 0, 255).astype(np.uint8)


def _reduced(texture: Image, target: Points) -> Image:
    """The texture shrunk to about the size it will have, since warping alone would drop pixels; with a clear rim."""
    edge = [float(np.linalg.norm(target[i] - target[(i + 1) % 4])) for i in range(4)]
    width = int(np.clip(1.3 * max(edge[0], edge[2]), 4, texture.shape[1]))
    height = int(np.clip(1.3 * max(edge[1], edge[3]), 4, texture.shape[0]))
    if (width, height) != (texture.shape[1], texture.shape[0]):
        texture = cv2.resize(texture, (width, height), interpolation=cv2.INTER_AREA)
    return texture


def _premultiplied(texture: Image) -> NDArray[np.float32]:
    colour = texture.astype(np.float32)
    colour[..., :3] *= colour[..., 3:] / 255.0
    return colour
