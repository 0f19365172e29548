"""Finds plates too small for the detector's input: large frames are also looked at in parts, at full resolution.

The detector takes a frame scaled down to its input, where a plate that could still be read may be a few pixels wide. A
part about as large as that input loses nothing.

A single picture is looked at in all of its parts: nothing comes after it. Of a video, where that would take ten times
as long, one part is looked at every `zoom_interval_s`, where it promises most: where something was found that the frame
as a whole did not show, then where something has moved since the last look there. A still scene costs nothing.
"""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pipeline.tuning import CurrentTuning
from app.pipeline.types import Frame, Image
from detector import tiling
from detector.tiling import Tile
from detector.types import Box, Detection

PART_PX = 576  # the longer side of a part, about that of the input of the detector that is shipped
_WORTH_IT = 1.5  # frames no larger than this many parts a side are seen well enough as a whole
_MOST_A_SIDE = 5
_THUMB_PX = 160
_CHANGED, _MOVED_SHARE = 24, 0.01  # levels of grey, and share of a part's pixels, that show that something moved
_FOUND_WEIGHT = 4.0
# Single pictures are cut so that nothing shrinks further. So plates of 85 pixels in a photograph of 16 megapixels are
# found, and 2 in 100 more of those in photographs of 1024 pixels; 2/3 takes half as long again and finds no more.
_STILL_SCALE = 0.6
_BACK_S = 1.0  # a jump back of more than this means another recording; frames looked at side by side are less apart
# A picture is a plate crop where a plate fills at least this share of it. Crops of other programs hold a plate to 0.49
# and more of their area (19 in 20 of them), and read whole they are right more often: 85 to 79 in 100.
_CROP_SHARE = 0.5
# A picture so low, in pixels, and of a plate's shape is a plate crop even where no plate stands out in it.
_CROP_HEIGHT_PX, _CROP_ASPECTS = 160, (1.2, 9.0)
_CROP_SCORE = 0.5  # the detector's score of such a picture, which says neither that it is a plate nor that it is none

Detect = Callable[[Sequence[Image]], list[list[Detection]]]
Thumb = NDArray[np.uint8]


@dataclass(slots=True)
class _PartState:
    """What is known of a part since plates were last detected in it."""

    part: Tile
    detected_s: float = -math.inf
    thumb: Thumb | None = None
    found: bool = False


@dataclass(slots=True)
class _SourceState:
    """The parts of one source's frames, and when one of them was chosen last."""

    size: tuple[int, int]
    parts: list[_PartState] = field(default_factory=list)
    chosen_s: float = -math.inf


class ZoomedDetector:
    """Detects in whole frames and in parts of them, for any number of sources. For several threads."""

    def __init__(self, detect: Detect, tuning: CurrentTuning, part_px: int = PART_PX) -> None:
        """Take what detects in images.

        Args:
            detect: Finds plates in a batch of images.
            tuning: How often a part of a video is looked at, and what counts as found.
            part_px: The longer side of a part, about that of the detector's input.
        """
        self._detect = detect
        self._tuning = tuning
        self._part_px = part_px
        self._sources: dict[str, _SourceState] = {}
        self._lock = threading.Lock()

    def detect(self, frames: Sequence[Frame]) -> list[list[Detection]]:
        """Return the plates of each frame, all frames and parts as one batch."""
        with self._lock:
            chosen = [None if frame.is_still else self._choose_part(frame) for frame in frames]
        parts = [
            self._parts_of_still(frame.image) if frame.is_still else [state.part] if state is not None else []
            for frame, state in zip(frames, chosen, strict=True)
        ]
        images = [frame.image for frame in frames]
        images += [cut_tile(frame.image, part) for frame, own in zip(frames, parts, strict=True) for part in own]
        found = iter(self._detect(images))
        whole = [next(found) for _ in frames]
        results: list[list[Detection]] = []
        for frame, state, own, seen in zip(frames, chosen, parts, whole, strict=True):
            by_part = [(part, next(found)) for part in own]
            if frame.is_still:
                results.append(self._merge_still(frame.image, seen, by_part))
            else:
                results.append(seen if state is None else self._merge_part(frame, state, seen, by_part[0][1]))
        return results

    def forget(self, source_id: str) -> None:
        """The source has ended."""
        with self._lock:
            self._sources.pop(source_id, None)

    def _parts_of_still(self, image: Image) -> list[Tile]:
        """Return the parts of a single picture in which nothing shrinks much; none for one seen well as a whole."""
        tiles = tiling.tile_by_size(image.shape[1], image.shape[0], self._part_px, _STILL_SCALE)
        return tiles if len(tiles) > 1 else []

    def _merge_still(
        self, image: Image, whole: list[Detection], parts: Sequence[tuple[Tile, list[Detection]]]
    ) -> list[Detection]:
        height, width = image.shape[:2]
        found = tiling.merge_tiles([*parts, (Tile(0, 0, width, height), whole)], width, height) if parts else whole
        return as_plate_crop(found, width, height, self._tuning.now.min_score)

    def _choose_part(self, frame: Frame) -> _PartState | None:
        """Choose the part to look at in a frame, None if it is not the time or there is no reason."""
        if not self._tuning.now.zoom_interval_s:
            return None
        height, width = frame.image.shape[:2]
        source = self._sources.get(frame.source_id)
        if source is None or source.size != (width, height) or frame.media_time < source.chosen_s - _BACK_S:
            source = _SourceState(
                (width, height), [_PartState(part) for part in parts_of(width, height, self._part_px)]
            )
            self._sources[frame.source_id] = source
        if not source.parts or frame.media_time - source.chosen_s < self._tuning.now.zoom_interval_s:
            return None
        source.chosen_s = frame.media_time
        thumb, scale = thumbnail(frame.image)
        state = max(source.parts, key=lambda state: _rate_part(state, frame.media_time, thumb, scale))
        if _rate_part(state, frame.media_time, thumb, scale) <= 0:
            return None
        state.detected_s, state.thumb = frame.media_time, _part_of(thumb, state.part, scale)
        return state

    def _merge_part(
        self, frame: Frame, state: _PartState, whole: list[Detection], found: Sequence[Detection]
    ) -> list[Detection]:
        """Add what was found in a part to what was found in the whole frame, best first."""
        merged, only_here = merge(whole, found, state.part, frame.image.shape[1], frame.image.shape[0])
        with self._lock:
            state.found = any(detection.score >= self._tuning.now.min_score for detection in only_here)
        return merged


def as_plate_crop(found: list[Detection], width: int, height: int, min_score: float) -> list[Detection]:
    """Return a picture's detections, or the picture as a whole where it is itself the crop of a plate."""
    best = max(found, key=lambda detection: detection.score, default=None)
    if best is not None and best.score >= min_score:
        score = best.score if best.box.area >= _CROP_SHARE * width * height else 0.0
    else:
        is_low = height <= _CROP_HEIGHT_PX and _CROP_ASPECTS[0] <= width / height <= _CROP_ASPECTS[1]
        score = _CROP_SCORE if is_low else 0.0
    return [Detection(Box(0, 0, width, height), score)] if score else found


def parts_of(width: int, height: int, part_px: int = PART_PX) -> list[Tile]:
    """The overlapping parts of a frame, of its own shape, so that the detector needs no further input size."""
    longer = max(width, height)
    if longer <= part_px * _WORTH_IT:
        return []
    count = math.ceil((longer / part_px - tiling.OVERLAP) / (1 - tiling.OVERLAP))
    count = min(_MOST_A_SIDE, count)
    return tiling.make_grid(width, height, count, count)


def cut_tile(image: Image, part: Tile) -> Image:
    """Return a part of an image, without copying it."""
    return image[part.y1 : part.y2, part.x1 : part.x2]


def merge(
    whole: Sequence[Detection], found: Sequence[Detection], part: Tile, width: int, height: int
) -> tuple[list[Detection], list[Detection]]:
    """Join the detections of a frame and of a part of it; also return those that the frame did not show.

    Of two of one plate the surer stands, and the whole frame's if the part cuts the plate.
    """
    in_part = tiling.merge_tiles([(part, found)], width, height, keep_cut=False)
    only_here = [detection for detection in in_part if not tiling.is_covered(detection, whole)]
    surer = [found for found in in_part if all(d.score < found.score for d in whole if tiling.is_covered(found, [d]))]
    merged = [*(detection for detection in whole if not tiling.is_covered(detection, surer)), *surer]
    return sorted(merged, key=lambda detection: -detection.score), only_here


def thumbnail(image: Image) -> tuple[Thumb, int]:
    """Every n-th pixel of an image's green, and n: enough to see that something moved, and nearly free."""
    scale = max(1, max(image.shape[:2]) // _THUMB_PX)
    return image[::scale, ::scale, 1].copy(), scale


def _part_of(thumb: Thumb, part: Tile, scale: int) -> Thumb:
    return thumb[part.y1 // scale : part.y2 // scale, part.x1 // scale : part.x2 // scale]


def _rate_part(state: _PartState, now_s: float, thumb: Thumb, scale: int) -> float:
    """How much a look at a part promises: more the longer ago the last one was, nothing where all is as it was."""
    if state.thumb is None:
        return math.inf
    waited = now_s - state.detected_s
    if state.found:
        return _FOUND_WEIGHT * waited
    changed = cv2.absdiff(_part_of(thumb, state.part, scale), state.thumb) > _CHANGED
    return waited if np.count_nonzero(changed) > _MOVED_SHARE * changed.size else 0.0
