"""Latin plates of no country: random text, layout, colours and lettering, for plates of countries nobody drew."""

from dataclasses import replace
from functools import lru_cache
from random import Random

from recognizer.formats import FREE, Band, Caption, Colours, PlateFormat
from recognizer.patterns import DIGITS, LETTERS, Pattern, Piece, TokenKind, parse_pattern
from recognizer.plate_text import fold_lookalikes
from recognizer.synthesis.colours import draw_colour, measure_luminance

_FAMILIES = ("eu", "din", "us", "gb", "latam", "in", "br", "ru", "vn", "de", "nl", "pl", "ua", "it", "fr", "ae", "uz")
_SEPARATORS = (" ", " ", " ", "-", "-", "", "", ".", "*")
_ORNAMENTS = (
    "seal",
    "seals",
    "shield",
    "dot",
    "outline",
    "star",
    "flag",
    "emirate",
    "tree",
    "heart",
    "sticker",
    "cross",
)
_ART = (
    "plain",
    "plain",
    "plain",
    "gradient",
    "sky",
    "hills",
    "band",
    "mountain",
    "picture",
    "outline",
    "stripes",
    "wave",
)
_GROUNDS = ("white", "white", "white", "white", "yellow", "yellow", "black", "blue", "red", "green", "grey", "orange")
_WORDS = (
    "ESTADO",
    "CITY",
    "PROVINCE",
    "REPUBLIC",
    "CAPITAL",
    "DISTRICT",
    "TAXI",
    "2019",
    "ISLANDS",
    "NORTH",
    "TRANSIT",
    "C.A.",
)
# Pieces of serial numbers: letters and digits in runs, as nearly all countries have them.
_GROUPS = (
    "A",
    "AA",
    "AA",
    "AAA",
    "AAA",
    "9",
    "99",
    "99",
    "999",
    "999",
    "9999",
    "9999",
    "99999",
    "A9",
    "9A",
    "A99",
    "99A",
    "AAAA",
)

_PATTERNS = (parse_pattern("XXX", LETTERS, DIGITS, {}),)
PLATE = PlateFormat(code=FREE, region=FREE, patterns=_PATTERNS)


@lru_cache(maxsize=4096)
def _parse_source(source: str) -> Pattern:
    return parse_pattern(source, LETTERS, DIGITS, {})


def draw_source(rng: Random) -> str:
    """Draws a random pattern of three to nine characters on one line or two."""
    if rng.random() < 0.12:
        count = rng.randrange(3, 9)
        source = "X" * count
        return source if rng.random() < 0.7 else f"{source[: count // 2]}/{source[count // 2 :]}"
    wanted = rng.randrange(4, 10)
    groups: list[str] = []
    while sum(map(len, groups)) < max(3, wanted - 1) and len(groups) < 4:
        group = rng.choice(_GROUPS)
        if sum(map(len, groups)) + len(group) <= 9:
            groups.append(group)
    separator = rng.choice(_SEPARATORS)
    split = rng.randrange(1, len(groups)) if len(groups) > 1 and rng.random() < 0.3 else 0
    source = groups[0]
    for index, group in enumerate(groups[1:], start=1):
        source += ("/" if index == split else separator if rng.random() < 0.8 else rng.choice(_SEPARATORS)) + group
    return source


def draw_generic_plate(rng: Random, lines: int = 2) -> tuple[PlateFormat, Pattern, Colours]:
    """Draws a plate of no country, of at most so many lines: its format, pattern and colours."""
    source = draw_source(rng)
    pattern = _parse_source(source if lines > 1 else source.replace("/", " "))
    two = "/" in pattern.source
    height = rng.uniform(120, 210) if two else rng.uniform(95, 160)
    aspect = rng.uniform(1.2, 2.1) if two else rng.uniform(2.0, 4.9)
    families = tuple(rng.sample(_FAMILIES, 2))
    plate = replace(
        PLATE,
        patterns=(pattern,),
        size_mm=(height * aspect, height),
        family=families,
        height=rng.uniform(0.55, 0.85),
        monospaced=rng.random() < 0.25,
        border=0.6,
        bands=_draw_bands(rng, two),
        captions=_draw_captions(rng),
        art=(rng.choice(_ART),),
        art_colours=rng.choice(_ART_COLOURS),
        ornaments=(rng.choice(_ORNAMENTS),),
        stickers=0.2,
    )
    return plate, pattern, draw_colours(rng)


_ART_COLOURS = (
    ("#9ac6e5", "#e9f2f8"),
    ("#e8c27a", "#c8d8a0", "#7a9a6a"),
    ("#c8302c", "#1d4fa5"),
    ("#1d4fa5", "#f2c230"),
    ("#3f9f5f", "#f2f2f0"),
    ("#7d5fb0", "#e0b0c8", "#f2d0a0"),
    ("#d0d4d8", "#a8b0b8"),
    ("#e98a5a", "#f6dca8", "#7b4f8a"),
)


def draw_colours(rng: Random) -> Colours:
    """Draws any ground with any ink that can be told from it; mostly black on light or white on dark."""
    ground = rng.choice(_GROUNDS)
    light = ground in ("white", "yellow", "grey", "orange")
    if rng.random() < 0.6:
        return Colours(ground, "black" if light else rng.choice(("white", "white", "yellow")))
    for _ in range(20):
        ink, paper = draw_colour(rng), draw_colour(rng)
        if abs(measure_luminance(ink) - measure_luminance(paper)) > 75:
            return Colours(_format_colour(paper), _format_colour(ink))
    return Colours("white", "black")


def _format_colour(colour: tuple[int, int, int]) -> str:
    return f"#{colour[2]:02x}{colour[1]:02x}{colour[0]:02x}"


def _draw_bands(rng: Random, two: bool) -> tuple[Band, ...]:
    """Draws no band, or one of any style at any side."""
    if rng.random() < 0.55:
        return ()
    at = rng.choice(
        ("left", "left", "left", "right", "top", "corner") if two else ("left", "left", "left", "right", "top")
    )
    style = rng.choice(("eu", "blue", "green", "yellow", "white", "arms", "ua", "norway", "kz"))
    sign = "".join(rng.choice(LETTERS) for _ in range(rng.randrange(4)))
    size = rng.uniform(0.12, 0.24) if at == "top" else rng.uniform(0.06, 0.12) * (1.6 if two else 1)
    return (Band(at=at, style=style, sign=rng.choice(_WORDS) if at == "top" else sign, size=size),)


def _draw_captions(rng: Random) -> tuple[Caption, ...]:
    """Draws the small texts at the top, the bottom or both, in four plates of ten."""
    captions = []
    for at in ("top", "bottom"):
        if rng.random() < 0.25:
            face = rng.choice(("sans", "sans", "serif", "script"))
            inks = ("ink", rng.choice(("#c1272d", "#1b2f7a", "#00713d", "#202020", "#f2f2f0")))
            texts = (f"{rng.choice(_WORDS)} {rng.choice(_WORDS)}" if rng.random() < 0.4 else rng.choice(_WORDS),)
            captions.append(Caption(at=at, texts=texts, face=face, inks=inks, size=rng.uniform(0.11, 0.24)))
    return tuple(captions)


def avoid_confusion(pieces: tuple[Piece, ...], rng: Random) -> tuple[Piece, ...]:
    """Replaces O and I in runs of mixed letters and digits, where nothing tells them from 0 and 1."""
    result = []
    for piece in pieces:
        if piece.kind is TokenKind.CHARACTER and fold_lookalikes(piece.text) != piece.text and rng.random() < 0.8:
            piece = replace(piece, text=rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ"))
        result.append(piece)
    return tuple(result)
