"""The demo's number plates: the recogniser's own drawing of a format, with a text that is chosen here."""

from dataclasses import dataclass
from random import Random

from assets.demo.camera import Image
from recognizer.formats import resolve_region
from recognizer.patterns import parse_pattern
from recognizer.synthesis.lettering import FontBook
from recognizer.synthesis.render import PlateRenderer


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn plate: BGR picture, text without separators, width and height in metres."""

    picture: Image
    text: str
    size: tuple[float, float]


def draw(code: str, spelling: str, seed: int) -> Plate:
    """Draw a plate of a format (DE, VN-2-car, …); spelling is a pattern of recognizer/patterns.py with fixed texts."""
    plate_format = next(item for item in resolve_region(code) if item.code == code)
    pattern = parse_pattern(spelling, "A", "0", {})
    rng = Random(seed)
    pieces = pattern.sample(rng)
    picture = PlateRenderer(FontBook()).draw(plate_format, pieces, plate_format.colours[0], rng)
    width, height = plate_format.size_mm
    return Plate(picture, pattern.text_of(pieces), (width / 1000, height / 1000))
