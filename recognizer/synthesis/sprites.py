"""Backgrounds, ornaments and stickers drawn so far, kept for the plates to come."""

from random import Random

from recognizer.synthesis import artwork
from recognizer.synthesis.colours import Bgr, draw_colour, measure_luminance, parse_colour
from recognizer.synthesis.lettering import FontBook
from recognizer.synthesis.paint import Image, Mask, make_filled, paint_mask, resize_image

# How many drawings there are of one background, one ornament, and of stickers.
BACKGROUNDS, ORNAMENTS, STICKERS = 4, 20, 40
_GROUNDS = ("#f3f3f0", "#f2c230", "#c8302c", "#2f8f4f", "#2f5fb0")
_DATES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "AUG", "OCT", "DEC", "12", "08", "2012", "95", "11-09", "06")


class Sprites:
    """Each drawing depends on its kind and number alone, so what a plate gets does not depend on those before it."""

    def __init__(self, book: FontBook) -> None:
        self._book = book
        self._backgrounds: dict[tuple[str, Bgr, Bgr, tuple[str, ...], int], Image] = {}
        self._ornaments: dict[tuple[str, int], tuple[Image, Mask]] = {}
        self._stickers: dict[int, Image] = {}

    def background(self, kind: str, base: Bgr, ink: Bgr, colours: tuple[str, ...], rng: Random) -> Image:
        """Takes one of the backgrounds made in advance.

        Args:
            kind: Name of a kind of artwork.
            base: The plate's base colour.
            ink: The colour of its lettering.
            colours: Colours of the artwork.
            rng: Source of chance.

        Returns:
            uint8 BGR (64, 128, 3).
        """
        key = (kind, base, ink, colours, rng.randrange(BACKGROUNDS))
        if key not in self._backgrounds:
            own = Random(repr(key))
            self._backgrounds[key] = artwork.draw_background(
                kind, base, ink, [parse_colour(colour) for colour in colours], own
            )
        return self._backgrounds[key]

    def ornament(self, kind: str, rng: Random) -> tuple[Image, Mask]:
        """Returns one of the ornaments of a kind: colours (64, 64, 3) and mask (64, 64)."""
        key = (kind, rng.randrange(ORNAMENTS))
        if key not in self._ornaments:
            self._ornaments[key] = artwork.draw_ornament(kind, (40, 40, 40), Random(repr(key)))
        return self._ornaments[key]

    def sticker(self, rng: Random) -> Image:
        """Returns one of the stickers with a month, a year or a number, (32, 30 to 63, 3)."""
        number = rng.randrange(STICKERS)
        if number not in self._stickers:
            self._stickers[number] = self._stick(Random(repr(("sticker", number))))
        return self._stickers[number]

    def _stick(self, rng: Random) -> Image:
        ground = parse_colour(rng.choice(_GROUNDS)) if rng.random() < 0.85 else draw_colour(rng)
        sticker = make_filled(32, rng.randrange(30, 64), ground)
        mask = self._book.caption_face("sans", rng).caption_mask(rng.choice(_DATES))
        ink: Bgr = (20, 20, 20) if measure_luminance(ground) > 110 else (240, 240, 240)
        paint_mask(sticker, resize_image(mask, sticker.shape[1] - 8, rng.randrange(14, 26)), 4, 4, ink)
        return sticker
