"""A page for drawings: on white or on dark ground, and as sharp as the screen it is for."""

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from recognizer.images import Image
from recognizer.sheets import PAPER, Colour, to_bgr

# RGB: the ground of a dark drawing, as of the window's dark theme.
NIGHT: Colour = (26, 32, 39)

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class FigurePage:
    """A page of width × height, which is drawn scale times as large.

    All places and colours are those of a white page at scale 1; dark turns their lightness round and keeps their hues.
    """

    def __init__(self, width: int, height: int, scale: float = 1.0, dark: bool = False) -> None:
        self.width, self.height = width, height
        self._scale, self._dark = scale, dark
        self._page = Pil.new("RGB", (round(width * scale), round(height * scale)), self._shown(PAPER))
        self._pen = ImageDraw.Draw(self._page)

    def text(self, at: Point, text: str, fill: Colour, font: ImageFont.FreeTypeFont, anchor: str | None = None) -> None:
        """Writes, as Pillow's ImageDraw does."""
        face = font if self._scale == 1 else font.font_variant(size=font.size * self._scale)
        self._pen.text((at[0] * self._scale, at[1] * self._scale), text, self._shown(fill), face, anchor=anchor)

    def line(self, ends: Box, fill: Colour, width: int = 1) -> None:
        """Draws a line."""
        self._pen.line(self._large(ends), fill=self._shown(fill), width=self._wide(width))

    def rectangle(self, box: Box, fill: Colour | None = None, outline: Colour | None = None, width: int = 1) -> None:
        """Draws a rectangle, its right and lower edge included."""
        self._pen.rectangle(self._large(box), self._maybe(fill), self._maybe(outline), self._wide(width))

    def rounded_rectangle(self, box: Box, radius: int, fill: Colour, outline: Colour) -> None:
        """Draws a rectangle with round corners."""
        self._pen.rounded_rectangle(
            self._large(box), self._wide(radius), self._shown(fill), self._shown(outline), self._wide(1)
        )

    def photograph(self, picture: Pil.Image, at: Point) -> None:
        """Puts a picture of the world onto the page, whose colours stay as they are."""
        self._put(picture, at, Pil.Resampling.BICUBIC)

    def diagram(self, cells: npt.NDArray[np.uint8], at: Point) -> None:
        """Puts an RGB array (H, W, 3) of flat colours onto the page."""
        self._put(Pil.fromarray(paint_dark(cells) if self._dark else cells), at, Pil.Resampling.NEAREST)

    def image(self) -> Image:
        """Returns the page as uint8 BGR (H, W, 3)."""
        return to_bgr(self._page)

    def _put(self, picture: Pil.Image, at: Point, how: Pil.Resampling) -> None:
        left, top, right, bottom = (
            round(value * self._scale) for value in (*at, at[0] + picture.width, at[1] + picture.height)
        )
        size = max(1, right - left), max(1, bottom - top)
        self._page.paste(picture if size == picture.size else picture.resize(size, how), (left, top))

    def _large(self, box: Box) -> Box:
        left, top, right, bottom = (value * self._scale for value in box)
        return left, top, right, bottom

    def _wide(self, width: int) -> int:
        return max(1, round(width * self._scale))

    def _maybe(self, colour: Colour | None) -> Colour | None:
        return None if colour is None else self._shown(colour)

    def _shown(self, colour: Colour) -> Colour:
        if not self._dark:
            return colour
        red, green, blue = (int(value) for value in paint_dark(np.array(colour, np.uint8)))
        return red, green, blue


def paint_dark(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Maps RGB colours (…, 3) of a white page to a dark one: light for dark, each hue as it was."""
    plain = colours.astype(np.float32)
    turned = plain + 255 - plain.max(axis=-1, keepdims=True) - plain.min(axis=-1, keepdims=True)
    ground = np.array(NIGHT, np.float32)
    return np.asarray((ground + turned * (1 - ground / 255)).round(), np.uint8)
