"""What an aligner learns from: pictures of plates whose corners, or upright extents, are known."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from recognizer.aligner import Quad, measure_extent, straighten_crop
from recognizer.config import AlignerConfig
from recognizer.images import Image, stretch_image
from recognizer.reader import PlateReader
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.optics import Optics
from recognizer.training.aligner_noise import photograph_plate
from recognizer.training.datasets import LabelledCrop, read_image

_LEAST = 8  # pixels
_SURE = 0.93  # a right reading with so much confidence was read from corners that were right
_PIECE = 64
_UPRIGHT = (30, 10)  # least width and height, in pixels, of a plate that is seen anew
# Photographed plates went through a camera already: its optics are milder, and its tilt takes turns, since the crops
# that readers see most of show little of it.
_CAMERAS = ((0.5, 1.5), (0.5, 3.0), (0.8, 1.5))


@dataclass(frozen=True, slots=True)
class BoxedPlates:
    """A photograph, and its plate's upright box x1, y1, x2, y2 in pixels."""

    path: Path
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class AlignerExamples:
    """Pictures uint8 (N, H, W, 3) and what is known of their plates: corners (N, 8), or extents x1, y1, x2, y2 (N, 4).

    Both as shares of the picture.
    """

    pictures: NDArray[np.uint8]
    known: NDArray[np.float32]


def read_boxes(path: Path) -> list[BoxedPlates]:
    """Reads the rows of a CSV of boxes; ValueError names the file and the row that is none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    boxed: list[BoxedPlates] = []
    for number, row in enumerate(rows, 2):
        try:
            x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
            picture = path.parent / row["image_path"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}, line {number}: needs image_path, x1, y1, x2 and y2 in pixels") from error
        if not (x2 - x1 >= _LEAST and y2 - y1 >= _LEAST):
            raise ValueError(f"{path}, line {number}: the box is less than {_LEAST} pixels wide or high")
        boxed.append(BoxedPlates(picture, (x1, y1, x2, y2)))
    if not boxed:
        raise ValueError(f"{path}: no rows")
    return boxed


def draw_plates(
    generator: PlateGenerator, backdrops: Sequence[Image], count: int, config: AlignerConfig, rng: np.random.Generator
) -> AlignerExamples:
    """Makes examples of drawn plates with their corners, many of them tilted, and many small in their crop.

    Args:
        generator: Renders the plates.
        backdrops: Photographs seen around half of them.
        count: Examples to make.
        config: Says how large their images are.
        rng: Source of chance.
    """
    camera = CameraModel(1.0, loose=0.4, tilt=1.5, backdrops=backdrops)
    shots = (photograph_plate(generator.render(rng)[0], camera, rng) for _ in track(range(count), "drawing plates"))
    return _make_examples(shots, count, config)


def _make_examples(shots: Iterable[tuple[Image, Quad]], count: int, config: AlignerConfig) -> AlignerExamples:
    """Makes so many crops with the corners of their plates, in the aligner's size."""
    pictures = np.empty((count, config.height, config.width, 3), np.uint8)
    corners = np.empty((count, 8), np.float32)
    for i, (crop, quad) in enumerate(shots):
        pictures[i], corners[i] = stretch_image(crop, config.width, config.height), quad.ravel()
    return AlignerExamples(pictures, corners)


def straighten_samples(reader: PlateReader, samples: Sequence[LabelledCrop]) -> dict[str, list[Image]]:
    """Cuts out, by source, the plates of labelled crops that a reader reads rightly and surely, set upright."""
    plates: dict[str, list[Image]] = {}
    for start in track(range(0, len(samples), _PIECE), "setting plates upright"):
        part = samples[start : start + _PIECE]
        crops = [sample.image() for sample in part]
        found = zip(part, crops, reader.read(crops), reader.find_corners(crops), strict=True)
        for sample, crop, reading, quad in found:
            if (
                reading.text == sample.text
                and reading.confidence > _SURE
                and (plate := _cut_quad(crop, quad)) is not None
            ):
                plates.setdefault(sample.source, []).append(plate)
    return plates


def _cut_quad(crop: Image, quad: Quad) -> Image | None:
    """Cuts a plate out, upright and of its own size; None where the crop cuts it or it is too small."""
    width, height = (int(side) for side in measure_extent(crop, quad))
    if width < _UPRIGHT[0] or height < _UPRIGHT[1] or quad.min() < -0.02 or quad.max() > 1.02:
        return None
    return straighten_crop(crop, quad, width, height, margin=(0.0, 0.0))


def photograph_again(
    plates: dict[str, list[Image]],
    backdrops: Sequence[Image],
    count: int,
    config: AlignerConfig,
    rng: np.random.Generator,
) -> AlignerExamples:
    """Makes examples of photographed plates before other surroundings and at other angles, with their corners.

    Args:
        plates: Plates set upright, by source; those of small sources are taken more often.
        backdrops: Photographs seen around half of them.
        count: Examples to make.
        config: Says how large their images are.
        rng: Source of chance.
    """
    cameras = [CameraModel(strength, loose=0.5, tilt=tilt, backdrops=backdrops) for strength, tilt in _CAMERAS]
    names = sorted(plates)
    chance = np.sqrt([len(plates[name]) for name in names])

    def shot(i: int) -> tuple[Image, Quad]:
        source = plates[names[rng.choice(len(names), p=chance / chance.sum())]]
        return photograph_plate(source[rng.integers(len(source))], cameras[i % len(cameras)], rng)

    return _make_examples((shot(i) for i in track(range(count), "seeing plates anew")), count, config)


def join_examples(parts: Sequence[AlignerExamples]) -> AlignerExamples:
    """Joins several sets of examples, of which the same is known."""
    return AlignerExamples(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("pictures", "known")))


def cut_photographs(
    boxed: Sequence[BoxedPlates], count: int, config: AlignerConfig, rng: np.random.Generator
) -> AlignerExamples:
    """Makes examples of cuts around photographed plates, close, loose and mirrored, with the extents of their boxes.

    Args:
        boxed: Photographs and the boxes of their plates.
        count: Examples to make.
        config: Says how large their images are.
        rng: Source of chance.
    """
    draw, optics = Random(int(rng.integers(1 << 62))), Optics(0.6, real=True)
    opened = {one.path: read_image(one.path) for one in track(boxed, "reading photographs")}
    pictures = np.empty((count, config.height, config.width, 3), np.uint8)
    extents = np.empty((count, 4), np.float32)
    for i in track(range(count), "cutting photographs"):
        one = draw.choice(boxed)
        crop, extent = _cut_photograph(opened[one.path], one.box, draw)
        crop = optics(crop, draw, max(6.0, 0.5 * crop.shape[0]))
        pictures[i], extents[i] = stretch_image(crop, config.width, config.height), extent
    return AlignerExamples(pictures, extents)


def _cut_photograph(
    image: Image, box: tuple[float, float, float, float], draw: Random
) -> tuple[Image, NDArray[np.float32]]:
    """Cuts around a box, half of them mirrored: the crop, and the box as shares of it."""
    x1, y1, x2, y2 = box
    kind = draw.random()
    if kind < 0.5:
        margin = [draw.gauss(0.03, 0.05) for _ in range(4)]
    elif kind < 0.8:
        margin = [draw.uniform(-0.03, 0.35) for _ in range(4)]
    else:
        margin = [draw.uniform(0, 0.9) for _ in range(4)]
    left, right, above, below = (max(-0.06, share) for share in margin)
    low = np.array([x1 - left * (x2 - x1), y1 - above * 1.3 * (y2 - y1)])
    high = np.array([x2 + right * (x2 - x1), y2 + below * 1.3 * (y2 - y1)])
    limit = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(low), 0, limit - _LEAST).astype(int)
    high = np.clip(np.ceil(high), low + _LEAST, limit).astype(int)
    crop = image[low[1] : high[1], low[0] : high[0]]
    extent = ((np.array(box).reshape(2, 2) - low) / (high - low)).astype(np.float32)
    if draw.random() < 0.5:
        crop = np.asarray(cv2.flip(crop, 1), np.uint8)
        extent[:, 0] = 1 - extent[::-1, 0]
    return crop, extent.ravel()
