"""Average precision, recall and precision of boxes. Pure functions, checked against cases counted by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.types import Box, Detection

IOUS = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


@dataclass(frozen=True, slots=True)
class MatchedDetections:
    """One picture's detections, best first, and which truth each hit at an IoU (-1 for none)."""

    scores: tuple[float, ...]
    hits: tuple[int, ...]
    truths: int


def match_detections(detections: Sequence[Detection], truths: Sequence[Box], iou: float) -> MatchedDetections:
    """Gives each detection, best first, the truth it overlaps most among those not yet taken.

    Args:
        detections: Of one image.
        truths: Its annotated boxes.
        iou: Intersection over union from which on a detection is right.
    """
    ordered = sorted(detections, key=lambda d: -d.score)
    free = set(range(len(truths)))
    hits: list[int] = []
    for detection in ordered:
        best = max(free, key=lambda i: detection.box.iou(truths[i]), default=-1)
        if best >= 0 and detection.box.iou(truths[best]) >= iou:
            free.discard(best)
            hits.append(best)
        else:
            hits.append(-1)
    return MatchedDetections(tuple(d.score for d in ordered), tuple(hits), len(truths))


def compute_average_precision(judged: Sequence[MatchedDetections]) -> float:
    """Computes the area under the precision-recall curve, made monotone and taken at 101 recalls, as COCO does.

    NaN without any truth.
    """
    truths = sum(j.truths for j in judged)
    if truths == 0:
        return float("nan")
    scores = np.array([s for j in judged for s in j.scores])
    right = np.array([h >= 0 for j in judged for h in j.hits], dtype=bool)
    if scores.size == 0:
        return 0.0
    right = right[np.argsort(-scores, kind="stable")]
    true, ranks = np.cumsum(right), np.arange(1, right.size + 1)
    recall, precision = true / truths, true / ranks
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101) - 1e-9, side="left")
    return float(np.mean(np.append(envelope, 0.0)[at]))


def compute_recall_and_precision(judged: Sequence[MatchedDetections], threshold: float) -> tuple[float, float]:
    """Computes the shares of truths found and of boxes that are right, among detections of at least `threshold`.

    NaN where there is nothing to divide by.
    """
    truths = sum(j.truths for j in judged)
    kept = [hit >= 0 for j in judged for score, hit in zip(j.scores, j.hits, strict=True) if score >= threshold]
    right = sum(kept)
    return (right / truths if truths else float("nan")), (right / len(kept) if kept else float("nan"))


def choose_thresholds(
    judged: Sequence[MatchedDetections], candidates: NDArray[np.float64]
) -> list[tuple[float, float, float]]:
    """Computes recall and precision for each candidate threshold."""
    return [(float(t), *compute_recall_and_precision(judged, float(t))) for t in candidates]
