"""Colours of plates: names and #rrggbb to BGR, and the small differences between plates of one colour."""

from functools import lru_cache
from random import Random

Bgr = tuple[int, int, int]

PALETTE: dict[str, str] = {
    "white": "#f3f3f0",
    "black": "#16161a",
    "yellow": "#f2c230",
    "red": "#b01c2e",
    "green": "#00713d",
    "blue": "#1b4fa0",
    "grey": "#b4b7ba",
    "orange": "#e07a1f",
}


@lru_cache(maxsize=1024)
def parse_colour(spelling: str) -> Bgr:
    """Parses a colour's BGR values from its name in the palette or #rrggbb. Raises ValueError naming the spelling."""
    code = PALETTE.get(spelling, spelling)
    if len(code) != 7 or code[0] != "#":
        raise ValueError(f"colour {spelling!r}: write #rrggbb or one of {', '.join(PALETTE)}")
    red, green, blue = (int(code[at : at + 2], 16) for at in (1, 3, 5))
    return blue, green, red


def jitter_colour(colour: Bgr, rng: Random, amount: int = 12) -> Bgr:
    """Makes a colour a little lighter or darker, and each channel a little off.

    Args:
        colour: BGR.
        rng: Source of chance.
        amount: Largest change, of 255.
    """
    shift = (rng.random() - 0.5) * 2 * amount
    blue, green, red = (clip_channel(channel + shift + (rng.random() - 0.5) * amount) for channel in colour)
    return blue, green, red


def mix_colours(first: Bgr, second: Bgr, share: float) -> Bgr:
    """Mixes two colours.

    Args:
        first: BGR.
        second: BGR.
        share: Share of the second one, 0 to 1.
    """
    blue, green, red = (clip_channel(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return blue, green, red


def clip_channel(value: float) -> int:
    """Clips a channel's value to 0 to 255."""
    return 0 if value < 0 else 255 if value > 255 else int(value)


def measure_luminance(colour: Bgr) -> float:
    """Measures the perceived brightness, 0 to 255 (ITU-R BT.601 weights)."""
    return 0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2]


def draw_colour(rng: Random) -> Bgr:
    """Draws any colour at all."""
    return int(rng.random() * 256), int(rng.random() * 256), int(rng.random() * 256)
