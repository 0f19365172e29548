"""What passes for a plate: the geometry of a box, what the reader and the detector say of it, the chosen countries."""

import math
from dataclasses import dataclass

from detector.types import Box
from recognizer.formats import FormatError, fits_region
from recognizer.readings import Reading

_SLIMMEST, _WIDEST = 0.6, 9.0
_MARGIN_SHARE = 0.12
# Of what reader and detector together believe less of to be a plate, one in ten is one. What is believed little more is
# told only where its confidence, which has this as a factor, suffices.
_PLATE_PROBABILITY = 0.3
# Log-odds of a plate from those of the reader and of the detector's score: chosen on photographs of seven sources by
# log likelihood of the right text. The reader alone is too sure of signs that it never saw.
_READER_SLOPE, _SCORE_SLOPE, _OFFSET = 0.7, 1.26, -1.5
_EDGE = 1e-6  # probabilities nearer to 0 or 1 than this tell no more than this does
# Of a text of an unusual form, of which the reader saw few: badges and lettering on vehicles score up to 0.74 or are
# read with less confidence, plates without a digit or of three characters score more. Such a text is at least so likely
# a plate's.
_UNUSUAL_SCORE, _UNUSUAL_CONFIDENCE, _UNUSUAL_PLATE = 0.75, 0.75, 0.7
_USUAL_LENGTHS = range(4, 11)
_BORDER_PX, _BORDER_SHARE = 2.0, 0.15  # of a plate's height: so far from its true edge a box may be drawn


def plate_shaped(box: Box) -> bool:
    """Whether a box is about as wide for its height as plates are, from steep two-line to long one-line ones."""
    return box.height > 0 and _SLIMMEST <= box.width / box.height <= _WIDEST


def in_margin(box: Box, height: int) -> bool:
    """Whether a box lies wholly in the strip along the upper or lower edge of a frame, where captions are burnt in."""
    return box.y2 <= _MARGIN_SHARE * height or box.y1 >= (1 - _MARGIN_SHARE) * height


def cut_by_border(box: Box, width: int, height: int) -> bool:
    """Whether a box touches the border of a width by height frame, so that part of the plate may be missing."""
    near = max(_BORDER_PX, _BORDER_SHARE * box.height)
    return box.x1 <= near or box.y1 <= near or box.x2 >= width - near or box.y2 >= height - near


@dataclass(frozen=True, slots=True)
class PlateEvidence:
    """What the networks say of whether something is a plate, whatever its text.

    plate_probability: what reader and detector together believe, 0 to 1; None where the reader does not tell.
    score: the detector's, 0 to 1.
    """

    plate_probability: float | None
    score: float


def fuse_plate_evidence(reading: Reading, score: float) -> float:
    """Return the probability of a plate from what reader and detector say of the same crop.

    Args:
        reading: What the reader says, with how likely it is of a plate.
        score: The detector's; 0 where it is not known, which leaves the reader's probability as it is.
    """
    told = reading.plate_probability
    if not score:
        return told
    odds = _READER_SLOPE * _log_odds(told) + _SCORE_SLOPE * _log_odds(score) + _OFFSET
    fused = 1 / (1 + math.exp(-odds))
    text_confidence = reading.confidence / max(told, _EDGE)
    is_sure = score >= _UNUSUAL_SCORE and text_confidence >= _UNUSUAL_CONFIDENCE
    return max(fused, _UNUSUAL_PLATE) if is_sure and not is_usual(reading.text) else fused


def _log_odds(probability: float) -> float:
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def is_plate(text: str, confidence: float, evidence: PlateEvidence, countries: tuple[str, ...] = ()) -> bool:
    """Tell whether what was read is a plate and no sign, badge or caption.

    The reader's plate output decides, with the detector's score. Where it has none, a text of a usual form passes, and
    one of an unusual form where detector and reader are sure. What the chosen countries' formats allow is usual.

    Args:
        text: What was read.
        confidence: Of the text, 0 to 1.
        evidence: What the networks say of the plate.
        countries: The chosen countries.
    """
    if evidence.plate_probability is not None:
        return evidence.plate_probability >= _PLATE_PROBABILITY
    if is_usual(text) or fits_countries(text, countries):
        return True
    return evidence.score >= _UNUSUAL_SCORE and confidence >= _UNUSUAL_CONFIDENCE


def is_usual(text: str) -> bool:
    """Tell whether a text has a digit and as many characters as nearly all plates."""
    return len(text) in _USUAL_LENGTHS and any(c.isdigit() for c in text)


def fits_countries(text: str, countries: tuple[str, ...]) -> bool:
    """Tell whether a text is a plate of one of the countries."""
    return any(_fits(text, country) for country in countries)


def region_of(text: str, countries: tuple[str, ...]) -> str:
    """Return the first of the countries whose plates look like text, or an empty text."""
    return next((country for country in countries if _fits(text, country)), "")


def _fits(text: str, country: str) -> bool:
    """Whether text is a plate of country; a country nobody knows fits nothing."""
    try:
        return fits_region(text, country)
    except FormatError:
        return False
