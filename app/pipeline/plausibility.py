"""What passes for a plate: the geometry of a box and the form of a text."""

from detector.types import Box
from recognizer.formats import FormatError, matches

_SLIMMEST, _WIDEST = 0.6, 9.0
_MARGIN_SHARE = 0.12
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


def plate_form(text: str, countries: tuple[str, ...] = (), shortest: int = 4, longest: int = 10) -> bool:
    """Whether a text can be a plate: of a fitting length and, unless a country's formats say otherwise, with a digit.

    Text of the chosen countries' formats always passes; other plates pass by the general rule, since vehicles travel.
    """
    if any(_fits(text, country) for country in countries):
        return True
    return shortest <= len(text) <= longest and any(c.isdigit() for c in text)


def region_of(text: str, countries: tuple[str, ...]) -> str:
    """Return the first of the countries whose plates look like text, or an empty text."""
    return next((country for country in countries if _fits(text, country)), "")


def _fits(text: str, country: str) -> bool:
    """Whether text is a plate of country; a country nobody knows fits nothing."""
    try:
        return matches(text, country)
    except FormatError:
        return False
