"""Artificial plates: `PlateGenerator` draws them, and `python -m recognizer synth` writes them as a data set."""

import argparse
import csv
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from recognizer.alphabet import write_in_order
from recognizer.formats import FREE, Colours, FormatError, PlateFormat, load_formats, resolve_region
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generic_plates import avoid_confusion, draw_generic_plate
from recognizer.synthesis.lettering import FontBook
from recognizer.synthesis.render import PlateRenderer

# The share of plates of no country when no formats are asked for: unseen countries matter.
FREE_SHARE = 0.25


class PlateGenerator:
    """Draws clean plates without end: the same seed, formats, fonts and lines give the same plates."""

    def __init__(
        self, formats: Sequence[str] | None = None, fonts: Path | None = None, seed: int = 0, lines: int = 2
    ) -> None:
        """Formats: regions or codes as `resolve` takes them, and `free`; None is all, weighted. lines: at most so many.

        Raises FormatError for a format nobody knows, or when none of those named has so few lines.
        """
        self._rng, self._lines = Random(seed), lines
        self._renderer = PlateRenderer(FontBook(fonts))
        named = [name for name in formats or () if name.lower() != FREE]
        self._formats = tuple(p for p in (_choose_formats(named) if formats else load_formats()) if p.lines <= lines)
        if named and not self._formats:
            raise FormatError(f"{', '.join(named)}: no format of at most {lines} line there; ask for another")
        self._weights = list(accumulate(plate.weight for plate in self._formats))
        asked = sum(name.lower() == FREE for name in formats or ())
        self._free_share = asked / len(formats) if formats else FREE_SHARE

    def render(self, source: np.random.Generator | None = None) -> tuple[NDArray[np.uint8], str, str]:
        """Renders a plate: clean BGR (96 to 128 high, true proportions), what stands on it, the code of its format.

        What stands on it is its text, but for a FIRST where a part comes first that stands last: see
        `alphabet.write_in_order`.
        With a source of randomness the plate depends on it alone, not on the plates before.
        """
        rng = self._rng if source is None else Random(int(source.integers(1 << 62)))
        if rng.random() < self._free_share:
            plate, pattern, colours = draw_generic_plate(rng, self._lines)
            pieces = avoid_confusion(pattern.sample(rng), rng)
        else:
            plate = rng.choices(self._formats, cum_weights=self._weights)[0]
            patterns = plate.vanity if plate.vanity and rng.random() < 0.15 else plate.patterns
            pattern = rng.choices(patterns, [item.weight for item in patterns])[0]
            colours = _pick_colours(plate, rng)
            pieces = pattern.sample(rng)
        return self._renderer.draw(plate, pieces, colours, rng), pattern.text_of(pieces), plate.code


def _choose_formats(names: Sequence[str]) -> tuple[PlateFormat, ...]:
    """Chooses the formats of the names, each once, in the order of the names."""
    return tuple({plate.code: plate for name in names for plate in resolve_region(name)}.values())


def _pick_colours(plate: PlateFormat, rng: Random) -> Colours:
    return rng.choices(plate.colours, [colours.weight for colours in plate.colours])[0]


@dataclass(frozen=True, slots=True)
class RenderedPlate:
    """One plate of a written data set."""

    name: str
    text: str
    region: str
    tag: str
    width: int
    height: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `python -m recognizer synth`."""
    parser.add_argument(
        "--format", action="append", metavar="CODE", help="region or format (ru, US-CA, free); repeatable; default: all"
    )
    parser.add_argument(
        "--lines",
        type=int,
        choices=(1, 2),
        default=2,
        help="largest number of text lines; 1 for networks that read one line",
    )
    parser.add_argument("--count", type=int, default=1000, help="number of plates (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("out/synth"), help="folder to write to (default: %(default)s)")
    parser.add_argument("--fonts", type=Path, help="folder of additional fonts")
    parser.add_argument(
        "--seed", type=int, default=0, help="the same seed writes the same plates (default: %(default)s)"
    )
    parser.add_argument(
        "--strength", type=float, default=1.0, help="strength of the camera model; 0 gives clean plates (default: 1)"
    )
    parser.add_argument(
        "--benchmark", action="store_true", help="write nothing; measure how many pictures one core makes in a second"
    )


def main(args: argparse.Namespace) -> int:
    """Writes artificial plates with a CSV and Supervisely annotations, or measures the speed."""
    generator = PlateGenerator(args.format, args.fonts, args.seed, args.lines)
    if args.benchmark:
        clean, seen = measure_speed(generator, args.count, args.seed, args.strength)
        print(f"{clean:.0f} clean plates a second, {seen:.0f} seen through the camera, on one core")
        return 0
    samples = write_dataset(generator, args.out, args.count, args.seed, args.strength)
    print(f"{len(samples)} plates in {args.out} (plates.csv; img/ and ann/ for Supervisely)")
    return 0


def write_dataset(
    generator: PlateGenerator, out: Path, count: int, seed: int = 0, strength: float = 1.0
) -> list[RenderedPlate]:
    """Writes plates as a data set in two forms: out/plates.csv, and out/img and out/ann for Supervisely.

    Args:
        generator: Renders the plates.
        out: The folder.
        count: Plates to write; 95 % are for training, 5 % for validation.
        seed: The same seed writes the same plates.
        strength: Of the camera model; 0 writes clean plates.

    Returns:
        What was written.
    """
    (out / "img").mkdir(parents=True, exist_ok=True)
    (out / "ann").mkdir(exist_ok=True)
    camera, rng = CameraModel(strength), np.random.default_rng(seed)
    samples = []
    for index in range(count):
        image, standing, region = generator.render()
        if strength > 0:
            image = camera(image, rng)
        tag = "val" if index % 20 == 19 else "train"
        text = write_in_order(standing)
        sample = RenderedPlate(f"{index:06d}_{text}", text, region, tag, image.shape[1], image.shape[0])
        if not cv2.imwrite(str(out / "img" / f"{sample.name}.png"), image):
            raise OSError(f"{out / 'img'}: cannot write pictures there; is the disk full?")
        (out / "ann" / f"{sample.name}.json").write_text(make_annotation(sample), encoding="utf-8")
        samples.append(sample)
    _write_csv(out / "plates.csv", samples)
    return samples


def make_annotation(sample: RenderedPlate) -> str:
    """Makes a sample's Supervisely annotation: description is the text, the tag its part of the data set."""
    size = {"height": sample.height, "width": sample.width}
    return json.dumps(
        {"description": sample.text, "tags": [sample.tag], "name": sample.name, "size": size, "objects": []}
    )


def _write_csv(file: Path, samples: Sequence[RenderedPlate]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("image_path", "plate_text", "plate_region"))
        writer.writerows((f"img/{sample.name}.png", sample.text, sample.region) for sample in samples)


def measure_speed(generator: PlateGenerator, count: int, seed: int = 0, strength: float = 1.0) -> tuple[float, float]:
    """Measures how many images one core makes in a second.

    Args:
        generator: Renders the plates.
        count: Plates to render.
        seed: Of the plates.
        strength: Of the camera model.

    Returns:
        Clean plates a second, and plates seen through the camera a second.
    """
    cv2.setNumThreads(1)
    camera, rng = CameraModel(strength), np.random.default_rng(seed)
    for _ in range(200):
        generator.render()
    start = time.process_time()
    plates = [generator.render()[0] for _ in range(count)]
    middle = time.process_time()
    for plate in plates:
        camera(plate, rng)
    end = time.process_time()
    return count / (middle - start), count / (end - start)
