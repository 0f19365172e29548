"""ByteTrack: boxes of successive frames become tracks, by a Kalman filter and by overlap.

After Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box" (ECCV 2022), in the form that
ultralytics gives it (AGPL-3.0), whose results it reproduces: tests/app/pipeline/test_byte_tracker.py compares the two.
It is kept here because reading would otherwise load ultralytics and torch for it. A track counts from its first box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import lap
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

#: Standard deviations as shares of the box's height, from the SORT and ByteTrack code.
_POSITION_SHARE, _VELOCITY_SHARE = 1 / 20, 1 / 160
#: Of the aspect ratio, which has no unit: when predicted, its velocity, when measured.
_ASPECT, _ASPECT_VELOCITY, _MEASURED_ASPECT = 1e-2, 1e-5, 1e-1
#: Highest cost, which is 1 - IoU, at which a box of low score carries a track on.
_LOW_SCORE_COST = 0.5
#: Lowest cost between a track and a lost one that are still two vehicles.
_DUPLICATE_COST = 0.15

#: State (x, y, aspect, height and their velocities) one frame later: constant velocity.
_MOTION = np.eye(8) + np.eye(8, k=4)


@dataclass(slots=True, eq=False)
class KalmanTrack:
    """A track: its state (8,), the state's covariance (8, 8), and the frames in which it was seen."""

    track_id: int
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    first_frame: int
    last_frame: int
    index: int
    is_lost: bool = False
    is_stale: bool = False

    @property
    def age(self) -> int:
        """Frames from the first box to the last."""
        return self.last_frame - self.first_frame

    def corners(self) -> NDArray[np.float64]:
        """The box as x1, y1, x2, y2."""
        height = self.mean[3]
        width = self.mean[2] * height
        x, y = self.mean[0] - width / 2, self.mean[1] - height / 2
        return np.array([x, y, x + width, y + height])


class ByteTracker:
    """Tracks boxes from frame to frame. `frame` counts frames; `max_lost` frames unseen a track survives."""

    def __init__(self, start_score: float, low_score: float, match_cost: float, max_lost: int = 30) -> None:
        """Make a tracker without tracks.

        Args:
            start_score: A box of at least this score starts a track where none fits it.
            low_score: A box above this score may carry a track on.
            match_cost: Highest cost (1 - IoU) at which a box of high score belongs to a track.
            max_lost: Frames that a track survives unseen.
        """
        self.max_lost = max_lost
        self.frame = 0
        self._start_score, self._low_score, self._match_cost = start_score, low_score, match_cost
        self._tracked: list[KalmanTrack] = []
        self._lost: list[KalmanTrack] = []
        self._next_id = 1

    def set_scores(self, start_score: float, low_score: float) -> None:
        """Match by other scores from the next frame on; as in the constructor."""
        self._start_score, self._low_score = start_score, low_score

    @property
    def alive(self) -> set[int]:
        """The ids of all tracks that are seen or may be seen again."""
        return {track.track_id for track in (*self._tracked, *self._lost)}

    def skip_frame(self) -> None:
        """Move all tracks on by a frame that was not looked at."""
        self.frame += 1
        _predict(self._tracked + self._lost)

    def update(self, boxes: Floats, scores: Floats) -> list[tuple[int, int]]:
        """Match a frame's boxes with the tracks.

        Args:
            boxes: (N, 4), centre x, centre y, width and height in pixels.
            scores: (N,), from 0 to 1.

        Returns:
            A pair for each track seen in this frame: its id, and the index of its box.
        """
        self.frame += 1
        measured = _measurements(boxes)
        real = (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
        high = np.flatnonzero(real & (scores >= self._start_score))
        low = np.flatnonzero(real & (scores > self._low_score) & (scores < self._start_score))
        pool = self._tracked + self._lost
        _predict(pool)
        pairs, unmatched, fresh = _match(pool, measured[high], self._match_cost)
        found = [self._seen(pool[i], int(high[j]), measured) for i, j in pairs]
        missed = [pool[i] for i in unmatched if not pool[i].is_lost]
        pairs, unmatched, _ = _match(missed, measured[low], _LOW_SCORE_COST)
        found += [self._seen(missed[i], int(low[j]), measured) for i, j in pairs]
        for i in unmatched:
            missed[i].is_lost = True
        started = [self._start(int(high[j]), measured) for j in fresh]
        self._sort(found + started, [missed[i] for i in unmatched])
        return [(track.track_id, track.index) for track in self._tracked]

    def _seen(self, track: KalmanTrack, index: int, measured: Floats) -> KalmanTrack:
        _correct(track, measured[index])
        track.last_frame, track.index = self.frame, index
        return track

    def _start(self, index: int, measured: Floats) -> KalmanTrack:
        mean, covariance = _initial_state(measured[index])
        track = KalmanTrack(self._next_id, mean, covariance, self.frame, self.frame, index)
        self._next_id += 1
        return track

    def _sort(self, found: Sequence[KalmanTrack], newly_lost: Sequence[KalmanTrack]) -> None:
        """Bring the lists of tracked and lost tracks up to date.

        As in ultralytics' tracker, one that is unseen for too long may be found in the frame after, but not twice.
        """
        again = [track for track in found if track.is_lost]
        for track in again:
            track.is_lost = False
        fresh = [track for track in found if track not in again and track not in self._tracked]
        lost = [track for track in (*self._lost, *newly_lost) if track.is_lost and not track.is_stale]
        tracked = [track for track in self._tracked if not track.is_lost]
        self._tracked, self._lost = _without_duplicates(tracked + fresh + again, lost)
        for track in self._lost:
            track.is_stale |= self.frame - track.last_frame > self.max_lost


def _measurements(boxes: Floats) -> NDArray[np.float32]:
    """Boxes (N, 4) of centre and size as the filter measures them: centre, aspect ratio, height."""
    x, y, width, height = np.asarray(boxes, np.float32).reshape(-1, 4).T
    with np.errstate(divide="ignore", invalid="ignore"):  # boxes without height are left out by the caller
        return np.stack([x, y, width / height, height], axis=1)


def _initial_state(measured: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The state at rest and its covariance, from one measurement (4,)."""
    height = float(measured[3])
    place, speed = 2 * _POSITION_SHARE * height, 10 * _VELOCITY_SHARE * height
    deviations = [place, place, _ASPECT, place, speed, speed, _ASPECT_VELOCITY, speed]
    return np.r_[np.asarray(measured, np.float64), np.zeros(4)], np.diag(np.square(deviations))


def _predict(tracks: Sequence[KalmanTrack]) -> None:
    """Move tracks on by a frame; the height of a lost one stays, since nothing corrects it."""
    if not tracks:
        return
    means = np.stack([track.mean for track in tracks])
    means[[track.is_lost for track in tracks], 7] = 0
    covariances = np.stack([track.covariance for track in tracks])
    height = means[:, 3]
    place, speed, one = _POSITION_SHARE * height, _VELOCITY_SHARE * height, np.ones_like(height)
    deviations = [place, place, _ASPECT * one, place, speed, speed, _ASPECT_VELOCITY * one, speed]
    noise = np.zeros_like(covariances)
    noise[:, range(8), range(8)] = np.square(deviations).T
    means = means @ _MOTION.T
    covariances = _MOTION @ covariances @ _MOTION.T + noise
    for track, mean, covariance in zip(tracks, means, covariances, strict=True):
        track.mean, track.covariance = mean, covariance


def _correct(track: KalmanTrack, measured: Floats) -> None:
    """Correct a track's state by a measurement (4,)."""
    place = _POSITION_SHARE * track.mean[3]
    noise = np.diag(np.square([place, place, _MEASURED_ASPECT, place]))
    innovation = track.covariance[:4, :4] + noise
    gain = np.linalg.solve(innovation, track.covariance[:, :4].T).T
    track.mean = track.mean + (measured - track.mean[:4]) @ gain.T
    track.covariance = track.covariance - gain @ innovation @ gain.T


def _match(
    tracks: Sequence[KalmanTrack], measured: Floats, highest: float
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Assign measurements (M, 4) to tracks at the least total cost, none above highest.

    Returns:
        Pairs of indices (track, measurement), the tracks left over and the measurements left over.
    """
    if not tracks or not len(measured):
        return [], list(range(len(tracks))), list(range(len(measured)))
    costs = 1 - _iou(np.stack([track.corners() for track in tracks]), _corners(measured))
    _, of_track, of_measured = lap.lapjv(costs, extend_cost=True, cost_limit=highest)
    pairs = [(i, int(j)) for i, j in enumerate(of_track) if j >= 0]
    return pairs, np.flatnonzero(of_track < 0).tolist(), np.flatnonzero(of_measured < 0).tolist()


def _corners(measured: Floats) -> Floats:
    x, y, aspect, height = measured.T
    width = aspect * height
    left, top = x - width / 2, y - height / 2
    return np.stack([left, top, left + width, top + height], axis=1)


def _iou(ours: Floats, theirs: Floats) -> Floats:
    """Intersection over union of boxes (N, 4) and (M, 4) given by their corners, as (N, M)."""
    ours, theirs = ours.astype(np.float32), theirs.astype(np.float32)
    low = np.maximum(ours[:, None, :2], theirs[None, :, :2])
    high = np.minimum(ours[:, None, 2:], theirs[None, :, 2:])
    shared = (high - low).clip(0).prod(axis=2)
    areas = [(boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) for boxes in (ours, theirs)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None] - shared + 1e-7))


def _without_duplicates(
    tracked: list[KalmanTrack], lost: list[KalmanTrack]
) -> tuple[list[KalmanTrack], list[KalmanTrack]]:
    """Drop the younger of a tracked and a lost track that cover each other."""
    if not tracked or not lost:
        return tracked, lost
    costs = 1 - _iou(np.stack([t.corners() for t in tracked]), np.stack([t.corners() for t in lost]))
    drop_tracked, drop_lost = set[int](), set[int]()
    for i, j in zip(*np.nonzero(costs < _DUPLICATE_COST), strict=True):
        if tracked[i].age > lost[j].age:
            drop_lost.add(int(j))
        else:
            drop_tracked.add(int(i))
    kept = [track for i, track in enumerate(tracked) if i not in drop_tracked]
    return kept, [track for j, track in enumerate(lost) if j not in drop_lost]
