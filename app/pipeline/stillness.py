"""Leaves out frames in which nothing has moved since the last one of their source that went to the detector."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from app.pipeline.tuning import CurrentTuning
from app.pipeline.types import Frame
from app.pipeline.zoomed_detection import Thumb, thumbnail

# Levels of grey by which noise and compression hardly ever change a pixel, and the pixels of a thumbnail that may:
# a plate as small as can be read is some pixels of it, and the vehicle round it hundreds.
_CHANGED, _MOST_CHANGED = 16, 2


@dataclass(slots=True)
class _Selected:
    """The last frame that went to the detector."""

    thumb: Thumb
    media_s: float


class Stillness:
    """Compares frames, which come in order, with the last one of their source that was selected. For one thread."""

    def __init__(self, tuning: CurrentTuning) -> None:
        """tuning: its still_interval_s says after how much media time a frame is selected all the same; 0: all are."""
        self._tuning = tuning
        self._selected: dict[str, _Selected] = {}

    def select(self, frame: Frame) -> bool:
        """Tell whether a frame shows something new; it is then what the next ones are compared with."""
        if not self._tuning.now.still_interval_s or frame.is_still:
            return True
        thumb, _ = thumbnail(frame.image)
        last = self._selected.get(frame.source_id)
        waited = math.inf if last is None else frame.media_time - last.media_s
        if last is not None and 0 <= waited < self._tuning.now.still_interval_s and _same(thumb, last.thumb):
            return False
        self._selected[frame.source_id] = _Selected(thumb, frame.media_time)
        return True

    def forget(self, source_id: str) -> None:
        """The source has ended."""
        self._selected.pop(source_id, None)


def _same(thumb: Thumb, other: Thumb) -> bool:
    if thumb.shape != other.shape:
        return False
    return bool(np.count_nonzero(cv2.absdiff(thumb, other) > _CHANGED) <= _MOST_CHANGED)
