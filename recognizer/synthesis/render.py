"""Draws one clean plate: background, bands, captions, lettering, ornaments, stickers and screws."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2

from recognizer.formats import FREE, Caption, Colours, PlateFormat
from recognizer.patterns import Piece, TokenKind
from recognizer.synthesis import artwork
from recognizer.synthesis.bands import Box, draw_band
from recognizer.synthesis.colours import Bgr, jitter_colour, measure_luminance, mix_colours, parse_colour
from recognizer.synthesis.layout import LineStyle, TextLine, TextSpan, set_line, split_lines
from recognizer.synthesis.lettering import CAP, CELL, MARGIN, Face, FontBook, Tail
from recognizer.synthesis.paint import Image, make_filled, paint_mask, paint_picture, resize_image
from recognizer.synthesis.sprites import Sprites

# Ornaments in the lettering's own ink; all others have colours of their own.
_INKED = ("dot", "emirate", "han")
# Ornaments nearly twice as high as wide.
_TALL = ("seals", "han")
_SCREWS: tuple[Bgr, ...] = ((40, 40, 40), (170, 175, 180), (90, 95, 100), (225, 225, 225))


@dataclass(frozen=True, slots=True)
class PlateArea:
    """Where lettering may stand: the area in pixels, and how much narrower its first line is, left and right."""

    left: int
    top: int
    right: int
    bottom: int
    first_indent: int = 0
    first_outdent: int = 0

    def without(self, at: str, box: Box) -> "PlateArea":
        """Returns the room left when a band at a side or corner takes a box."""
        if at == "left":
            return replace(self, left=max(self.left, box[2]))
        if at == "right":
            return replace(self, right=min(self.right, box[0]))
        if at == "top":
            return replace(self, top=max(self.top, box[3]))
        if at == "bottom":
            return replace(self, bottom=min(self.bottom, box[1]))
        if at == "corner":
            return replace(self, first_indent=box[2] - self.left)
        return replace(self, first_outdent=self.right - box[0])

    def line(self, index: int, top: float, bottom: float) -> Box:
        """Finds the box of a text line.

        Args:
            index: Number of the line from the top, from 0.
            top: Its upper edge in pixels.
            bottom: Its lower edge in pixels.
        """
        first = index == 0
        left, right = self.left + first * self.first_indent, self.right - first * self.first_outdent
        return left, round(top), right, round(bottom)


class PlateRenderer:
    """Draws plates of any format; keeps the glyphs, backgrounds and ornaments it has drawn."""

    def __init__(self, book: FontBook) -> None:
        self._book, self._stock = book, Sprites(book)

    def draw(self, plate: PlateFormat, pieces: Sequence[Piece], colours: Colours, rng: Random) -> Image:
        """Draws a clean plate.

        Args:
            plate: The format.
            pieces: The text, with what stands between its characters.
            colours: Background and ink.
            rng: Source of chance.

        Returns:
            uint8 BGR, 96 to 128 pixels high, its proportions within 4 % of the true ones.
        """
        aspect = plate.size_mm[0] / plate.size_mm[1] * rng.uniform(0.96, 1.04)
        height = rng.randrange(96, 113) if aspect > 3 else rng.randrange(108, 129)
        drawing = _Drawing(self._book, self._stock, plate, colours, rng, (round(height * aspect), height))
        room = drawing.draw_surround()
        drawing.draw_lettering(room, pieces)
        drawing.draw_fastenings()
        return drawing.canvas


class _Drawing:
    """One plate being drawn."""

    def __init__(
        self, book: FontBook, stock: Sprites, plate: PlateFormat, colours: Colours, rng: Random, size: tuple[int, int]
    ) -> None:
        self._book, self._stock, self._plate, self._rng = book, stock, plate, rng
        self._ink = jitter_colour(parse_colour(colours.ink), rng)
        self.canvas = self._draw_ground(parse_colour(colours.background), parse_colour(colours.ink), *size)

    def _draw_ground(self, base: Bgr, ink: Bgr, width: int, height: int) -> Image:
        """Draws the plate without anything on it: its colour, or a background picture."""
        plate, rng = self._plate, self._rng
        kind = rng.choice(plate.art)
        if kind == "plain" or not plate.art_colours:
            return make_filled(height, width, jitter_colour(base, rng))
        if plate.code == FREE:
            picture = artwork.draw_background(
                kind, base, ink, [parse_colour(colour) for colour in plate.art_colours], rng
            )
        else:
            picture = self._stock.background(kind, base, ink, plate.art_colours, rng)
        return resize_image(picture, width, height)

    def draw_surround(self) -> PlateArea:
        """Draws border, bands and captions, and returns what is left for the lettering."""
        plate, rng = self._plate, self._rng
        height, width = self.canvas.shape[:2]
        if rng.random() < plate.border:
            self._draw_border()
        pad = round(height * rng.uniform(0.03, 0.06))
        room = PlateArea(pad, pad, width - pad, height - pad)
        for band in plate.bands:
            if rng.random() < band.probability:
                room = room.without(band.at, draw_band(self.canvas, band, self._book, rng))
        for caption in plate.captions:
            if caption.at == "rule" or rng.random() >= caption.probability:
                continue
            taken = round(caption.size * height)
            at_top = caption.at.startswith("top")
            edge = room.top if at_top else room.bottom - taken
            self._draw_caption(caption, (room.left, edge, room.right, edge + taken))
            room = replace(room, top=edge + taken) if at_top else replace(room, bottom=edge)
        return room

    def draw_lettering(self, room: PlateArea, pieces: Sequence[Piece]) -> None:
        """Sets the plate's text into its room, and what stands between its groups."""
        plate, rng = self._plate, self._rng
        lines = split_lines(pieces)
        face = self._book.pick(plate.family, rng, "".join(piece.text for piece in pieces))
        setting, relief = self._choose_style(), rng.choice((0, 0, 0, 40, 80, 120))
        share = 1.0 if len(lines) == 1 else plate.first_line * rng.uniform(0.92, 1.08)
        top = float(room.top)
        for index, line in enumerate(lines):
            bottom = top + share * (room.bottom - room.top)
            self._draw_line(line, face, setting, room.line(index, top, bottom), relief)
            top, share = bottom, (1 - share) / max(1, len(lines) - 1) if index == 0 else share

    def draw_fastenings(self) -> None:
        """Draws registration stickers in corners, and bolts or holes where plates are fixed."""
        if self._rng.random() < self._plate.stickers:
            self._draw_sticker()
        wide = self.canvas.shape[1] > 3 * self.canvas.shape[0]
        if wide and self._rng.random() < self._plate.end_bolts:  # one of them may touch a first small digit
            self._draw_screw(self._rng.uniform(0.012, 0.05), self._rng.uniform(0.4, 0.6))
        elif self._rng.random() < 0.4:
            self._draw_screw(self._rng.uniform(0.12, 0.32), self._rng.choice((0.08, 0.5, 0.1)) if wide else 0.08)

    def _draw_border(self) -> None:
        """Draws a line around the plate, at its edge or a little inside."""
        height, width = self.canvas.shape[:2]
        inset, thickness = self._rng.randrange(0, 1 + height // 24), self._rng.randrange(1, 1 + height // 28)
        colour = parse_colour(self._plate.border_ink) if self._plate.border_ink else self._ink
        cv2.rectangle(self.canvas, (inset, inset), (width - 1 - inset, height - 1 - inset), colour, thickness)

    def _draw_caption(self, caption: Caption, box: Box) -> None:
        """Draws a small text in its box, centred, in an ink that can be told from the ground."""
        rng = self._rng
        left, top, right, bottom = box
        if right - left < 8 or bottom - top < 4:
            return
        text = rng.choice(caption.texts)
        if text == "arabic":
            self._draw_ornament("emirate", box, tiles=5)
            return
        mask = self._book.caption_face(caption.face, rng).caption_mask(text)
        scale = min((bottom - top) * rng.uniform(0.62, 0.92) / mask.shape[0], (right - left) * 0.86 / mask.shape[1])
        width, height = max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale))
        x = round((left + right - width) / 2 + rng.uniform(-0.05, 0.05) * (right - left))
        paint_mask(
            self.canvas,
            resize_image(mask, width, height),
            x,
            (top + bottom - height) // 2,
            self._choose_caption_ink(caption, box),
        )

    def _choose_caption_ink(self, caption: Caption, box: Box) -> Bgr:
        """Chooses one of the caption's inks that is seen on the ground, else the lettering's."""
        left, top, right, bottom = box
        row = min(self.canvas.shape[0] - 1, (top + bottom) // 2)
        blue, green, red = (int(level) for level in self.canvas[row, left:right:16].mean(axis=0))
        level = measure_luminance((blue, green, red))
        inks = [self._ink if spelling == "ink" else parse_colour(spelling) for spelling in caption.inks]
        seen = [ink for ink in inks if abs(measure_luminance(ink) - level) > 50]
        return self._rng.choice(seen) if seen else self._ink

    def _choose_style(self) -> LineStyle:
        """Chooses how this plate's lettering is set."""
        plate, rng = self._plate, self._rng
        wide = self.canvas.shape[1] > 3 * self.canvas.shape[0]
        return LineStyle(
            stroke=rng.choice((-2, 0, 0, 0, 0, 2, 3)),
            spacing=rng.uniform(0.05, 0.16),
            widest_spacing=rng.uniform(0.14, 0.42 if wide else 0.3),
            gap=rng.uniform(0.1, 0.5),
            ornament=rng.uniform(0.3, 0.85),
            small=plate.small * rng.uniform(0.9, 1.1),
            letters=plate.letter_height,
            small_raised=any(caption.at == "rule" for caption in plate.captions),
            monospaced=plate.monospaced and rng.random() < 0.8,
            dash=(rng.uniform(0.16, 0.38), rng.uniform(0.08, 0.15)),
            tail=_draw_tail(rng) if rng.random() < 0.4 else None,
            dot_height=rng.choice((0.5, 0.5, 0.95)),
        )

    def _draw_line(self, pieces: Sequence[Piece], face: Face, setting: LineStyle, box: Box, relief: int) -> None:
        """Sets one line of lettering into its box and draws what its spans hold."""
        plate, rng = self._plate, self._rng
        left, top, right, bottom = box
        filling = plate.height * rng.uniform(0.92, 1.1) * (1.0 if plate.lines == 1 else 1.12)
        capital = (bottom - top) * min(0.94, filling)
        if capital < 6 or right - left < 12:
            return
        room = (right - left) * rng.uniform(0.84, 0.97)
        line = set_line(pieces, face, setting, room * CAP / capital)
        scale = (min(capital / CAP * rng.uniform(0.92, 1.12), room / line.mask.shape[1]), capital / CAP)
        width, height = max(4, round(line.mask.shape[1] * scale[0])), max(4, round(CELL * scale[1]))
        x = round(left + (right - left - width) * (0.5 + rng.uniform(-0.3, 0.3)))
        y = round((top + bottom - capital) / 2 - MARGIN * scale[1] + rng.uniform(-0.03, 0.03) * (bottom - top))
        for span in line.spans:
            self._draw_span(
                span, (x + round(span.left * scale[0]), top, x + round(span.right * scale[0]), bottom), face
            )
        paint_mask(self.canvas, resize_image(line.mask, width, height), x, y, self._ink, relief)
        self._draw_under_small(line, setting.small, (x, y), scale)

    def _draw_span(self, span: TextSpan, area: Box, face: Face) -> None:
        """Draws an ornament, a rule or small stacked letters."""
        left, top, right, bottom = area
        if span.kind is TokenKind.RULE:
            middle = (left + right) // 2
            cv2.line(self.canvas, (middle, top), (middle, bottom), self._ink, max(1, (bottom - top) // 40))
        elif span.kind is TokenKind.STACK:
            step = (bottom - top) // 3
            for row in range(2):
                small = resize_image(face.glyph(self._rng.choice("ABCDEFHLNPRSTX")), max(3, right - left), max(3, step))
                paint_mask(self.canvas, small, left, top + step // 2 + row * step, self._ink)
        else:
            self._draw_ornament(self._rng.choice(self._plate.ornaments), area)

    def _draw_ornament(self, kind: str, area: Box, tiles: int = 1) -> None:
        """Draws an ornament as large as fits its area (tiles of them side by side)."""
        left, top, right, bottom = area
        side = min(right - left, bottom - top) if tiles == 1 else bottom - top
        side = max(6, round(side * (1.0 if tiles > 1 or kind == "dot" else self._rng.uniform(0.8, 1.3))))
        tall = round(side * 1.7) if kind in _TALL else side
        y = round((top + bottom - tall) / 2)
        for tile in range(tiles):
            picture, mask = self._stock.ornament(kind, self._rng)
            x = round(left + (right - left) * (tile + 0.5) / tiles - side / 2)
            if kind in _INKED:
                paint_mask(self.canvas, resize_image(mask, side, tall), x, y, self._ink)
            else:
                paint_picture(self.canvas, resize_image(picture, side, tall), resize_image(mask, side, tall), x, y)

    def _draw_under_small(self, line: TextLine, small: float, at: tuple[int, int], scale: tuple[float, float]) -> None:
        """Draws the caption that stands under small raised lettering (RUS), with a little flag at times."""
        captions = [caption for caption in self._plate.captions if caption.at == "rule"]
        if line.small is None or not captions:
            return
        left, right = (at[0] + round(edge * scale[0]) for edge in (line.small.left, line.small.right))
        top = at[1] + round((MARGIN + CAP * small * 1.06) * scale[1])
        bottom = min(self.canvas.shape[0] - 3, at[1] + round((MARGIN + CAP * 1.12) * scale[1]))
        if self._rng.random() < 0.5:
            stripe = max(1, (bottom - top) // 4)
            for index, colour in enumerate(("#f2f2f0", "#1d4fa5", "#c22d3a")):
                corner = (right - (right - left) // 3, top + 2 + index * stripe)
                cv2.rectangle(self.canvas, corner, (right, corner[1] + stripe - 1), parse_colour(colour), -1)
            right -= (right - left) // 3
        self._draw_caption(captions[0], (left, top, right, bottom))

    def _draw_sticker(self) -> None:
        """Draws one to three registration stickers in corners."""
        rng = self._rng
        height, width = self.canvas.shape[:2]
        corners = [(0.03, 0.04), (0.83, 0.04), (0.03, 0.82), (0.83, 0.82), (0.7, 0.83)]
        for across, down in rng.sample(corners, rng.choice((1, 1, 2, 2, 3))):
            sticker = self._stock.sticker(rng)
            high = round(height * rng.uniform(0.11, 0.17))
            wide = round(high * sticker.shape[1] / sticker.shape[0])
            x, y = round(width * across) + rng.randrange(-4, 5), round(height * down) + rng.randrange(-4, 5)
            x, y = max(0, min(x, width - wide)), max(0, min(y, height - high))
            self.canvas[y : y + high, x : x + wide] = resize_image(sticker, wide, high)

    def _draw_screw(self, across: float, level: float) -> None:
        """Draws bolts or holes: the shares of the width and height that they are from the plate's edges."""
        rng = self._rng
        height, width = self.canvas.shape[:2]
        radius = max(2, round(height * rng.uniform(0.02, 0.045)))
        colour = mix_colours(rng.choice(_SCREWS), self._ink, 0.1)
        for x in (across, 1 - across):
            for y in (level,) if level > 0.3 or rng.random() < 0.4 else (level, 1 - level):
                cv2.circle(self.canvas, (round(width * x), round(height * y)), radius, colour, -1, cv2.LINE_AA)


def _draw_tail(rng: Random) -> Tail:
    """Draws a Q's short tail: through the ring's lower edge, right of its middle, seldom reaching far out of it."""
    x, out = rng.uniform(0.5, 0.78), rng.uniform(0.97, 1.06)
    lean = rng.uniform(-0.02, 0.3)
    return Tail((x, rng.uniform(0.64, 0.82)), (min(1.0, x + lean), out), rng.uniform(0.09, 0.17))
