"""Pieces of a plate's text set as a line of lettering: one mask, and where what is no lettering goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from recognizer.patterns import Piece, TokenKind
from recognizer.synthesis.lettering import CAP, CELL, MARGIN, Face, Tail, add_tail
from recognizer.synthesis.paint import Mask


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a line is set, lengths as shares of the height of capitals."""

    stroke: int = 0
    spacing: float = 0.12
    widest_spacing: float = 0.4
    gap: float = 0.35
    ornament: float = 0.5
    small: float = 0.72
    small_raised: bool = False
    letters: float = 1.0
    monospaced: bool = False
    dash: tuple[float, float] = (0.3, 0.11)
    tail: Tail | None = None
    dot_height: float = 0.5


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Where something stands in a line: left and right edge in mask pixels."""

    kind: TokenKind
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of lettering as a mask (80, width) with capitals 64 high, and the spans left for other things."""

    mask: Mask
    spans: tuple[TextSpan, ...]
    small: TextSpan | None = None


@dataclass(frozen=True, slots=True)
class _Element:
    """A thing in the line: its mask (none for a free span), width, and whether letter spacing follows it."""

    kind: TokenKind
    width: int
    mask: Mask | None = None
    small: bool = False


def split_lines(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Splits pieces into lines."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.kind is TokenKind.LINE:
            lines.append([])
        else:
            lines[-1].append(piece)
    return lines


def set_line(pieces: Sequence[Piece], face: Face, setting: LineStyle, width: float) -> TextLine:
    """Sets pieces of a text as a line of lettering.

    Args:
        pieces: The line's characters and what stands between them.
        face: The font.
        setting: Gaps and sizes.
        width: Width to fill in mask pixels; the letter spacing grows towards it within bounds.
    """
    elements = [_make_element(piece, face, setting) for piece in pieces]
    free = width - sum(element.width for element in elements)
    spacing = free / max(1, len(elements))
    spacing = round(min(max(spacing, setting.spacing * CAP), setting.widest_spacing * CAP))
    total = sum(element.width + spacing for element in elements) - spacing + 4
    mask = np.zeros((CELL, max(8, total)), np.uint8)
    spans: list[TextSpan] = []
    small: list[tuple[int, int]] = []
    x = 2
    for element in elements:
        if element.mask is not None:
            _paste_glyph(mask, element.mask, x + (element.width - element.mask.shape[1]) // 2)
        elif element.kind is not TokenKind.GAP:
            spans.append(TextSpan(element.kind, x, x + element.width))
        if element.small:
            small.append((x, x + element.width))
        x += element.width + spacing
    block = TextSpan(TokenKind.CHARACTER, small[0][0], small[-1][1]) if small else None
    return TextLine(mask, tuple(spans), block)


def _paste_glyph(mask: Mask, glyph: Mask, x: int) -> None:
    """Lays a glyph into the line, clipped at its ends."""
    left, right = max(0, x), min(mask.shape[1], x + glyph.shape[1])
    if right > left:
        target = mask[:, left:right]
        np.maximum(target, glyph[:, left - x : right - x], out=target)


def _make_element(piece: Piece, face: Face, setting: LineStyle) -> _Element:
    """Makes what a piece takes in the line."""
    if piece.kind is TokenKind.CHARACTER:
        glyph = face.glyph(piece.text, setting.stroke)
        if piece.text == "Q" and setting.tail is not None:
            glyph = add_tail(face.glyph("O", setting.stroke), setting.tail)
        if piece.small:
            glyph = _shrink_glyph(glyph, setting)
        elif piece.text.isalpha() and setting.letters < face.letters - 0.02:
            glyph = _lower_glyph(glyph, setting.letters / face.letters)
        slot = face.slot(setting.stroke) if setting.monospaced and not piece.small else 0
        return _Element(piece.kind, max(slot, glyph.shape[1]), glyph, piece.small)
    if piece.kind in (TokenKind.DASH, TokenKind.DOT):
        mark = _draw_mark(piece.kind, setting)
        return _Element(piece.kind, mark.shape[1], mark)
    share = {
        TokenKind.GAP: setting.gap,
        TokenKind.ORNAMENT: setting.ornament,
        TokenKind.RULE: 0.06,
        TokenKind.STACK: 0.3,
    }[piece.kind]
    return _Element(piece.kind, round(share * CAP))


def _shrink_glyph(glyph: Mask, setting: LineStyle) -> Mask:
    """Shrinks a glyph to the small size, in a cell of full height: at the top of the capitals or in the middle."""
    scale = setting.small
    resized = cv2.resize(glyph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.zeros((CELL, resized.shape[1]), np.uint8)
    top = round(MARGIN * (1 - scale)) if setting.small_raised else (CELL - resized.shape[0]) // 2
    cell[top : top + resized.shape[0]] = resized
    return cell


def _lower_glyph(glyph: Mask, scale: float) -> Mask:
    """Makes a letter less high than the digits beside it, standing on the same line."""
    scaled = cv2.resize(glyph[MARGIN : MARGIN + CAP], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.zeros((CELL, scaled.shape[1]), np.uint8)
    cell[MARGIN + CAP - scaled.shape[0] : MARGIN + CAP] = scaled
    return cell


def _draw_mark(kind: TokenKind, setting: LineStyle) -> Mask:
    """Draws a dash or a dot."""
    width, thickness = (round(share * CAP) for share in setting.dash)
    if kind is TokenKind.DOT:
        width = thickness = max(6, round(thickness * 1.15))
    centre = MARGIN + round((setting.dot_height if kind is TokenKind.DOT else 0.5) * CAP)
    mark = np.zeros((CELL, max(4, width)), np.uint8)
    mark[centre - thickness // 2 : centre + (thickness + 1) // 2] = 255
    return mark
