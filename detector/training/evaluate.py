"""How good the detector is on an annotated data set: by source, by plate height, and what it got wrong."""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.detector import PlateDetector, Tiles
from detector.training.datasets import AnnotatedImage
from detector.training.metrics import (
    IOUS,
    MatchedDetections,
    compute_average_precision,
    compute_recall_and_precision,
    match_detections,
)
from detector.training.sheets import Exhibit, write_sheets
from detector.types import Box, Detection

FLOOR = 0.001  # score down to which boxes count towards average precision
HEIGHTS = (0, 8, 12, 16, 24, 48, 96, 10_000)  # pixels of the picture


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a set of pictures; shares are 0 to 1, None where there is nothing to divide by."""

    pictures: int
    plates: int
    recall: float | None
    precision: float | None
    map50: float | None
    map50_95: float | None


@dataclass(frozen=True, slots=True)
class HeightBand:
    """Recall of the plates that are `low` to below `high` pixels tall in their picture."""

    low: int
    high: int
    plates: int
    recall: float | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What `evaluate` found."""

    threshold: float
    backend: str
    size: int
    all: Figures
    by_source: dict[str, Figures]
    by_height: tuple[HeightBand, ...]
    pictures_without_plate: int
    boxes_without_plate: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sample with everything found in it, judged at each IoU of IOUS."""

    sample: AnnotatedImage
    found: tuple[Detection, ...]
    judged: tuple[MatchedDetections, ...]


def detect_images(
    detector: PlateDetector, samples: Sequence[AnnotatedImage], tiles: Tiles | None = None
) -> list[Outcome]:
    """Detects in every image and judges what is found.

    Args:
        detector: Its threshold should be FLOOR, so that average precision sees weak detections too.
        samples: The annotated images.
        tiles: As of `PlateDetector.detect`.
    """
    outcomes = []
    for start in range(0, len(samples), 8):
        chunk = samples[start : start + 8]
        images = [_read_image(sample.picture) for sample in chunk]
        for sample, found in zip(chunk, detector.detect(images, tiles), strict=True):
            judged = tuple(match_detections(found, sample.plates, iou) for iou in IOUS)
            outcomes.append(Outcome(sample, tuple(found), judged))
    return outcomes


def _read_image(picture: Path) -> np.ndarray:
    image = cv2.imread(str(picture))
    if image is None:
        raise ValueError(f"{picture} cannot be opened as a picture: leave it out of the data set")
    return image


def _round_number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 5)


def compute_figures(outcomes: Sequence[Outcome], threshold: float) -> Figures:
    """Computes the figures of some outcomes at a score threshold."""
    at50 = [o.judged[0] for o in outcomes]
    recall, precision = compute_recall_and_precision(at50, threshold)
    by_iou = [compute_average_precision([o.judged[i] for o in outcomes]) for i in range(len(IOUS))]
    plates = sum(j.truths for j in at50)
    return Figures(
        len(outcomes),
        plates,
        _round_number(recall),
        _round_number(precision),
        _round_number(by_iou[0]),
        _round_number(float(np.mean(by_iou))),
    )


def group_by_height(outcomes: Sequence[Outcome], threshold: float) -> tuple[HeightBand, ...]:
    """Computes recall by the plates' heights in pixels of the image."""
    bands = []
    for low, high in itertools.pairwise(HEIGHTS):
        hits = [hit for o in outcomes for box, hit in _count_hits(o, threshold) if low <= box.height < high]
        bands.append(HeightBand(low, high, len(hits), _round_number(sum(hits) / len(hits)) if hits else None))
    return tuple(bands)


def _count_hits(outcome: Outcome, threshold: float) -> list[tuple[Box, bool]]:
    """Tells of each annotated box whether a detection of at least `threshold` hit it at IoU 0.5."""
    judged = outcome.judged[0]
    hit = {h for score, h in zip(judged.scores, judged.hits, strict=True) if h >= 0 and score >= threshold}
    return [(box, index in hit) for index, box in enumerate(outcome.sample.plates)]


def make_report(outcomes: Sequence[Outcome], threshold: float, backend: str, size: int) -> EvaluationReport:
    """Gathers everything measured.

    Args:
        outcomes: One for each image.
        threshold: The score from which on a detection counts.
        backend: What ran the network.
        size: The longer side of its input in pixels.
    """
    sources = sorted({o.sample.source for o in outcomes})
    empty = [o for o in outcomes if not o.sample.plates]
    return EvaluationReport(
        threshold,
        backend,
        size,
        compute_figures(outcomes, threshold),
        {name: compute_figures([o for o in outcomes if o.sample.source == name], threshold) for name in sources},
        group_by_height(outcomes, threshold),
        len(empty),
        sum(d.score >= threshold for o in empty for d in o.found),
    )


def collect_exhibits(outcomes: Sequence[Outcome], threshold: float) -> tuple[list[Exhibit], list[Exhibit]]:
    """Misses and false alarms at a threshold, the surest false alarms first."""
    misses: list[Exhibit] = []
    alarms: list[tuple[float, Exhibit]] = []
    for outcome in outcomes:
        sample, judged = outcome.sample, outcome.judged[0]
        ordered = sorted(outcome.found, key=lambda d: -d.score)
        shown = tuple(d.box for d in ordered if d.score >= threshold)
        for box, hit in _count_hits(outcome, threshold):
            if not hit:
                best = max((d.score for d in ordered if d.box.iou(box) >= 0.5), default=0.0)
                overlap = max((box.iou(other) for other in shown), default=0.0)
                caption = f"{sample.source} h{box.height:.0f} score {best:.2f} iou {overlap:.2f}"
                misses.append(Exhibit(sample.picture, box, sample.plates, shown, caption))
        for detection, hit_index in zip(ordered, judged.hits, strict=True):
            if hit_index < 0 and detection.score >= threshold:
                overlap = max((detection.box.iou(other) for other in sample.plates), default=0.0)
                caption = f"{sample.source} score {detection.score:.2f} iou {overlap:.2f}"
                exhibit = Exhibit(sample.picture, detection.box, sample.plates, (), caption)
                alarms.append((detection.score, exhibit))
    return misses, [exhibit for _, exhibit in sorted(alarms, key=lambda pair: -pair[0])]


def write_exhibits(outcomes: Sequence[Outcome], threshold: float, folder: Path) -> list[Path]:
    """Writes contact sheets of misses and false alarms: misses_N.png and false_N.png.

    Args:
        outcomes: One for each image.
        threshold: The score from which on a detection counts.
        folder: Where the sheets go.

    Returns:
        The files written.
    """
    misses, alarms = collect_exhibits(outcomes, threshold)
    return write_sheets(misses, folder, "misses") + write_sheets(alarms, folder, "false")


def sweep_thresholds(outcomes: Sequence[Outcome]) -> list[str]:
    """Formats a line a threshold: recall, precision and boxes in images without plates, to choose by."""
    at50 = [o.judged[0] for o in outcomes]
    empty = [o for o in outcomes if not o.sample.plates]
    lines = ["threshold  recall  precision  boxes without plate"]
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        recall, precision = compute_recall_and_precision(at50, threshold)
        false = sum(d.score >= threshold for o in empty for d in o.found)
        lines.append(f"{threshold:9.2f}  {recall:6.1%}  {precision:9.1%}  {false:6d}")
    return lines


def format_table(result: EvaluationReport) -> list[str]:
    """Formats the report as lines for a terminal."""
    lines = [f"{'source':<24}{'pictures':>9}{'plates':>8}{'recall':>9}{'precision':>11}{'AP50':>8}{'AP50-95':>9}"]
    for name, row in [*result.by_source.items(), ("all", result.all)]:
        shares = (row.recall, row.precision, row.map50, row.map50_95)
        cells = [f"{v:.1%}" if v is not None else "-" for v in shares]
        numbers = f"{cells[0]:>9}{cells[1]:>11}{cells[2]:>8}{cells[3]:>9}"
        lines.append(f"{name or '(none)':<24}{row.pictures:>9}{row.plates:>8}{numbers}")
    for band in result.by_height:
        if band.recall is not None:
            lines.append(f"plates of {band.low} to {band.high} px: {band.plates}, recall {band.recall:.1%}")
    lines.append(f"boxes in {result.pictures_without_plate} pictures without a plate: {result.boxes_without_plate}")
    return lines


def format_json(result: EvaluationReport) -> str:
    """Formats the one line for programs: recall, precision, map50, map50_95, by_source, and the rest."""
    whole = asdict(result)
    top = whole.pop("all")
    return json.dumps({**top, **whole}, sort_keys=True)
