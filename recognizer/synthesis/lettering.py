"""Lettering: glyphs rendered once for a font and weight, then put together into lines as masks."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from recognizer.patterns import DIGITS, LETTERS
from recognizer.synthesis.paint import Mask

OPEN_FONTS = Path(__file__).parents[2] / "assets" / "fonts"
FONT_SUFFIXES = (".ttf", ".otf", ".woff2", ".ttc")
# Glyphs are kept with capitals of 64 pixels in cells of 80, so that tails and round overshoots have room.
CAP, MARGIN = 64, 8
CELL = CAP + 2 * MARGIN


class FontError(ValueError):
    """A font folder or file that cannot be used; names it and the remedy."""


@dataclass(slots=True)
class Face:
    """One font: its families, and its glyphs as masks (80, width) for each stroke change asked so far."""

    path: Path
    families: tuple[str, ...]
    caption: bool = False
    foreign: bool = False
    _fonts: dict[int, ImageFont.FreeTypeFont] = field(default_factory=dict)
    _font: ImageFont.FreeTypeFont | None = None
    _top: int = 0
    _letters: float = 1.0
    _glyphs: dict[tuple[str, int], Mask] = field(default_factory=dict)
    _captions: dict[str, Mask] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)
    _missing: Mask | None = None

    def glyph(self, character: str, stroke: int = 0) -> Mask:
        """Draws a character's mask (80, width), cut to its ink; stroke > 0 thickens, < 0 thins, in pixels of 64."""
        key = (character, stroke)
        mask = self._glyphs.get(key)
        if mask is None:
            mask = self._glyphs[key] = (
                self._render(character) if stroke == 0 else _thicken_strokes(self.glyph(character), stroke)
            )
        return mask

    def has(self, text: str) -> bool:
        """Tells whether every character of the text has a drawn glyph in this font."""
        for character in text:
            if character not in self._known:
                self._known[character] = bool(self.glyph(character).any())
        return all(self._known[character] for character in text)

    def slot(self, stroke: int = 0) -> int:
        """Returns the width every character takes where a country sets all alike."""
        return int(1.08 * max(self.glyph("H", stroke).shape[1], self.glyph("0", stroke).shape[1]))

    def caption_mask(self, text: str) -> Mask:
        """Draws a small text as one mask, 40 pixels of font height, cut to its ink; kept for the next plate."""
        mask = self._captions.get(text)
        if mask is None:
            font = self._load(40)
            left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
            image = Image.new("L", (max(1, right - left) + 2, max(1, bottom - top) + 2))
            ImageDraw.Draw(image).text((1 - left, 1 - top), text, font=font, fill=255)
            mask = self._captions[text] = np.asarray(image, dtype=np.uint8).copy()
        return mask

    def _load(self, size: int) -> ImageFont.FreeTypeFont:
        if size in self._fonts:
            return self._fonts[size]
        try:
            font = self._fonts[size] = ImageFont.truetype(str(self.path), size)
        except OSError as error:
            raise FontError(f"{self.path}: no font that can be opened ({error}); remove it from the folder") from error
        return font

    @property
    def letters(self) -> float:
        """Height of this font's letters as a share of its capitals' height, below 1 where digits are taller."""
        self._sized()
        return self._letters

    def _sized(self) -> ImageFont.FreeTypeFont:
        """Returns the font at the size where the taller of an H and a 1 is 64 pixels high."""
        if self._font is None:
            probe = self._load(200)
            letter, both = probe.getbbox("H"), probe.getbbox("H1")
            self._font = self._load(max(8, round(200 * CAP / max(1.0, both[3] - both[1]))))
            self._letters = min(1.0, (letter[3] - letter[1]) / max(1.0, both[3] - both[1]))
            self._top = int(self._font.getbbox("H1")[1])
            self._missing = self._ink("\ufffe")
        return self._font

    def _ink(self, character: str) -> Mask:
        font = self._sized() if self._font is None else self._font
        width = int(font.getlength(character)) + 48
        image = Image.new("L", (width, 2 * CELL))
        ImageDraw.Draw(image).text((24, MARGIN - self._top), character, font=font, fill=255)
        mask = np.asarray(image, dtype=np.uint8)
        columns = np.flatnonzero(mask.max(axis=0) > 40)
        if not columns.size:
            return np.zeros((CELL, 4), np.uint8)
        return _fit_in_cell(np.ascontiguousarray(mask[:, columns[0] : columns[-1] + 1]))

    def _render(self, character: str) -> Mask:
        self._sized()
        mask = self._ink(character)
        if self._missing is not None and mask.shape == self._missing.shape and np.array_equal(mask, self._missing):
            return np.zeros((CELL, 4), np.uint8)
        return mask


@dataclass(frozen=True, slots=True)
class Tail:
    """The tail of a Q: where it begins and ends, as shares of an O's width and height, and how thick it is."""

    start: tuple[float, float]
    end: tuple[float, float]
    thickness: float


def add_tail(ring: Mask, tail: Tail) -> Mask:
    """Makes a Q of an O (80, width): on many plates it is one with a short stroke, and little else to tell them by."""
    letter = ring.copy()
    ends = [(round(x * ring.shape[1]), MARGIN + round(y * CAP)) for x, y in (tail.start, tail.end)]
    cv2.line(letter, ends[0], ends[1], 255, max(3, round(tail.thickness * CAP)), cv2.LINE_AA)
    return letter


def _fit_in_cell(mask: Mask) -> Mask:
    """Fits a glyph (160, width) in a cell of 80: plates have no tails below the line, so a Q is squeezed."""
    low = int(np.flatnonzero(mask.max(axis=1) > 40)[-1]) + 1
    if low <= CELL - MARGIN // 2:
        return np.ascontiguousarray(mask[:CELL])
    cell = np.zeros((CELL, mask.shape[1]), np.uint8)
    squeezed = cv2.resize(mask[MARGIN:low], (mask.shape[1], CELL - MARGIN - MARGIN // 2), interpolation=cv2.INTER_AREA)
    cell[MARGIN : MARGIN + len(squeezed)] = squeezed
    return cell


def _thicken_strokes(mask: Mask, stroke: int) -> Mask:
    """Makes a glyph's strokes thicker (stroke > 0) or thinner by about that many pixels."""
    size = abs(stroke) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    padded = cv2.copyMakeBorder(mask, 0, 0, size, size, cv2.BORDER_CONSTANT, value=0)
    changed = cv2.dilate(padded, kernel) if stroke > 0 else cv2.erode(padded, kernel)
    columns = np.flatnonzero(changed.max(axis=0) > 40)
    if not columns.size:
        return mask
    return np.ascontiguousarray(changed[:, columns[0] : columns[-1] + 1])


class FontBook:
    """The open fonts and those of another folder, found by the families a format names."""

    def __init__(self, folder: Path | None = None) -> None:
        self.faces = [*_open_faces(), *([] if folder is None else _open_foreign_faces(folder))]
        self._by_family: dict[str, list[Face]] = {}
        for face in self.faces:
            for family in face.families:
                self._by_family.setdefault(family, []).append(face)
        self._lettering = [face for face in self.faces if face.families]
        self._captions = [face for face in self.faces if face.caption]
        # A few only: each keeps the small texts it has drawn.
        self._sans = self._lettering[:20:4]

    def pick(self, families: Sequence[str], rng: Random, text: str, anything: float = 0.12) -> Face:
        """Chooses a font for a text.

        Args:
            families: In order of preference; mostly the first one that is there is taken.
            rng: Source of chance.
            text: What the font must have letters for.
            anything: Share of the time that any font is taken, 0 to 1.
        """
        for _ in range(6):
            face = self._draw(families, rng, anything)
            if face.has(text):
                return face
        return next(face for face in self._lettering if face.has(text))

    def _draw(self, families: Sequence[str], rng: Random, anything: float) -> Face:
        if rng.random() >= anything:
            for family in families:
                faces = self._by_family.get(family)
                if faces and rng.random() < 0.7:
                    # A foreign folder holds the real lettering: its fonts come last and count three times.
                    own = [face for face in faces if face.foreign]
                    return rng.choice(own) if own and rng.random() < 0.65 else rng.choice(faces)
        return rng.choice(self._lettering)

    def caption_face(self, kind: str, rng: Random) -> Face:
        """Chooses a font for small texts: sans, serif or script."""
        wanted = {"serif": "rokkitt", "script": "courgette"}.get(kind)
        if wanted is None:
            return rng.choice(self._sans)
        return next((face for face in self._captions if face.path.name.startswith(wanted)), self._captions[0])


def _open_faces() -> list[Face]:
    """Opens the fonts that ship, with the families assets/fonts/fonts.toml gives them."""
    index = OPEN_FONTS / "fonts.toml"
    if not index.is_file():
        raise FontError(f"{index} is missing: the open fonts belong to the program, install it again")
    entries = tomllib.loads(index.read_text(encoding="utf-8"))["font"]
    return [Face(OPEN_FONTS / entry["file"], tuple(entry["families"]), bool(entry.get("caption"))) for entry in entries]


def _open_foreign_faces(folder: Path) -> list[Face]:
    """Opens the fonts of a folder; a file name's first part is the family (de_FE.ttf), others fit anywhere."""
    files = sorted(file for file in folder.glob("*") if file.suffix.lower() in FONT_SUFFIXES)
    if not files:
        raise FontError(f"{folder}: no fonts there ({', '.join(FONT_SUFFIXES)})")
    faces = []
    for file in files:
        family = file.stem.partition("_")[0].lower()
        face = Face(file, (family, "any") if family != file.stem.lower() else ("any",), foreign=True)
        if any(face.has(character) for character in DIGITS + LETTERS):
            faces.append(face)
    return faces
