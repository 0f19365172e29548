"""How sure a character is, shown by ink and by underline. Pure functions on colours; legible at every confidence."""

from collections.abc import Sequence
from functools import lru_cache

from PyQt5.QtGui import QColor

UNSURE = 0.80  # below this a character is underlined
DOUBTFUL = 0.50  # below this the underline is dotted and thicker
LEGIBLE = 4.5  # contrast that WCAG AA asks of text
_FAINTEST = 0.45
_STEPS = 20


def luminance(colour: QColor) -> float:
    """Return the relative luminance of a colour, 0 to 1, as WCAG 2 defines it."""
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def mix(ink: QColor, paper: QColor, strength: float) -> QColor:
    """Return paper at strength 0, ink at 1, and what lies between."""
    share = min(1.0, max(0.0, strength))
    return QColor(
        round(ink.red() * share + paper.red() * (1 - share)),
        round(ink.green() * share + paper.green() * (1 - share)),
        round(ink.blue() * share + paper.blue() * (1 - share)),
    )


def shade(ink: QColor, paper: QColor, confidence: float) -> QColor:
    """Return the colour of a character: ink when sure, fainter when not, never too faint to read on paper."""
    return QColor(_shade(ink.rgb(), paper.rgb(), round(min(1.0, max(0.0, confidence)) * _STEPS)))


@lru_cache(maxsize=2048)
def _shade(ink: int, paper: int, step: int) -> int:
    strength = max(_legible(ink, paper), _FAINTEST + (1 - _FAINTEST) * step / _STEPS)
    return mix(QColor(ink), QColor(paper), strength).rgb()


@lru_cache(maxsize=64)
def _legible(ink: int, paper: int) -> float:
    """Return how strong ink must be to be read on paper; 1 where even pure ink is not."""
    inked, behind, strength = QColor(ink), QColor(paper), _FAINTEST
    while strength < 1 and contrast(mix(inked, behind, strength), behind) < LEGIBLE:
        strength += 0.01
    return min(1.0, strength)


def confidence_of(confidences: Sequence[float], index: int, otherwise: float) -> float:
    """Return the confidence of the character at index, or otherwise where the list does not go so far."""
    return confidences[index] if index < len(confidences) else otherwise
