"""python -m recognizer evaluate: how well a reader reads labelled crops."""

import argparse
import csv
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2

from recognizer.images import Image
from recognizer.metrics import Reliability, Scores, measure_reliability, score_texts
from recognizer.reader import PlateReader
from recognizer.readings import Reading
from recognizer.sheets import SheetTile, draw_contact_sheet
from recognizer.training.datasets import LabelledCrop, load

#: Crops read in one call.
BATCH = 64
UNKNOWN = "unknown"

Read = Callable[[Sequence[Image]], list[Reading]]


@dataclass(frozen=True, slots=True)
class Case:
    """A sample and what was read in it."""

    sample: LabelledCrop
    reading: Reading

    @property
    def right(self) -> bool:
        """Whether every character is right."""
        return self.reading.text == self.sample.text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a set. by_region holds each region, and each country (US) of regions that name a part (US:va)."""

    overall: Scores
    by_region: dict[str, Scores]
    by_source: dict[str, Scores]
    reliability: Reliability
    error_by_source: dict[str, float]

    def to_json(self, left_out: int, milliseconds: float) -> str:
        """Formats one line: the figures as fractions; milliseconds a plate, decoding included."""
        return json.dumps(
            {
                **asdict(self.overall),
                "calibration_error": self.reliability.error,
                "by_region": {name: asdict(scores) for name, scores in self.by_region.items()},
                "by_source": {
                    name: {**asdict(scores), "calibration_error": self.error_by_source[name]}
                    for name, scores in self.by_source.items()
                },
                "left_out": left_out,
                "milliseconds": round(milliseconds, 3),
            }
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `evaluate`."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="labelled crops: a CSV, or a Supervisely folder or zip")
    add("--split", help="train, val or test; default: all of --data")
    add("--seed", type=int, default=0, help="seed of the 95/5 split of data without one; take that of the training")
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--device", default="auto", help="auto, cpu, gpu, cuda:N … (default: %(default)s)")
    add("--region", help="prefer texts that fit this country's plate formats")
    add(
        "--quick",
        action="store_true",
        help="read each crop once, as in video, even where unsure",
    )
    add("--sheet", type=Path, metavar="FILE.png", help="draw the worst cases as a contact sheet")
    add("--worst", type=int, default=60, help="number of cases on the sheet (default: %(default)s)")
    add("--readings", type=Path, metavar="FILE.csv", help="write every reading beside its true text")


def main(args: argparse.Namespace) -> int:
    """Prints the figures for people, and as its last line one JSON object."""
    reader = PlateReader(args.weights, args.device, region=args.region)
    data = load(args.data, split=args.split, alphabet=reader.alphabet, steps=reader.config.steps, seed=args.seed)
    if data.left_out:
        print(data.report())
    started = time.perf_counter()
    cases = read_all(data.samples, lambda crops: reader.read(crops, thorough=not args.quick))
    milliseconds = (time.perf_counter() - started) * 1000 / len(cases)
    found = evaluate(cases)
    print(print_report(found))
    if args.sheet:
        write_sheet(find_worst(cases, args.worst), found.overall, args.sheet)
        print(f"worst cases: {args.sheet}")
    if args.readings:
        write_readings(cases, args.readings)
    print(found.to_json(len(data.left_out), milliseconds))
    return 0


def read_all(samples: Sequence[LabelledCrop], read: Read) -> list[Case]:
    """Reads the samples, a batch at a time so that large sets fit in memory."""
    cases: list[Case] = []
    for start in range(0, len(samples), BATCH):
        part = samples[start : start + BATCH]
        readings = read([sample.image() for sample in part])
        cases += [Case(sample, reading) for sample, reading in zip(part, readings, strict=True)]
    return cases


def evaluate(cases: Sequence[Case]) -> Evaluation:
    """Computes figures of the cases, in all and by region and source."""
    regions: dict[str, list[Case]] = defaultdict(list)
    sources: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        region = case.sample.region or UNKNOWN
        for name in {region, country_of(region)}:
            regions[name].append(case)
        sources[case.sample.source or UNKNOWN].append(case)
    return Evaluation(
        _score_cases(cases),
        {name: _score_cases(regions[name]) for name in sorted(regions)},
        {name: _score_cases(sources[name]) for name in sorted(sources)},
        _measure_cases(cases),
        {name: _measure_cases(sources[name]).error for name in sorted(sources)},
    )


def _measure_cases(cases: Sequence[Case]) -> Reliability:
    return measure_reliability([case.reading.confidence for case in cases], [case.right for case in cases])


def country_of(region: str) -> str:
    """Returns the country of a region: US of US:va."""
    return region.partition(":")[0]


def _score_cases(cases: Iterable[Case]) -> Scores:
    cases = list(cases)
    return score_texts([case.reading.text for case in cases], [case.sample.text for case in cases])


def print_report(found: Evaluation) -> str:
    """Formats the figures as tables: by source, by country, and what confidences are worth."""
    countries = {name: scores for name, scores in found.by_region.items() if name == country_of(name)}
    tables = [
        _format_table("source", found.by_source, found.error_by_source),
        _format_table("region", countries),
        found.reliability.table(),
    ]
    return "\n\n".join([*tables, found.overall.line()])


def _format_table(title: str, rows: dict[str, Scores], errors: dict[str, float] | None = None) -> str:
    """Scores a row; errors: their calibration errors, for a further column."""
    wide = max(len(name) for name in [title, *rows])
    lines = [f"{title:{wide}}  plates   exact  folded     CER{'' if errors is None else '   ECE'}"]
    for name, s in rows.items():
        error = "" if errors is None else f"  {errors[name]:.3f}"
        lines.append(f"{name:{wide}}  {s.count:6}  {s.exact:6.1%}  {s.folded:6.1%}  {s.cer:6.2%}{error}")
    return "\n".join(lines)


def find_worst(cases: Sequence[Case], most: int) -> list[Case]:
    """Finds the wrong readings, the surest first, since they do most harm; then the right ones that were least sure."""
    wrong = sorted((c for c in cases if not c.right), key=lambda c: -c.reading.confidence)
    right = sorted((c for c in cases if c.right), key=lambda c: c.reading.confidence)
    return (wrong + right)[:most]


def write_sheet(cases: Sequence[Case], overall: Scores, path: Path) -> None:
    """Writes cases as one PNG contact sheet.

    Args:
        cases: What to show.
        overall: Figures of the whole set, for the title.
        path: The file.

    Raises:
        OSError: The file cannot be written.
    """
    tiles = [
        SheetTile(c.sample.image(), c.sample.text, c.reading.text, c.reading.confidence, Path(c.sample.name).name)
        for c in cases
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", draw_contact_sheet(tiles, title=overall.line()))[1].tobytes())


def write_readings(cases: Sequence[Case], path: Path) -> None:
    """Writes every reading as a CSV row; OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image_path", "plate_text", "read", "confidence", "plate_region", "source"])
        for c in cases:
            text, confidence = c.reading.text, f"{c.reading.confidence:.4f}"
            writer.writerow([c.sample.name, c.sample.text, text, confidence, c.sample.region, c.sample.source])
