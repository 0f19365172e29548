"""Detections of successive frames become tracks: ultralytics' BYTETracker, one a source, its memory in seconds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from detector import _ultralytics
from detector.types import Box, Detection

# Plates are small and jump further than their own size between frames, so plain overlap loses them. What is tracked is
# a square of about the vehicle's size round the plate, which also scales the Kalman filter's noise to real motion.
_NEIGHBOURHOOD = 3.0
_MATCH_COST = 0.85
LOW_SCORE = 0.1
_FIRST_INTERVAL_S = 0.04
_INTERVAL_SHARE = 0.1
_MOST_STEPS = 15


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


class _ByteTrack(Protocol):
    """What is used of ultralytics' STrack."""

    track_id: int
    is_activated: bool


class _ByteTracker(Protocol):
    """What is used of ultralytics' BYTETracker."""

    tracked_stracks: list[_ByteTrack]
    lost_stracks: list[_ByteTrack]
    frame_id: int
    max_frames_lost: int
    update: Callable[["_Boxes"], NDArray[np.float32]]
    multi_predict: Callable[[list[_ByteTrack]], None]
    _init_new_tracks: Callable[..., None]


class PlateTracker:
    """Follows the plates of one source. Frames come in order; any time may lie between them."""

    def __init__(self, min_score: float = 0.3, memory_s: float = 1.5) -> None:
        """min_score: a detection below it starts no track but may carry one on. memory_s: survival unseen."""
        self._min_score = min_score
        self._memory_s = memory_s
        self._interval_s = _FIRST_INTERVAL_S
        self._last_s: float | None = None
        self._offset = 0
        self._latest = 0
        self._alive: set[int] = set()
        self._tracker = _make_tracker(min_score)

    def update(self, detections: Sequence[Detection], media_time: float) -> TrackerUpdate:
        """Add a frame's detections; media_time in seconds, not falling."""
        ended = self._advance(media_time)
        rows = self._tracker.update(_Boxes.of(detections))
        seen = tuple(Tracked(int(row[4]) + self._offset, detections[int(row[7])]) for row in rows.reshape(-1, 8))
        alive = {track.track_id + self._offset for track in self._known()}
        ended += tuple(sorted(self._alive - alive))
        self._alive = alive
        self._latest = max((self._latest, *alive))
        return TrackerUpdate(seen, ended)

    def _known(self) -> list[_ByteTrack]:
        return [*self._tracker.tracked_stracks, *self._tracker.lost_stracks]

    def _advance(self, media_time: float) -> tuple[int, ...]:
        """Bring the filter's clock, which counts frames, up to media_time; return what ended in a gap too long."""
        elapsed = 0.0 if self._last_s is None else max(0.0, media_time - self._last_s)
        first = self._last_s is None
        self._last_s = media_time
        if first or elapsed == 0.0:
            return ()
        if elapsed > self._memory_s:
            ended = tuple(sorted(self._alive))
            self._offset, self._alive = self._latest, set()
            self._tracker = _make_tracker(self._min_score)
            return ended
        steps = min(_MOST_STEPS, round(elapsed / self._interval_s))
        for _ in range(steps - 1):  # frames that were dropped: the plates moved on all the same
            self._tracker.multi_predict(self._known())
            self._tracker.frame_id += 1
        self._interval_s += _INTERVAL_SHARE * (min(elapsed, 1.0) / max(1, steps) - self._interval_s)
        self._tracker.max_frames_lost = math.ceil(self._memory_s / self._interval_s)
        return ()


class _Boxes:
    """The few things that BYTETracker asks of ultralytics' results, made from Detections without torch."""

    def __init__(self, xywh: NDArray[np.float32], conf: NDArray[np.float32]) -> None:
        self.xywh = xywh
        self.conf = conf
        self.cls = np.zeros(len(conf), np.float32)

    @classmethod
    def of(cls, detections: Sequence[Detection]) -> "_Boxes":
        """Return centre, width and height of the neighbourhood of each plate, with the scores."""
        rows = [(*found.box.center, *_neighbourhood(found.box)) for found in detections]
        return cls(np.asarray(rows, np.float32).reshape(-1, 4), np.asarray([d.score for d in detections], np.float32))

    def __getitem__(self, mask: NDArray[np.bool_]) -> "_Boxes":
        return _Boxes(self.xywh[mask], self.conf[mask])

    def __len__(self) -> int:
        return len(self.conf)


def _neighbourhood(box: Box) -> tuple[float, float]:
    """Width and height of the square that is tracked in place of a plate; two-line plates count as wide ones."""
    side = _NEIGHBOURHOOD * max(box.width, 2.0 * box.height)
    return side, side


def _make_tracker(min_score: float) -> _ByteTracker:
    """Return a BYTETracker whose tracks count from their first detection: a fast vehicle may give only two."""
    _ultralytics.load()
    options = SimpleNamespace(
        track_high_thresh=min_score,
        track_low_thresh=min(LOW_SCORE, min_score),
        new_track_thresh=min_score,
        track_buffer=30,
        match_thresh=_MATCH_COST,
        fuse_score=False,
    )
    tracker = cast(_ByteTracker, import_module("ultralytics.trackers.byte_tracker").BYTETracker(options))
    start_tracks = tracker._init_new_tracks

    def start_confirmed(unmatched: object, detections: object, activated: list[_ByteTrack], *more: object) -> None:
        start_tracks(unmatched, detections, activated, *more)
        for track in activated:
            track.is_activated = True

    tracker._init_new_tracks = start_confirmed
    return tracker
