"""Contact sheets: what the detector missed and what it took for a plate, to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.preprocess import Image
from detector.types import Box

TILE = 260  # pixels
COLUMNS = 6
PER_SHEET = 36  # six rows, so that a sheet fits on a screen
RED, GREEN, ORANGE = (0, 0, 255), (0, 200, 0), (0, 160, 255)  # BGR


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A box to be shown with its surroundings, what else was annotated and found there, and a caption."""

    picture: Path
    box: Box
    truths: tuple[Box, ...]
    found: tuple[Box, ...]
    caption: str


def _find_window(box: Box, width: int, height: int) -> tuple[int, int, int]:
    """Finds left, top and side of a square around a box, three times as wide as the box."""
    side = int(min(max(3 * max(box.width, box.height), 96), max(width, height)))
    x, y = box.center
    left = int(np.clip(x - side / 2, 0, max(0, width - side)))
    top = int(np.clip(y - side / 2, 0, max(0, height - side)))
    return left, top, side


def _draw_exhibit(exhibit: Exhibit) -> Image:
    """Draws one tile: annotated boxes green, found ones orange, the one in question red."""
    tile = np.zeros((TILE, TILE, 3), np.uint8)
    picture = cv2.imread(str(exhibit.picture))
    if picture is None:
        return tile
    height, width = picture.shape[:2]
    left, top, side = _find_window(exhibit.box, width, height)
    scale = TILE / side
    part = cv2.resize(picture[top : top + side, left : left + side], None, fx=scale, fy=scale)[:TILE, :TILE]
    tile[: part.shape[0], : part.shape[1]] = part
    marked = [(box, GREEN) for box in exhibit.truths] + [(box, ORANGE) for box in exhibit.found] + [(exhibit.box, RED)]
    for box, colour in marked:
        corners = [
            (round((x - left) * scale), round((y - top) * scale)) for x, y in ((box.x1, box.y1), (box.x2, box.y2))
        ]
        cv2.rectangle(tile, corners[0], corners[1], colour, 1)
    cv2.rectangle(tile, (0, TILE - 16), (TILE, TILE), (0, 0, 0), -1)
    cv2.putText(tile, exhibit.caption[:44], (3, TILE - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1)
    return tile


def write_sheets(exhibits: Sequence[Exhibit], folder: Path, name: str) -> list[Path]:
    """Writes exhibits as numbered PNG sheets.

    Args:
        exhibits: Parts of images, each with its boxes.
        folder: Where the sheets go.
        name: The first part of their file names.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}_*.png"):
        old.unlink()
    written = []
    for number, start in enumerate(range(0, len(exhibits), PER_SHEET), 1):
        tiles = [_draw_exhibit(exhibit) for exhibit in exhibits[start : start + PER_SHEET]]
        blank = np.zeros((TILE, TILE, 3), np.uint8)
        tiles += [blank] * (-len(tiles) % COLUMNS)
        rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
        written.append(folder / f"{name}_{number}.png")
        cv2.imwrite(str(written[-1]), np.vstack(rows))
    return written
