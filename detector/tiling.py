"""A wide or large picture cut into overlapping tiles, and the tiles' detections merged again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.postprocess import intersect_boxes, suppress_overlaps
from detector.types import Box, Detection

OVERLAP = 0.2  # share of a tile; a plate narrower than that is whole in one of two neighbours
MAX_TILES = 24  # each takes as long as an image of its own
EDGE = 2.0  # pixels; a box this near to a cut may be the half of a plate


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture in pixels: left, top, right, bottom (right and bottom exclusive)."""

    x1: int
    y1: int
    x2: int
    y2: int


def _split_length(length: int, count: int) -> list[tuple[int, int]]:
    """Returns `count` equal spans that cover 0..length and overlap by OVERLAP of their length."""
    if count == 1:
        return [(0, length)]
    span = min(length, int(np.ceil(length / (count - (count - 1) * OVERLAP))))
    starts = [round(i * (length - span) / (count - 1)) for i in range(count)]
    return [(start, start + span) for start in starts]


def make_grid(width: int, height: int, columns: int, rows: int) -> list[Tile]:
    """Cuts an image into a grid of overlapping tiles, row by row; together they cover it.

    Args:
        width: Width of the image in pixels.
        height: Height of the image in pixels.
        columns: Tiles side by side.
        rows: Tiles one above the other.

    Raises:
        ValueError: No column, or no row.
    """
    if columns < 1 or rows < 1:
        raise ValueError(f"{columns}x{rows} tiles are none: ask for at least one column and one row")
    return [Tile(x1, y1, x2, y2) for y1, y2 in _split_length(height, rows) for x1, x2 in _split_length(width, columns)]


def tile_by_size(width: int, height: int, size: int, least_scale: float = 2 / 3) -> list[Tile]:
    """Returns tiles in which nothing shrinks much on its way into the network, at most MAX_TILES of them.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        size: the longer side of the network's input, in pixels.
        least_scale: below which share of its size in the picture nothing is to shrink.

    Returns:
        One tile, the whole picture, where that does not shrink so far.
    """
    side = size / least_scale
    columns, rows = (max(1, int(np.ceil((length / side - OVERLAP) / (1 - OVERLAP)))) for length in (width, height))
    while columns * rows > MAX_TILES:
        columns, rows = (columns - 1, rows) if width * rows < height * columns or rows == 1 else (columns, rows - 1)
    return make_grid(width, height, columns, rows)


def tile_by_count(width: int, height: int, count: int) -> list[Tile]:
    """Cuts an image into the grid of at most `count` tiles whose tiles are nearest to squares.

    Args:
        width: Width of the image in pixels.
        height: Height of the image in pixels.
        count: 1 to MAX_TILES.

    Raises:
        ValueError: The count is outside these bounds.
    """
    if not 1 <= count <= MAX_TILES:
        raise ValueError(f"tiles={count} is outside 1..{MAX_TILES}")
    shapes = [(columns, count // columns) for columns in range(1, count + 1)]
    columns, rows = min(shapes, key=lambda s: (abs(np.log((width / s[0]) / (height / s[1]))), -s[0] * s[1]))
    return make_grid(width, height, columns, rows)


def shift_detection(detection: Detection, tile: Tile) -> Detection:
    """Moves a detection of a tile into pixels of the whole image."""
    box = detection.box
    return Detection(Box(box.x1 + tile.x1, box.y1 + tile.y1, box.x2 + tile.x1, box.y2 + tile.y1), detection.score)


def _is_cut(detection: Detection, tile: Tile, width: int, height: int) -> bool:
    """Tells whether a box (in pixels of the image) touches a side of its tile that is no side of the image."""
    box = detection.box
    return (
        (tile.x1 > 0 and box.x1 - tile.x1 < EDGE)
        or (tile.y1 > 0 and box.y1 - tile.y1 < EDGE)
        or (tile.x2 < width and tile.x2 - box.x2 < EDGE)
        or (tile.y2 < height and tile.y2 - box.y2 < EDGE)
    )


def merge_tiles(
    found: Sequence[tuple[Tile, Sequence[Detection]]], width: int, height: int, *, keep_cut: bool = True
) -> list[Detection]:
    """Merges the detections of a picture's tiles into one list, best first.

    A plate cut by a tile's border is whole in a neighbour, thanks to the overlap: whole boxes win over cut ones,
    whatever their scores.

    Args:
        found: each tile with its detections, in pixels of that tile.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        keep_cut: whether a cut box stays where no whole one covers it; else it is dropped.

    Returns:
        The detections in pixels of the picture.
    """
    placed = [(tile, shift_detection(detection, tile)) for tile, detections in found for detection in detections]
    whole = [d for tile, d in placed if not _is_cut(d, tile, width, height)]
    cut = [d for tile, d in placed if _is_cut(d, tile, width, height)] if keep_cut else []
    kept = _suppress_overlaps(whole)
    for detection in _suppress_overlaps(cut):
        if not is_covered(detection, kept):
            kept.append(detection)
    return sorted(kept, key=lambda d: -d.score)


def _stack_boxes(detections: Sequence[Detection]) -> np.ndarray:
    return np.array([[d.box.x1, d.box.y1, d.box.x2, d.box.y2] for d in detections], np.float32).reshape(-1, 4)


def _suppress_overlaps(detections: Sequence[Detection]) -> list[Detection]:
    """Applies non-maximum suppression to detections."""
    scores = np.array([d.score for d in detections], np.float32)
    return [detections[i] for i in suppress_overlaps(_stack_boxes(detections), scores)]


def is_covered(detection: Detection, others: Sequence[Detection]) -> bool:
    """Tells whether half of the smaller of two boxes lies in the other, for any of the others."""
    if not others:
        return False
    boxes = _stack_boxes(others)
    common = intersect_boxes(_stack_boxes([detection])[0], boxes)
    smaller = np.minimum(detection.box.area, (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
    return bool((common > 0.5 * smaller).any())
