"""How well texts were read: exact and folded plates, character error rate, and whether confidences keep their word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recognizer.plate_text import edit_distance, fold_lookalikes


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of a set of readings. exact, folded: shares of plates wholly right, as read and with O/0, I/1 folded.

    cer: edits needed over characters to read, above 1 when far too much was read. count: plates. All 0 for no plate.
    """

    exact: float
    folded: float
    cer: float
    count: int

    def line(self) -> str:
        """Formats the figures for people."""
        return f"exact {self.exact:.2%}, folded {self.folded:.2%}, CER {self.cer:.2%} of {self.count} plates"


@dataclass(frozen=True, slots=True)
class Bin:
    """The readings whose confidence lies in (low, high]: how many, their mean confidence, and the share right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence against truth, in bins of equal width. error: the expected calibration error (Naeini et al. 2015)."""

    bins: tuple[Bin, ...]
    error: float

    def table(self) -> str:
        """Formats one line for each bin that holds readings."""
        rows = [
            f"{b.low:.1f}-{b.high:.1f} {b.count:8} {b.confidence:11.3f} {b.accuracy:7.3f}" for b in self.bins if b.count
        ]
        return "\n".join(["   said    count  confidence   right", *rows, f"calibration error {self.error:.4f}"])


def score_texts(texts: Sequence[str], truths: Sequence[str]) -> Scores:
    """Scores texts read against the true ones, in the same order; ValueError when they differ in number."""
    pairs = list(zip(texts, truths, strict=True))
    if not pairs:
        return Scores(0.0, 0.0, 0.0, 0)
    characters = sum(map(len, truths))
    edits = sum(edit_distance(text, truth) for text, truth in pairs)
    return Scores(
        exact=sum(text == truth for text, truth in pairs) / len(pairs),
        folded=sum(fold_lookalikes(text) == fold_lookalikes(truth) for text, truth in pairs) / len(pairs),
        cer=edits / max(1, characters),
        count=len(pairs),
    )


def measure_reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> Reliability:
    """Compares confidences with what was right.

    Args:
        confidences: 0 to 1.
        right: Whether each reading is right, in the same order.
        bins: Bins of equal width.

    Raises:
        ValueError: They differ in number, or a confidence leaves 0 to 1.
    """
    said, true = np.asarray(confidences, float), np.asarray(right, float)
    if said.shape != true.shape or not ((said >= 0) & (said <= 1)).all():
        raise ValueError(f"{said.size} confidences for {true.size} readings, or one outside 0 to 1")
    place = np.clip(np.ceil(said * bins) - 1, 0, bins - 1).astype(int)
    found = []
    for i in range(bins):
        inside = place == i
        count = int(inside.sum())
        means = (float(said[inside].mean()), float(true[inside].mean())) if count else (0.0, 0.0)
        found.append(Bin(i / bins, (i + 1) / bins, count, *means))
    error = sum(b.count * abs(b.confidence - b.accuracy) for b in found) / max(1, said.size)
    return Reliability(tuple(found), error)
