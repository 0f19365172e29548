"""A closer look: parts of large frames at full resolution, one now and then, for plates too small to be seen whole.

The detector takes a frame scaled down to its input, where a plate that could still be read may be a few pixels wide. A
part about as large as that input loses nothing. Looking at all parts of all frames would take ten times as long, so
there is a look every `interval_s`, where it promises most: where something was found that the frame as a whole did not
show, then where something has moved since the last look there. A still scene costs nothing.
"""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pipeline.types import Frame, Image
from detector.types import Box, Detection

PART_PX = 576  # the longer side of a part, about that of the input of the detector that is shipped
_WORTH_IT = 1.5  # frames no larger than this many parts a side are seen well enough as a whole
_MOST_A_SIDE = 5
_OVERLAP = 0.2  # of a part's side: what is wider than that is seen in the whole frame
_CUT_PX = 2.0
_SAME_SHARE = 0.5  # of the smaller of two boxes: they are of one plate
_THUMB_PX = 160
_CHANGED, _MOVED_SHARE = 24, 0.01  # levels of grey, and share of a part's pixels, that show that something moved
_FOUND_WEIGHT = 4.0
_BACK_S = 1.0  # a jump back of more than this means another recording; frames looked at side by side are less apart

Detect = Callable[[Sequence[Image]], list[list[Detection]]]
Thumb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a frame in pixels, right and bottom exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(slots=True)
class _Known:
    """What is known of a part from the last look at it."""

    part: Part
    looked_s: float = -math.inf
    thumb: Thumb | None = None
    found: bool = False


@dataclass(slots=True)
class _Source:
    """The parts of one source's frames, and when it was last asked whether to look closely."""

    size: tuple[int, int]
    parts: list[_Known] = field(default_factory=list)
    asked_s: float = -math.inf


class CloserLooks:
    """Detects in whole frames and, for any number of sources, now and then in a part of one. For several threads."""

    def __init__(self, detect: Detect, interval_s: float, min_score: float = 0.3, part_px: int = PART_PX) -> None:
        """interval_s: media time between two looks at one source; 0 for none. min_score: what counts as found.

        part_px: the longer side of a part, about that of the detector's input.
        """
        self._detect = detect
        self._interval_s = interval_s
        self._min_score = min_score
        self._part_px = part_px
        self._sources: dict[str, _Source] = {}
        self._lock = threading.Lock()

    def detect(self, frames: Sequence[Frame]) -> list[list[Detection]]:
        """Return the plates of each frame, all frames and parts as one batch."""
        with self._lock:
            looks = [self._next(frame) for frame in frames]
        parts = [(frame, known) for frame, known in zip(frames, looks, strict=True) if known is not None]
        images = [frame.image for frame in frames]
        found = iter(self._detect([*images, *(cut_out(frame.image, known.part) for frame, known in parts)]))
        whole = [next(found) for _ in frames]
        return [
            seen if known is None else self._merged(frame, known, seen, next(found))
            for frame, known, seen in zip(frames, looks, whole, strict=True)
        ]

    def forget(self, source_id: str) -> None:
        """The source has ended."""
        with self._lock:
            self._sources.pop(source_id, None)

    def _next(self, frame: Frame) -> _Known | None:
        """Choose the part to look at in a frame, None if it is not the time or there is no reason."""
        if not self._interval_s or frame.is_still:
            return None
        height, width = frame.image.shape[:2]
        source = self._sources.get(frame.source_id)
        if source is None or source.size != (width, height) or frame.media_time < source.asked_s - _BACK_S:
            source = _Source((width, height), [_Known(part) for part in parts_of(width, height, self._part_px)])
            self._sources[frame.source_id] = source
        if not source.parts or frame.media_time - source.asked_s < self._interval_s:
            return None
        source.asked_s = frame.media_time
        thumb, scale = thumbnail(frame.image)
        known = max(source.parts, key=lambda known: _promise(known, frame.media_time, thumb, scale))
        if _promise(known, frame.media_time, thumb, scale) <= 0:
            return None
        known.looked_s, known.thumb = frame.media_time, _of_part(thumb, known.part, scale)
        return known

    def _merged(
        self, frame: Frame, known: _Known, whole: list[Detection], found: Sequence[Detection]
    ) -> list[Detection]:
        """Add what was found in a part to what was found in the whole frame, best first."""
        merged, only_here = merge(whole, found, known.part, frame.image.shape[1], frame.image.shape[0])
        with self._lock:
            known.found = any(detection.score >= self._min_score for detection in only_here)
        return merged


def parts_of(width: int, height: int, part_px: int = PART_PX) -> list[Part]:
    """The overlapping parts of a frame, of its own shape, so that the detector needs no further input size."""
    longer = max(width, height)
    if longer <= part_px * _WORTH_IT:
        return []
    count = min(_MOST_A_SIDE, math.ceil((longer / part_px - _OVERLAP) / (1 - _OVERLAP)))
    across, down = (math.ceil(length / (count - (count - 1) * _OVERLAP)) for length in (width, height))
    lefts, tops = (
        [round(i * (length - span) / (count - 1)) for i in range(count)]
        for length, span in ((width, across), (height, down))
    )
    return [Part(left, top, left + across, top + down) for top in tops for left in lefts]


def cut_out(image: Image, part: Part) -> Image:
    """Return a part of an image, without copying it."""
    return image[part.y1 : part.y2, part.x1 : part.x2]


def merge(
    whole: Sequence[Detection], found: Sequence[Detection], part: Part, width: int, height: int
) -> tuple[list[Detection], list[Detection]]:
    """Join the detections of a frame and of a part of it; also return those that the frame did not show.

    Of two of one plate the surer stands, and the whole frame's if the part cuts the plate.
    """
    merged, only_here = list(whole), []
    for item in found:
        box = Box(item.box.x1 + part.x1, item.box.y1 + part.y1, item.box.x2 + part.x1, item.box.y2 + part.y1)
        if _is_cut(box, part, width, height):
            continue
        placed, same = Detection(box, item.score), [other for other in merged if _same(box, other.box)]
        if not same:
            only_here.append(placed)
        if all(other.score < item.score for other in same):
            merged = [other for other in merged if other not in same] + [placed]
    return sorted(merged, key=lambda detection: -detection.score), only_here


def thumbnail(image: Image) -> tuple[Thumb, int]:
    """Every n-th pixel of an image's green, and n: enough to see that something moved, and nearly free."""
    scale = max(1, max(image.shape[:2]) // _THUMB_PX)
    return image[::scale, ::scale, 1].copy(), scale


def _of_part(thumb: Thumb, part: Part, scale: int) -> Thumb:
    return thumb[part.y1 // scale : part.y2 // scale, part.x1 // scale : part.x2 // scale]


def _promise(known: _Known, now_s: float, thumb: Thumb, scale: int) -> float:
    """How much a look at a part promises: more the longer ago the last one was, nothing where all is as it was."""
    if known.thumb is None:
        return math.inf
    waited = now_s - known.looked_s
    if known.found:
        return _FOUND_WEIGHT * waited
    changed = cv2.absdiff(_of_part(thumb, known.part, scale), known.thumb) > _CHANGED
    return waited if np.count_nonzero(changed) > _MOVED_SHARE * changed.size else 0.0


def _is_cut(box: Box, part: Part, width: int, height: int) -> bool:
    """Whether a box touches an edge of the part that is not one of the frame."""
    return (
        (part.x1 > 0 and box.x1 <= part.x1 + _CUT_PX)
        or (part.y1 > 0 and box.y1 <= part.y1 + _CUT_PX)
        or (part.x2 < width and box.x2 >= part.x2 - _CUT_PX)
        or (part.y2 < height and box.y2 >= part.y2 - _CUT_PX)
    )


def _same(first: Box, second: Box) -> bool:
    """Whether two boxes lie over each other for the most part."""
    across = min(first.x2, second.x2) - max(first.x1, second.x1)
    down = min(first.y2, second.y2) - max(first.y1, second.y1)
    return across > 0 and down > 0 and across * down > _SAME_SHARE * min(first.area, second.area)
