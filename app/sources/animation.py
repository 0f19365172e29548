"""Animated pictures read as video: GIF, WebP and PNG, with the durations of their frames."""

from pathlib import Path
from typing import Any, cast

import cv2

from app.sources.frame import Image
from app.sources.picture_decoding import has_pages, open_with_pillow, to_bgr

#: An animation of no more frames is a picture with pages: too few to follow a plate through.
MOST_PAGES = 8
_FORMATS = ("GIF", "WEBP", "PNG")
_USUAL_MS = 100.0  # as browsers show a frame that says nothing or next to nothing
_LEAST_MS = 20.0


def is_animation(data: bytes) -> bool:
    """Whether a picture is an animation of enough frames to be read as video."""
    if not has_pages(data):
        return False
    try:
        with open_with_pillow(data) as picture:
            return picture.format in _FORMATS and int(getattr(picture, "n_frames", 1)) > MOST_PAGES
    except Exception:  # what is wrong is told when it is read
        return False


class AnimationHandle:
    """Gives the frames of an animation as cv2.VideoCapture gives those of a video."""

    def __init__(self, path: Path) -> None:
        """Open it; isOpened() says whether that worked."""
        self._picture: Any = None
        self._next = 0
        self._starts_ms = [0.0]
        try:
            self._picture = open_with_pillow(path.read_bytes())
            self._count = int(getattr(self._picture, "n_frames", 1))
        except Exception:  # its decoders raise whatever broken bytes lead them to
            self._count = 0

    def isOpened(self) -> bool:
        """Whether it can be read."""
        return self._picture is not None

    def read(self) -> tuple[bool, Image | None]:
        """Return the next frame; False at the end and where it is broken."""
        if self._next >= self._count:
            return False, None
        try:
            self._picture.seek(self._next)
            image = to_bgr(self._picture)
        except Exception:  # its decoders raise whatever broken bytes lead them to
            return False, None
        length_ms = float(cast(float, self._picture.info.get("duration") or 0))
        self._next += 1
        if len(self._starts_ms) == self._next:
            self._starts_ms.append(self._starts_ms[-1] + (length_ms if length_ms >= _LEAST_MS else _USUAL_MS))
        return True, image

    def get(self, property_id: int) -> float:
        """Return size, count, mean rate and the place of the frame read last."""
        known = {
            cv2.CAP_PROP_FRAME_WIDTH: lambda: float(self._picture.width),
            cv2.CAP_PROP_FRAME_HEIGHT: lambda: float(self._picture.height),
            cv2.CAP_PROP_FRAME_COUNT: lambda: float(self._count),
            cv2.CAP_PROP_FPS: lambda: 1000 / (self._starts_ms[1] if len(self._starts_ms) > 1 else _USUAL_MS),
            cv2.CAP_PROP_POS_MSEC: lambda: self._starts_ms[max(0, self._next - 1)],
        }
        return known[property_id]() if property_id in known else 0.0

    def set(self, property_id: int, value: float) -> bool:
        """Go to a millisecond, as far as it was read already, else to the beginning."""
        if property_id != cv2.CAP_PROP_POS_MSEC:
            return False
        self._next = max((i for i, start in enumerate(self._starts_ms) if start <= value), default=0)
        return True

    def release(self) -> None:
        """Forget it."""
        if self._picture is not None:
            self._picture.close()
            self._picture = None
        self._count = 0
