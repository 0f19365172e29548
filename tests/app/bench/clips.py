"""A clip for the tests of the bench."""

from pathlib import Path

import cv2
import numpy as np


def clip(folder: Path, frames: int = 12, size: tuple[int, int] = (320, 180)) -> Path:
    path = folder / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), 25, size)
    for number in range(frames):
        writer.write(np.full((size[1], size[0], 3), 10 * number, np.uint8))
    writer.release()
    return path
