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
    plate_probability: that the crop shows a plate whose text can be read; 1 where the network does not tell.
    region: ISO code of the country, or US-CA for a state, that issued the plate; empty where unknown.
    region_confidence: probability of the region, 0 where it is unknown.
    """

    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternatives: tuple[Alternative, ...] = ()
    plate_probability: float = 1.0
    region: str = ""
    region_confidence: float = 0.0
