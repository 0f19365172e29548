"""A made-up street: clips with coloured blocks for plates, and networks that find and read just these."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.types import Image
from detector.types import Box, Detection
from recognizer.readings import Alternative, Reading

WIDTH, HEIGHT, FPS = 320, 180, 10


@dataclass(frozen=True)
class Block:
    """A plate: its text, its colour (BGR), and from when to when it is seen, in seconds."""

    text: str
    colour: tuple[int, int, int]
    first_s: float
    last_s: float


FIRST = Block("AB12CDE", (255, 0, 255), 0.2, 1.6)
SECOND = Block("XY34ZKL", (255, 255, 0), 2.2, 3.6)
STREET = (FIRST, SECOND)


def frame(seconds: float, blocks: Sequence[Block] = STREET) -> Image:
    """Return the street at a second: blocks pass from left to right."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for block in blocks:
        if block.first_s <= seconds <= block.last_s:
            left = 40 + round(80 * (seconds - block.first_s))
            image[80:100, left : left + 64] = block.colour
    return image


def make_clip(path: Path, length_s: float = 4.0, blocks: Sequence[Block] = STREET) -> Path:
    """Write a clip of the street."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for index in range(round(length_s * FPS)):
        writer.write(frame(index / FPS, blocks))
    writer.release()
    return path


class BlockDetector:
    """Finds what is strongly coloured."""

    streams, size = 1, 576

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Return at most one block an image."""
        return [self._find(image) for image in images]

    def _find(self, image: Image) -> list[Detection]:
        strong = (image.max(axis=2).astype(int) - image.min(axis=2)) > 100
        rows, columns = np.nonzero(strong)
        if len(rows) < 200:
            return []
        box = Box(float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        return [Detection(box, 0.95)]


class BlockReader:
    """Reads a block by its colour."""

    def __init__(self, blocks: Sequence[Block] = STREET) -> None:
        self._blocks = blocks

    region: str | None = None

    def prefer_region(self, region: str | None) -> None:
        """Keep the region."""
        self.region = region

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        """Return the text of the block whose colour is nearest."""
        return [self._read(crop) for crop in crops]

    def _read(self, crop: Image) -> Reading:
        middle = crop[crop.shape[0] // 2, crop.shape[1] // 2].astype(int)
        block = min(self._blocks, key=lambda each: int(np.abs(middle - each.colour).sum()))
        chars = tuple(0.6 if at == 2 else 0.98 for at in range(len(block.text)))
        return Reading(block.text, 0.95, chars, (Alternative(block.text[:-1] + "0", 0.03),))


def pipeline(tuning: Tuning | None = None) -> Pipeline:
    """Return the real pipeline with networks that know only blocks."""
    return Pipeline(BlockDetector(), BlockReader(), tuning or Tuning())
