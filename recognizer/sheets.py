"""Pictures for people: text on pictures, and contact sheets of crops with what was read in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from recognizer.images import Image

Colour = tuple[int, int, int]
_FONTS = Path(__file__).parents[1] / "assets" / "fonts" / "dejavu"

# Colours as RGB.
PAPER: Colour = (255, 255, 255)
INK: Colour = (24, 28, 36)
MUTED: Colour = (110, 118, 130)
LINE: Colour = (214, 219, 227)
GOOD: Colour = (22, 128, 74)
BAD: Colour = (196, 43, 43)


@dataclass(frozen=True, slots=True)
class SheetTile:
    """One crop of a sheet. truth, text: what it shows and what was read; confidence: of it; note: a line below."""

    image: Image
    truth: str
    text: str
    confidence: float
    note: str = ""


@lru_cache(maxsize=64)
def open_font(size: int, bold: bool = False, mono: bool = False) -> ImageFont.FreeTypeFont:
    """Opens DejaVu, which has Latin, Greek and Cyrillic letters.

    Args:
        size: In pixels.
        bold: The bold face.
        mono: The face whose characters are all as wide.
    """
    name = f"DejaVuSans{'Mono' if mono else ''}{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(_FONTS / name), size)


def make_canvas(width: int, height: int) -> tuple[Pil.Image, ImageDraw.ImageDraw]:
    """Makes an empty page and the pen for it."""
    page = Pil.new("RGB", (width, height), PAPER)
    return page, ImageDraw.Draw(page)


def scale_to_fit(image: Image, width: int, height: int) -> Pil.Image:
    """Scales an image as large as fits, with its aspect ratio; small ones are enlarged.

    Args:
        image: uint8 BGR.
        width: Width to fit in, in pixels.
        height: Height to fit in, in pixels.
    """
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return Pil.fromarray(cv2.cvtColor(cv2.resize(image, size, interpolation=how), cv2.COLOR_BGR2RGB))


def to_bgr(page: Pil.Image) -> Image:
    """Returns a page as uint8 BGR (H, W, 3)."""
    return np.ascontiguousarray(np.asarray(page, dtype=np.uint8)[:, :, ::-1])


def draw_contact_sheet(tiles: Sequence[SheetTile], columns: int = 6, title: str = "") -> Image:
    """Draws crops in a grid, each with its true text above what was read: green when equal, else red where it differs.

    Args:
        tiles: Crops and their texts.
        columns: Crops side by side.
        title: Stands above them all.

    Returns:
        uint8 BGR.
    """
    wide, high, gap, head = 200, 132, 12, 40 if title else 0
    rows = max(1, -(-len(tiles) // columns))
    page, pen = make_canvas(gap + columns * (wide + gap), gap + head + rows * (high + gap))
    pen.text((gap, gap + 4), title, INK, open_font(16, bold=True))
    for i, tile in enumerate(tiles):
        row, column = divmod(i, columns)
        _draw_tile(page, pen, tile, (gap + column * (wide + gap), gap + head + row * (high + gap)), (wide, high))
    return to_bgr(page)


def _draw_tile(
    page: Pil.Image, pen: ImageDraw.ImageDraw, tile: SheetTile, corner: tuple[int, int], size: tuple[int, int]
) -> None:
    x, y = corner
    wide, high = size
    pen.rectangle((x, y, x + wide - 1, y + high - 1), outline=LINE)
    picture = scale_to_fit(tile.image, wide - 8, high - 62)
    page.paste(picture, (x + (wide - picture.width) // 2, y + 4 + (high - 62 - picture.height) // 2))
    label, text = open_font(10), open_font(15, bold=True, mono=True)
    pen.text((x + 6, y + high - 52), "true", MUTED, label)
    pen.text((x + 6, y + high - 33), "read", MUTED, label)
    pen.text((x + 38, y + high - 56), tile.truth, INK, text)
    at = float(x + 38)
    for i, character in enumerate(tile.text or "(nothing)"):
        right = i < len(tile.truth) and tile.truth[i] == character
        pen.text((at, y + high - 37), character, GOOD if right else BAD, text)
        at += text.getlength(character)
    pen.text((x + wide - 6, y + high - 33), f"{tile.confidence:.2f}", MUTED, label, anchor="ra")
    pen.text((x + 6, y + high - 15), _shorten_text(tile.note, label, wide - 12), MUTED, label)


def _shorten_text(text: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    """Keeps the end of a text too long for a width in pixels: of a path it says most."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength("…" + text) > width:
        text = text[1:]
    return "…" + text
