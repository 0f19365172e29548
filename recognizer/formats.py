"""Plate formats by country: how a plate looks and what a valid text is; the data is in plate_formats/*.toml."""

import heapq
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from recognizer.patterns import DIGITS, LETTERS, Pattern, PatternError, parse_pattern
from recognizer.readings import Alternative

__all__ = [
    "FREE",
    "Band",
    "Caption",
    "Colours",
    "FormatError",
    "PlateFormat",
    "contradicts_region",
    "fits_region",
    "list_regions",
    "load_formats",
    "rerank_alternatives",
    "resolve_region",
    "settle_lookalikes",
]

# The code of plates of no country: random Latin text and looks.
FREE = "free"
FOLDER = Path(__file__).parent / "plate_formats"
# How much less a text is believed that fits no format of the chosen region, or only a vanity pattern.
MISFIT, VANITY = 0.05, 0.4
# Characters that most countries draw alike, and how many of them a text may have for its format to be looked for:
# each doubles the number of texts to try.
_OTHER = {"O": "0", "0": "O", "I": "1", "1": "I"}
MOST_LOOKALIKES = 7
# How much less a text is believed for each character that was exchanged.
EXCHANGED = 0.3
# Keys of a format's table that go into its patterns or into other tables.
_PARSED_APART = {"base", "letters", "digits", "classes", "small_first", "vanity_letters"}


class FormatError(ValueError):
    """A format file that cannot be read, or a region nobody knows; says which and what to do."""


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour scheme: background and lettering, as #rrggbb or a name of the palette, and how often it is seen."""

    background: str
    ink: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """A coloured band: at left, right, top, bottom or corner; size is its share of the plate's width or height."""

    at: str
    style: str = "blue"
    sign: str = ""
    size: float = 0.085
    probability: float = 1.0
    colours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caption:
    """Small text that is no plate text: at top or bottom, one of texts, in a face (sans, serif, script) and inks."""

    at: str
    texts: tuple[str, ...]
    face: str = "sans"
    inks: tuple[str, ...] = ("#202020",)
    size: float = 0.16
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class PlateFormat:
    """One kind of plate. size_mm is (width, height); shares are of the plate's height unless said otherwise."""

    code: str
    region: str
    patterns: tuple[Pattern, ...]
    vanity: tuple[Pattern, ...] = ()
    group: str = ""
    sign: str = ""
    weight: float = 1.0
    size_mm: tuple[float, float] = (520.0, 110.0)
    colours: tuple[Colours, ...] = (Colours("white", "black"),)
    bands: tuple[Band, ...] = ()
    captions: tuple[Caption, ...] = ()
    family: tuple[str, ...] = ("eu",)
    height: float = 0.68
    small: float = 0.72
    letter_height: float = 1.0
    first_line: float = 0.5
    monospaced: bool = False
    border: float = 0.8
    border_ink: str = ""
    art: tuple[str, ...] = ("plain",)
    art_colours: tuple[str, ...] = ()
    ornaments: tuple[str, ...] = ("seal",)
    stickers: float = 0.0
    end_bolts: float = 0.04

    @property
    def lines(self) -> int:
        """Lines of lettering, 1 or 2 (patterns of one format agree in that)."""
        return 2 if "/" in self.patterns[0].source else 1

    def matches(self, text: str) -> bool:
        """Tells whether the text fits a pattern, vanity patterns included."""
        return any(pattern.expression.fullmatch(text) for pattern in (*self.patterns, *self.vanity))


@lru_cache(maxsize=4)
def load_formats(folder: Path = FOLDER) -> tuple[PlateFormat, ...]:
    """Reads every format of the folder's TOML files, in file order. Raises FormatError naming file and format."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise FormatError(f"{folder}: no plate formats (*.toml) there; is the installation complete?")
    formats: list[PlateFormat] = []
    for file in files:
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise FormatError(f"{file}: {error}") from error
        formats.extend(_read_table(table, file))
    return tuple(formats)


def list_regions() -> tuple[str, ...]:
    """Lists the regions that formats exist for, sorted: DE, GB, US, …"""
    return tuple(sorted({item.region for item in load_formats()}))


@lru_cache(maxsize=256)
def resolve_region(region: str) -> tuple[PlateFormat, ...]:
    """Finds the formats of a region (DE), one format (US-CA), a group (EU) or GROUP:sign (EU:d, US:ca), in any case."""
    wanted = region.strip().upper()
    formats = load_formats()
    found = [item for item in formats if wanted in (item.code.upper(), item.region.upper(), item.group.upper())]
    if ":" in wanted:
        sign = wanted.partition(":")[2]
        found = [item for item in formats if item.code.upper() == wanted.replace(":", "-")]
        # Signs are one list for all the world; a data set's group (EU for Belarus) may be wider than ours.
        found = found or [item for item in formats if item.sign == sign]
    if not wanted or not found:
        raise FormatError(f"no plate format for region {region!r}; known are {', '.join(list_regions())}")
    return tuple(found)


def fits_region(text: str, region: str) -> bool:
    """Tells whether a text is a valid plate of the region. Raises FormatError for a region nobody knows."""
    return any(item.matches(text) for item in resolve_region(region))


def rerank_alternatives(alternatives: Sequence[Alternative], region: str) -> tuple[Alternative, ...]:
    """Re-ranks texts by the region's formats: the same texts, and the same confidence in all, divided anew."""
    formats = resolve_region(region)
    weighted = [item.confidence * _weigh_text(item.text, formats) for item in alternatives]
    total, before = math.fsum(weighted), math.fsum(item.confidence for item in alternatives)
    scale = before / total if total > 0 else 0.0
    ranked = [
        Alternative(item.text, min(1.0, share * scale)) for item, share in zip(alternatives, weighted, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda item: -item.confidence))


@lru_cache(maxsize=4096)
def settle_lookalikes(text: str, region: str) -> str:
    """The text with each O or 0, I or 1 as the region's formats have it; unchanged where they do not decide.

    They decide where the text fits no format of any region as it is. Of the texts that fit with some of these
    characters exchanged the commonest pattern's wins, each exchange counting against it; two that are as good leave the
    text as it is. A region without formats decides nothing, nor does one where owners choose the text.
    """
    formats = _formats_of(region)
    places = [i for i, character in enumerate(text) if character in _OTHER]
    if not formats or not places or len(places) > MOST_LOOKALIKES or any(item.vanity for item in formats):
        return text
    if any(item.matches(text) for item in formats) or _known_texts().fullmatch(text):  # the region may be another one
        return text
    found = [
        (EXCHANGED**count * _commonness(other, formats), other)
        for count in range(1, len(places) + 1)
        for other in (_exchanged(text, chosen) for chosen in combinations(places, count))
    ]
    (best, settled), (second, _) = heapq.nlargest(2, [(0.0, text), *found])
    return settled if best > second else text


@lru_cache(maxsize=4096)
def contradicts_region(text: str, region: str) -> bool:
    """Whether a text is no plate of a region whose formats are known, and leave owners no choice."""
    formats = _formats_of(region)
    return bool(formats) and not any(item.vanity or item.matches(text) for item in formats)


@lru_cache(maxsize=1)
def _known_texts() -> re.Pattern[str]:
    """Of every text that fits a format without vanity plates: one expression, as there are hundreds of patterns."""
    formats = [item for item in load_formats() if not item.vanity]
    return re.compile("|".join(f"(?:{pattern.expression.pattern})" for item in formats for pattern in item.patterns))


def _commonness(text: str, formats: Sequence[PlateFormat]) -> float:
    """How common the commonest pattern that the text fits is, 0 when it fits none."""
    return max(
        (item.weight * pattern.weight for item in formats for pattern in item.patterns
         if pattern.expression.fullmatch(text)),
        default=0.0,
    )  # fmt: skip


def _formats_of(region: str) -> tuple[PlateFormat, ...]:
    """The formats of a region, none for one that has none."""
    try:
        return resolve_region(region)
    except FormatError:
        return ()


def _exchanged(text: str, places: Sequence[int]) -> str:
    """The text with the characters at these places exchanged for those they look like."""
    characters = list(text)
    for place in places:
        characters[place] = _OTHER[characters[place]]
    return "".join(characters)


def _weigh_text(text: str, formats: Sequence[PlateFormat]) -> float:
    """Tells how far a text is believed to be a plate of these formats, 0 to 1."""
    if any(pattern.expression.fullmatch(text) for item in formats for pattern in item.patterns):
        return 1.0
    return VANITY if any(item.matches(text) for item in formats) else MISFIT


def _read_table(table: Mapping[str, Any], file: Path) -> list[PlateFormat]:
    """Reads the formats of one file: [defaults], then [[format]] tables, which may name an earlier one as `base`."""
    defaults: Mapping[str, Any] = table.get("defaults", {})
    seen: dict[str, Mapping[str, Any]] = {}
    formats: list[PlateFormat] = []
    for entry in table.get("format", []):
        code = str(entry.get("code", "?"))
        try:
            raw = {**seen[entry["base"]], **entry} if "base" in entry else {**defaults, **entry}
            seen[code] = raw
            formats.append(_read_format(raw))
        except (PatternError, KeyError, TypeError, ValueError) as error:
            raise FormatError(f"{file.name}, format {code}: {error}") from error
    return formats


def _read_format(raw: Mapping[str, Any]) -> PlateFormat:
    """Reads one format from its table."""
    letters, digits = str(raw.get("letters", LETTERS)), str(raw.get("digits", DIGITS))
    classes = raw.get("classes", {})
    known = {field.name for field in fields(PlateFormat)} | _PARSED_APART
    if unknown := set(raw) - known:
        raise FormatError(f"unknown keys {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {key: raw[key] for key in raw if key not in _PARSED_APART}
    values.setdefault("region", raw["code"])
    small_first = bool(raw.get("small_first"))
    for key, allowed in (("patterns", letters), ("vanity", str(raw.get("vanity_letters", letters)))):
        values[key] = tuple(parse_pattern(source, allowed, digits, classes, small_first) for source in raw.get(key, ()))
    values["colours"] = tuple(_read_colours(spelling) for spelling in raw.get("colours", ["white/black"]))
    values["bands"] = tuple(
        Band(**{**band, "colours": tuple(band.get("colours", ()))}) for band in raw.get("bands", ())
    )
    values["captions"] = tuple(_read_caption(caption) for caption in raw.get("captions", ()))
    for key in ("family", "art", "art_colours", "ornaments", "size_mm"):
        if key in raw:
            values[key] = tuple(raw[key])
    return PlateFormat(**values)


def _read_colours(spelling: str) -> Colours:
    """Reads colours from `background/ink` or `background/ink@weight`."""
    pair, _, weight = spelling.partition("@")
    background, _, ink = pair.partition("/")
    if not background or not ink:
        raise FormatError(f"colours {spelling!r}: write background/ink, or background/ink@weight")
    return Colours(background.strip(), ink.strip(), float(weight) if weight else 1.0)


def _read_caption(raw: Mapping[str, Any]) -> Caption:
    """Reads a caption from its table."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Caption(**values)
