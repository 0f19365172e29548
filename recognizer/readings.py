"""Values the recogniser returns."""

from dataclasses import dataclass
from typing import NamedTuple


class Alternative(NamedTuple):
    """Another text the same crop may show, with its probability, 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one crop says.

    text: the most probable plate text, upper case, empty when nothing was read.
    confidence: calibrated probability that the whole text is right, 0 to 1. With those of the alternatives it sums to
    at most 1; the rest is for texts that are not listed, and for no plate.
    char_confidences: one value a character of text, 0 to 1.
    alternatives: up to five other texts, most probable first; never text itself.
    """

    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternatives: tuple[Alternative, ...] = ()
