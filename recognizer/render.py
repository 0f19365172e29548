"""Draws one clean plate: background, bands, captions, lettering, ornaments, stickers and screws."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2

from recognizer import artwork
from recognizer.bands import Box, draw_band
from recognizer.colours import Bgr, any_colour, bgr, jitter, luminance, mix
from recognizer.formats import FREE, Caption, Colours, PlateFormat
from recognizer.layout import Line, Setting, Span, set_line, split_lines
from recognizer.lettering import CAP, CELL, MARGIN, Face, FontBook
from recognizer.paint import Image, filled, paint, paint_picture, resized
from recognizer.patterns import Kind, Piece

# How many drawings of one background or ornament are kept; each plate scales one of them.
VARIANTS = 6
_STICKERS = ("#f3f3f0", "#f2c230", "#c8302c", "#2f8f4f", "#2f5fb0")
_DATES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "AUG", "OCT", "DEC", "12", "08", "2012", "95", "11-09", "06")


@dataclass(frozen=True, slots=True)
class Room:
    """Where lettering may stand: the area in pixels, and how much narrower its first line is, left and right."""

    left: int
    top: int
    right: int
    bottom: int
    first_indent: int = 0
    first_outdent: int = 0

    def without(self, at: str, box: Box) -> "Room":
        """The room left when a band at a side or corner takes a box."""
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


class PlateRenderer:
    """Draws plates of any format; keeps glyphs, backgrounds and ornaments it has drawn."""

    def __init__(self, book: FontBook, rng: Random) -> None:
        self._book, self._rng = book, rng
        self._backgrounds: dict[tuple[str, Bgr, tuple[str, ...]], list[Image]] = {}
        self._ornaments: dict[tuple[str, Bgr], list[tuple[Image, Image]]] = {}
        self._stickers: list[Image] = []

    def draw(self, plate: PlateFormat, pieces: Sequence[Piece], colours: Colours) -> Image:
        """Draw pieces as a plate of the format: BGR, 96 to 128 pixels high, true proportions give or take 4 %."""
        rng = self._rng
        aspect = plate.size_mm[0] / plate.size_mm[1] * rng.uniform(0.96, 1.04)
        height = rng.randrange(96, 113) if aspect > 3 else rng.randrange(108, 129)
        canvas = self._ground(plate, colours, round(height * aspect), height)
        ink = jitter(bgr(colours.ink), rng)
        room = self._surround(canvas, plate, ink)
        lines = split_lines(pieces)
        text = "".join(piece.text for piece in pieces)
        face = self._book.pick(plate.family, rng, text)
        share = [1.0] if len(lines) == 1 else _shares(plate.first_line * rng.uniform(0.92, 1.08), len(lines))
        setting, relief = self._setting(plate, aspect), rng.choice((0, 0, 0, 40, 80, 120))
        top = float(room.top)
        for index, line in enumerate(lines):
            bottom = top + share[index] * (room.bottom - room.top)
            indent = room.first_indent if index == 0 else 0
            outdent = room.first_outdent if index == 0 else 0
            box = (room.left + indent, round(top), room.right - outdent, round(bottom))
            self._line(canvas, plate, line, face, setting, box, ink, relief)
            top = bottom
        if rng.random() < plate.stickers:
            self._stick(canvas)
        if rng.random() < 0.4:
            self._screws(canvas, ink)
        return canvas

    def _ground(self, plate: PlateFormat, colours: Colours, width: int, height: int) -> Image:
        """The plate without anything on it: its colour, or a background picture."""
        rng = self._rng
        kind = rng.choice(plate.art)
        base = bgr(colours.background)
        if kind == "plain" or not plate.art_colours:
            return filled(height, width, jitter(base, rng))
        if plate.code == FREE:
            known = [artwork.background(kind, base, [bgr(colour) for colour in plate.art_colours], rng)]
        else:
            known = self._backgrounds.setdefault((kind, base, plate.art_colours), [])
            if len(known) < VARIANTS:
                known.append(artwork.background(kind, base, [bgr(colour) for colour in plate.art_colours], rng))
        return resized(rng.choice(known), width, height)

    def _surround(self, canvas: Image, plate: PlateFormat, ink: Bgr) -> Room:
        """Draw border, bands and captions, and return what is left for the lettering."""
        rng = self._rng
        height, width = canvas.shape[:2]
        pad = round(height * rng.uniform(0.03, 0.06))
        if rng.random() < plate.border:
            self._border(canvas, plate, ink)
        room = Room(pad, pad, width - pad, height - pad)
        for band in plate.bands:
            if rng.random() < band.probability:
                room = room.without(band.at, draw_band(canvas, band, self._book, rng))
        for caption in plate.captions:
            if caption.at == "rule" or rng.random() >= caption.probability:
                continue
            taken = round(caption.size * height)
            at_top = caption.at.startswith("top")
            edge = room.top if at_top else room.bottom - taken
            self._caption(canvas, caption, (room.left, edge, room.right, edge + taken), ink)
            room = replace(room, top=edge + taken) if at_top else replace(room, bottom=edge)
        return room

    def _border(self, canvas: Image, plate: PlateFormat, ink: Bgr) -> None:
        """A line around the plate, at its edge or a little inside."""
        rng = self._rng
        height, width = canvas.shape[:2]
        inset, thickness = rng.randrange(0, 1 + height // 24), rng.randrange(1, 1 + height // 28)
        colour = bgr(plate.border_ink) if plate.border_ink else ink
        cv2.rectangle(canvas, (inset, inset), (width - 1 - inset, height - 1 - inset), colour, thickness)

    def _caption(self, canvas: Image, caption: Caption, box: Box, ink: Bgr) -> None:
        """A small text in its box, centred, in an ink that can be told from the ground."""
        rng = self._rng
        left, top, right, bottom = box
        text = rng.choice(caption.texts)
        if text == "arabic":
            self._ornament(canvas, "emirate", box, ink, tiles=5)
            return
        if right - left < 8 or bottom - top < 4:
            return
        face = self._book.caption_face(caption.face, rng)
        mask = face.caption_mask(text)
        scale = min((bottom - top) * rng.uniform(0.62, 0.92) / mask.shape[0], (right - left) * 0.86 / mask.shape[1])
        size = (max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale)))
        colours = [ink if spelling == "ink" else bgr(spelling) for spelling in caption.inks]
        ground = canvas[(top + bottom) // 2, left:right:16].mean(axis=0)
        level = luminance((int(ground[0]), int(ground[1]), int(ground[2])))
        seen = [colour for colour in colours if abs(luminance(colour) - level) > 50]
        x = round((left + right - size[0]) / 2 + rng.uniform(-0.05, 0.05) * (right - left))
        y = round((top + bottom - size[1]) / 2)
        paint(canvas, resized(mask, *size), x, y, rng.choice(seen) if seen else ink)

    def _setting(self, plate: PlateFormat, aspect: float) -> Setting:
        """How this plate's lettering is set."""
        rng = self._rng
        return Setting(
            stroke=rng.choice((-2, 0, 0, 0, 0, 2, 3)),
            spacing=rng.uniform(0.05, 0.16),
            widest_spacing=rng.uniform(0.14, 0.42) if aspect > 3 else rng.uniform(0.14, 0.3),
            gap=rng.uniform(0.1, 0.5),
            ornament=rng.uniform(0.3, 0.85),
            small=plate.small * rng.uniform(0.9, 1.1),
            small_raised=any(caption.at == "rule" for caption in plate.captions),
            monospaced=plate.monospaced and rng.random() < 0.8,
            dash=(rng.uniform(0.16, 0.38), rng.uniform(0.08, 0.15)),
            dot_height=rng.choice((0.5, 0.5, 0.95)),
        )

    def _line(
        self, canvas: Image, plate: PlateFormat, pieces: Sequence[Piece], face: Face, setting: Setting, box: Box,
        ink: Bgr, relief: int,
    ) -> None:  # fmt: skip
        """Set one line of lettering into its box and draw what its spans hold."""
        rng = self._rng
        left, top, right, bottom = box
        capital = (bottom - top) * min(
            0.94, plate.height * rng.uniform(0.92, 1.1) * (1.0 if plate.lines == 1 else 1.12)
        )
        if capital < 6 or right - left < 12:
            return
        room = (right - left) * rng.uniform(0.84, 0.97)
        line = set_line(pieces, face, setting, room * CAP / capital)
        scale_y = capital / CAP
        scale_x = min(scale_y * rng.uniform(0.92, 1.12), room / line.mask.shape[1])
        size = (max(4, round(line.mask.shape[1] * scale_x)), max(4, round(CELL * scale_y)))
        mask = resized(line.mask, *size)
        x = round(left + (right - left - size[0]) * (0.5 + rng.uniform(-0.3, 0.3)))
        y = round((top + bottom - capital) / 2 - MARGIN * scale_y + rng.uniform(-0.03, 0.03) * (bottom - top))
        for span in line.spans:
            area = (x + round(span.left * scale_x), top, x + round(span.right * scale_x), bottom)
            self._span(canvas, plate, span, area, ink, face)
        paint(canvas, mask, x, y, ink, relief)
        self._under_small(canvas, plate, line, (x, y), (scale_x, scale_y), ink)

    def _span(self, canvas: Image, plate: PlateFormat, span: Span, area: Box, ink: Bgr, face: Face) -> None:
        """Draw an ornament, a rule or small stacked letters."""
        left, top, right, bottom = area
        if span.kind is Kind.RULE:
            cv2.line(
                canvas, ((left + right) // 2, top), ((left + right) // 2, bottom), ink, max(1, (bottom - top) // 40)
            )
        elif span.kind is Kind.STACK:
            step = (bottom - top) // 3
            for row in range(2):
                glyph = face.glyph(self._rng.choice("ABCDEFHLNPRSTX"))
                small = resized(glyph, max(3, right - left), max(3, step))
                paint(canvas, small, left, top + step // 2 + row * step, ink)
        else:
            self._ornament(canvas, self._rng.choice(plate.ornaments), area, ink)

    def _ornament(self, canvas: Image, kind: str, area: Box, ink: Bgr, tiles: int = 1) -> None:
        """An ornament as large as fits its area (tiles of them side by side)."""
        rng = self._rng
        known = self._ornaments.setdefault((kind, ink if kind in ("dot", "emirate") else (0, 0, 0)), [])
        if len(known) < 4 * VARIANTS:
            known.append(artwork.ornament(kind, ink, rng))
        if len(self._ornaments) > 400:
            self._ornaments.clear()
        left, top, right, bottom = area
        side = min(right - left, bottom - top) if tiles == 1 else bottom - top
        side = max(6, round(side * (1.0 if tiles > 1 or kind == "dot" else rng.uniform(0.8, 1.3))))
        tall = round(side * 1.7) if kind == "seals" else side
        for tile in range(tiles):
            picture, mask = rng.choice(known)
            x = round(left + (right - left) * (tile + 0.5) / tiles - side / 2)
            y = round((top + bottom - tall) / 2)
            paint_picture(canvas, resized(picture, side, tall), resized(mask, side, tall), x, y)

    def _under_small(
        self, canvas: Image, plate: PlateFormat, line: Line, at: tuple[int, int], scale: tuple[float, float], ink: Bgr
    ) -> None:
        """The caption that stands under small raised lettering (RUS), with a little flag at times."""
        captions = [caption for caption in plate.captions if caption.at == "rule"]
        if line.small is None or not captions:
            return
        left, right = (at[0] + round(edge * scale[0]) for edge in (line.small.left, line.small.right))
        top = at[1] + round((MARGIN + CAP * plate.small * 1.06) * scale[1])
        bottom = min(canvas.shape[0] - 3, at[1] + round((MARGIN + CAP * 1.12) * scale[1]))
        if self._rng.random() < 0.5:
            stripe = max(1, (bottom - top) // 4)
            for index, colour in enumerate(("#f2f2f0", "#1d4fa5", "#c22d3a")):
                corner = (right - (right - left) // 3, top + 2 + index * stripe)
                cv2.rectangle(canvas, corner, (right, corner[1] + stripe - 1), bgr(colour), -1)
            right -= (right - left) // 3
        self._caption(canvas, captions[0], (left, top, right, bottom), ink)

    def _stick(self, canvas: Image) -> None:
        """Registration stickers in corners."""
        rng = self._rng
        height, width = canvas.shape[:2]
        if len(self._stickers) < 40:
            self._stickers.append(self._sticker())
        corners = [(0.03, 0.04), (0.83, 0.04), (0.03, 0.82), (0.83, 0.82), (0.7, 0.83)]
        for across, down in rng.sample(corners, rng.choice((1, 1, 2, 2, 3))):
            sticker = rng.choice(self._stickers)
            high = round(height * rng.uniform(0.11, 0.17))
            wide = round(high * sticker.shape[1] / sticker.shape[0])
            x, y = round(width * across) + rng.randrange(-4, 5), round(height * down) + rng.randrange(-4, 5)
            x, y = max(0, min(x, width - wide)), max(0, min(y, height - high))
            canvas[y : y + high, x : x + wide] = resized(sticker, wide, high)

    def _sticker(self) -> Image:
        """A coloured sticker with a month, a year or a number."""
        rng = self._rng
        ground = bgr(rng.choice(_STICKERS)) if rng.random() < 0.85 else any_colour(rng)
        sticker = filled(32, rng.randrange(30, 64), ground)
        text = rng.choice(_DATES)
        mask = self._book.caption_face("sans", rng).caption_mask(text)
        small = resized(mask, sticker.shape[1] - 8, rng.randrange(14, 26))
        paint(sticker, small, 4, 4, (20, 20, 20) if luminance(ground) > 110 else (240, 240, 240))
        return sticker

    def _screws(self, canvas: Image, ink: Bgr) -> None:
        """Bolts or holes at the places where plates are fixed."""
        rng = self._rng
        height, width = canvas.shape[:2]
        radius = max(2, round(height * rng.uniform(0.02, 0.045)))
        colour = mix(rng.choice(((40, 40, 40), (170, 175, 180), (90, 95, 100), (225, 225, 225))), ink, 0.1)
        across = rng.uniform(0.12, 0.32)
        level = rng.choice((0.08, 0.5, 0.1)) if width > 3 * height else 0.08
        for x in (across, 1 - across):
            for y in (level,) if level == 0.5 or rng.random() < 0.4 else (level, 1 - level):
                cv2.circle(canvas, (round(width * x), round(height * y)), radius, colour, -1, cv2.LINE_AA)


def _shares(first: float, lines: int) -> list[float]:
    """The share of the height each line takes."""
    return [first, *([(1 - first) / (lines - 1)] * (lines - 1))]
