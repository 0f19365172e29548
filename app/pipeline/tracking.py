"""Detections of successive frames become tracks: a ByteTracker a source, its memory in seconds."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from app.pipeline.byte_tracker import ByteTracker
from app.pipeline.tuning import CurrentTuning
from detector.types import Box, Detection

# Plates are small and jump further than their own size between frames, so plain overlap loses them. What is tracked is
# a square of about the vehicle's size round the plate, which also scales the Kalman filter's noise to real motion.
_NEIGHBOURHOOD = 3.0
_MATCH_COST = 0.85
_FIRST_INTERVAL_S = 0.04
_INTERVAL_SHARE = 0.1
_MOST_STEPS = 15
# A source may send a frame in two seconds or a minute: a track survives the usual gap between its frames, and one frame
# without the plate, however long that takes. The median of a few gaps is the usual one; a longer one ends the tracks.
_GAPS_KEPT = 5
_SURVIVED_GAPS = 2.5
_LONGEST_FIRST_GAP_S = 90.0  # of a source that has sent one frame: beyond the slowest camera, one frame a minute


@dataclass(frozen=True, slots=True)
class Tracked:
    """A detection that belongs to a track; ids count from 1 within the source."""

    track_id: int
    detection: Detection


@dataclass(frozen=True, slots=True)
class TrackerUpdate:
    """What one frame brought: the tracks seen in it, and the ids of those that ended."""

    seen: tuple[Tracked, ...]
    ended: tuple[int, ...]


class PlateTracker:
    """Follows the plates of one source. Frames come in order; any time may lie between them."""

    def __init__(self, tuning: CurrentTuning | None = None) -> None:
        """Begin without tracks; tuning says which scores start and carry a track, and how long one survives unseen."""
        self._tuning = tuning or CurrentTuning()
        self._interval_s = _FIRST_INTERVAL_S
        self._last_s: float | None = None
        self._gaps: deque[float] = deque(maxlen=_GAPS_KEPT)
        self._offset = 0
        self._latest = 0
        self._alive: set[int] = set()
        self._tracker = self._make_tracker()

    def update(self, detections: Sequence[Detection], media_time: float) -> TrackerUpdate:
        """Add a frame's detections; media_time in seconds, not falling."""
        tuning = self._tuning.now
        self._tracker.set_scores(tuning.min_score, tuning.low_score)
        ended = self._advance(media_time)
        scores = np.asarray([found.score for found in detections], np.float32)
        pairs = self._tracker.update(_boxes(detections), scores)
        seen = tuple(Tracked(track_id + self._offset, detections[index]) for track_id, index in pairs)
        alive = {track_id + self._offset for track_id in self._tracker.alive}
        ended += tuple(sorted(self._alive - alive))
        self._alive = alive
        self._latest = max((self._latest, *alive))
        return TrackerUpdate(seen, ended)

    def _make_tracker(self) -> ByteTracker:
        tuning = self._tuning.now
        return ByteTracker(tuning.min_score, tuning.low_score, _MATCH_COST)

    def _advance(self, media_time: float) -> tuple[int, ...]:
        """Bring the filter's clock, which counts frames, up to media_time; return what ended in a gap too long."""
        elapsed = 0.0 if self._last_s is None else max(0.0, media_time - self._last_s)
        first = self._last_s is None
        self._last_s = media_time
        if first or elapsed == 0.0:
            return ()
        memory_s = self._memory_s()
        self._gaps.append(elapsed)
        if elapsed > memory_s:
            ended = tuple(sorted(self._alive))
            self._offset, self._alive = self._latest, set()
            self._tracker = self._make_tracker()
            return ended
        steps = min(_MOST_STEPS, round(elapsed / self._interval_s))
        for _ in range(steps - 1):  # frames that were dropped: the plates moved on all the same
            self._tracker.skip_frame()
        self._interval_s += _INTERVAL_SHARE * (min(elapsed, 1.0) / max(1, steps) - self._interval_s)
        self._tracker.max_lost = math.ceil(self._tuning.now.track_memory_s / self._interval_s)
        return ()

    def _memory_s(self) -> float:
        """How long a track survives without a frame: the time that is set, or a few of the source's usual gaps."""
        usual_s = median(self._gaps) * _SURVIVED_GAPS if self._gaps else _LONGEST_FIRST_GAP_S
        return max(self._tuning.now.track_memory_s, usual_s)


def _boxes(detections: Sequence[Detection]) -> NDArray[np.float32]:
    """Centre, width and height (N, 4) of the neighbourhood of each plate."""
    rows = [(*found.box.center, *_neighbourhood(found.box)) for found in detections]
    return np.asarray(rows, np.float32).reshape(-1, 4)


def _neighbourhood(box: Box) -> tuple[float, float]:
    """Width and height of the square that is tracked in place of a plate; two-line plates count as wide ones."""
    side = _NEIGHBOURHOOD * max(box.width, 2.0 * box.height)
    return side, side
