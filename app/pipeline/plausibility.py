"""What passes for a plate: the geometry of a box, what the reader and the detector say of it, the chosen countries."""

from dataclasses import dataclass

from detector.types import Box
from recognizer.formats import FormatError, fits_region

_SLIMMEST, _WIDEST = 0.6, 9.0
_MARGIN_SHARE = 0.12
_PLATE_PROBABILITY = 0.5  # the reader's, from which a crop counts as a plate's
# Of a text of an unusual form, where the reader tells nothing of plates: badges and lettering on vehicles score up to
# 0.74 or are read with less confidence, plates without a digit or of three characters score more.
_UNUSUAL_SCORE, _UNUSUAL_CONFIDENCE = 0.75, 0.75
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

    plate_probability: the reader's, 0 to 1; None where it does not tell. score: the detector's, 0 to 1.
    """

    plate_probability: float | None
    score: float


def is_plate(text: str, confidence: float, evidence: PlateEvidence, countries: tuple[str, ...] = ()) -> bool:
    """Tell whether what was read is a plate and no sign, badge or caption.

    The reader's plate output decides. Where it has none, a text of a usual form passes, and one of an unusual form
    where detector and reader are sure. What the chosen countries' formats allow is usual.

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
