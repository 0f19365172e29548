"""Draws boxes and texts into a frame, for annotated videos and pictures."""

from collections.abc import Sequence

import cv2
import numpy as np

from app.pipeline.types import Image, Track

Colour = tuple[int, int, int]
_SETTLED: Colour = (80, 175, 40)
_PROVISIONAL: Colour = (60, 190, 255)
_DARK: Colour = (20, 20, 20)
_LIGHT: Colour = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_DUPLEX
_TEXT_SHARE = 1 / 28  # of the frame's shorter side
_SMALLEST_TEXT_PX = 11


def annotate(image: Image, tracks: Sequence[Track]) -> Image:
    """Return a copy of a frame with a box round each plate and its text beside it.

    A settled text stands on a filled label beside a solid box; a provisional one, with a question mark, in a thin box.
    """
    drawn: Image = image.copy()
    for track in tracks:
        _draw(drawn, track)
    return drawn


def _draw(image: Image, track: Track) -> None:
    thickness = max(1, round(min(image.shape[:2]) / 300))
    colour = _SETTLED if track.settled else _PROVISIONAL
    start = (round(track.box.x1), round(track.box.y1))
    end = (round(track.box.x2), round(track.box.y2))
    cv2.rectangle(image, start, end, colour, thickness * 2 if track.settled else thickness, cv2.LINE_AA)
    if track.text:
        label = track.text if track.settled else f"{track.text}?"
        _label(image, label, start, end, colour, _LIGHT if track.settled else _DARK)


def _label(
    image: Image, text: str, start: tuple[int, int], end: tuple[int, int], background: Colour, ink: Colour
) -> None:
    """Write text on a filled label above the box, or below it where there is no room, always inside the frame."""
    height, width = image.shape[:2]
    wanted = max(_SMALLEST_TEXT_PX, round(min(height, width) * _TEXT_SHARE))
    scale = cv2.getFontScaleFromHeight(_FONT, wanted, 1)
    (text_width, text_height), baseline = cv2.getTextSize(text, _FONT, scale, 1)
    pad = max(2, wanted // 4)
    label_width, label_height = text_width + 2 * pad, text_height + baseline + pad
    left = int(np.clip(start[0], 0, max(0, width - label_width)))
    top = start[1] - label_height - 1
    top = top if top >= 0 else min(end[1] + 1, max(0, height - label_height))
    cv2.rectangle(image, (left, top), (left + label_width, top + label_height), background, cv2.FILLED)
    cv2.putText(image, text, (left + pad, top + pad // 2 + text_height), _FONT, scale, ink, 1, cv2.LINE_AA)
