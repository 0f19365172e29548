"""Sources whose images come sideways, upside down or mirrored, put upright as the user says."""

from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np

from app.sources.frame import Frame, Image
from app.sources.source import Source, SourceInfo, SourceSpec, Turn

#: Degrees clockwise by which a source can be turned.
DEGREES = (0, 90, 180, 270)
_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_SIDEWAYS = (90, 270)


class Seekable(Source, Protocol):
    """A source that has a place to go to."""

    def seek(self, seconds: float) -> None:
        """Go on from a second."""
        ...


class TurnedSource:
    """Another source, each frame of it put upright."""

    def __init__(self, source: Source) -> None:
        """Take a source, whose spec says how it is to be turned."""
        self.inner = source

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self.inner.spec

    def open(self) -> SourceInfo:
        """Open or reopen it; raises SourceError."""
        info = self.inner.open()
        if self.spec.turn.degrees in _SIDEWAYS:
            return replace(info, width=info.height, height=info.width, pixel_aspect=1 / info.pixel_aspect)
        return info

    def read(self) -> Frame | None:
        """Return the next frame upright, without the file that it came as; raises SourceError."""
        frame = self.inner.read()
        return None if frame is None else replace(frame, image=turn_image(frame.image, self.spec.turn), jpeg=b"")

    def seek(self, seconds: float) -> None:
        """Go on from a second of a recording."""
        seekable: Seekable = self.inner  # type: ignore[assignment]  # only recordings are asked
        seekable.seek(seconds)

    def close(self) -> None:
        """Release it."""
        self.inner.close()


def turn_image(image: Image, turn: Turn) -> Image:
    """Return an image turned, then mirrored."""
    turned = cv2.rotate(image, _CODES[turn.degrees]) if turn.degrees else image
    return np.ascontiguousarray(turned[:, ::-1] if turn.mirror else turned, np.uint8)
