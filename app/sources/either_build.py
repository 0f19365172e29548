"""Decodes with OpenCV's FFmpeg, and goes over to another build where that one cannot."""

from collections.abc import Callable
from typing import Any, Protocol

import cv2
import numpy as np

from app.sources.live_source import Handle

_FIRST_FRAMES = 4  # that no camera gives alike to the last bit
_SAMPLED = 16  # every so many pixels tell at once that an image is not blank


class SeekableHandle(Handle, Protocol):
    """What is used of cv2.VideoCapture for a recording."""

    def set(self, property_id: int, value: float) -> bool: ...  # noqa: D102


class EitherBuild:
    """A handle that goes over to another one where OpenCV cannot decode the first frame, or does not fill in any.

    It lacks decoders (AV1), and its conversion refuses interlaced frames: they come out as the memory was, black or
    always the same, without a word. What is so indeed is so in the other build as well.
    """

    def __init__(self, handle: SeekableHandle, open_other: Callable[[float], SeekableHandle]) -> None:
        """Take over an opened handle and read its first frame.

        Args:
            handle: what OpenCV opened.
            open_other: opens the same at a second with the other build; isOpened() says whether that worked.
        """
        self._handle = handle
        self._open_other = open_other
        self._gone_over = False
        self._offset_ms = 0.0  # the two count from different beginnings
        self._began_s = 0.0
        self._last: Any = None
        self._same = self._count = 0
        self._first: tuple[bool, Any] | None = None
        if handle.isOpened():
            self._first = self._checked(read_frame(handle), first=True)
            self._began_s = self._stamp_s()

    def isOpened(self) -> bool:  # noqa: D102
        return self._handle.isOpened()

    @property
    def decodes(self) -> bool:
        """Whether the first frame, where it was not taken yet, could be decoded."""
        return self._first is None or self._first[0]

    def read(self) -> tuple[bool, Any]:  # noqa: D102
        first, self._first = self._first, None
        return first or self._checked(read_frame(self._handle))

    def get(self, property_id: int) -> float:  # noqa: D102
        value = self._handle.get(property_id)
        return value - self._offset_ms if property_id == cv2.CAP_PROP_POS_MSEC else value

    def set(self, property_id: int, value: float) -> bool:  # noqa: D102
        self._first = None
        return self._handle.set(property_id, value + self._offset_ms)

    def release(self) -> None:  # noqa: D102
        self._handle.release()

    def _checked(self, frame: tuple[bool, Any], first: bool = False) -> tuple[bool, Any]:
        """Return a frame, or the other build's where this one is none or blank."""
        good, image = frame
        if self._gone_over or not (self._is_not_filled_in(image) if good else first):
            return frame
        self._gone_over = True
        position_ms = self._handle.get(cv2.CAP_PROP_POS_MSEC)
        other = self._open_other(0.0 if first else self._stamp_s() - self._began_s)
        found = read_frame(other) if other.isOpened() else (False, None)
        if not found[0]:
            other.release()
            return frame
        self._handle.release()
        self._handle = other
        self._offset_ms = other.get(cv2.CAP_PROP_POS_MSEC) - position_ms
        return found

    def _is_not_filled_in(self, image: Any) -> bool:  # noqa: ANN401 - whatever a driver gives
        """Whether a frame is blank, or one of the first is the same as all before it."""
        if is_blank(image):
            return True
        self._same = self._same + 1 if self._last is not None and np.array_equal(image, self._last) else 0
        self._count += 1
        self._last = image if self._count < _FIRST_FRAMES else None
        return self._count == _FIRST_FRAMES and self._same == _FIRST_FRAMES - 1

    def _stamp_s(self) -> float:
        """The time stamp of the frame read last, in seconds."""
        fps = self._handle.get(cv2.CAP_PROP_FPS)
        return self._handle.get(cv2.CAP_PROP_PTS) / fps if fps > 0 else 0.0


def read_frame(handle: Handle) -> tuple[bool, Any]:
    """Read a frame; False and None at the end and where it cannot be decoded."""
    try:
        good, image = handle.read()
    except cv2.error:
        return False, None
    return (True, image) if good and image is not None else (False, None)


def is_blank(image: Any) -> bool:  # noqa: ANN401 - whatever a driver gives
    """Whether every pixel of an image is zero."""
    return not image[::_SAMPLED, ::_SAMPLED].any() and not image.any()
