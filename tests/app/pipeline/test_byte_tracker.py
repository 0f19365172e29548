"""The tracker gives what ultralytics' BYTETracker gives, whose method it is, frame by frame."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.pipeline.byte_tracker import ByteTracker
from detector import _ultralytics

START, LOW, COST = 0.3, 0.1, 0.85


class Boxes:
    """What ultralytics' tracker asks of results."""

    def __init__(self, xywh: np.ndarray, conf: np.ndarray) -> None:
        self.xywh, self.conf, self.cls = xywh, conf, np.zeros(len(conf), np.float32)

    def __getitem__(self, mask: np.ndarray) -> "Boxes":
        return Boxes(self.xywh[mask], self.conf[mask])

    def __len__(self) -> int:
        return len(self.conf)


def reference(max_lost: int) -> Any:
    """ultralytics' tracker with the same settings, its tracks counting from their first box."""
    _ultralytics.load()
    from ultralytics.trackers.byte_tracker import BYTETracker

    options = SimpleNamespace(
        track_high_thresh=START,
        track_low_thresh=LOW,
        new_track_thresh=START,
        track_buffer=max_lost,
        match_thresh=COST,
        fuse_score=False,
    )
    tracker = BYTETracker(options)
    start_tracks = tracker._init_new_tracks

    def start_confirmed(unmatched: object, detections: object, activated: list[Any], *more: object) -> None:
        start_tracks(unmatched, detections, activated, *more)
        for track in activated:
            track.is_activated = True

    tracker._init_new_tracks = start_confirmed
    return tracker


def frames(seed: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Boxes that wander, cross, vanish for a while and come back, with scores that rise and fall."""
    random = np.random.default_rng(seed)
    places, speeds = random.uniform(0, 600, (6, 2)), random.normal(0, 6, (6, 2))
    sizes, hidden = random.uniform(40, 120, 6), np.zeros(6, int)
    made = []
    for _ in range(count):
        places = places + speeds + random.normal(0, 1, (6, 2))
        leaves = (hidden == 0) & (random.random(6) < 0.05)
        hidden = np.where(leaves, random.integers(1, 30, 6), np.maximum(hidden - 1, 0))
        seen = (hidden == 0) & (random.random(6) < 0.95)
        side = sizes * random.uniform(0.95, 1.05, 6)
        boxes = np.column_stack([places, side, side])[seen].astype(np.float32)
        made.append((boxes, random.uniform(0.05, 0.9, 6)[seen].astype(np.float32)))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_tracks_are_those_of_ultralytics(seed: int) -> None:
    theirs, ours = reference(10), ByteTracker(START, LOW, COST, 10)
    for number, (boxes, scores) in enumerate(frames(seed, 200)):
        rows = np.asarray(theirs.update(Boxes(boxes, scores))).reshape(-1, 8)
        expected = [(int(row[4]), int(row[7])) for row in rows]
        assert ours.update(boxes, scores) == expected, f"frame {number}"
        known = {track.track_id for track in (*theirs.tracked_stracks, *theirs.lost_stracks)}
        assert ours.alive == known, f"frame {number}"


@pytest.mark.parametrize("seed", range(3))
def test_frames_that_are_skipped_move_the_tracks_as_there(seed: int) -> None:
    theirs, ours = reference(12), ByteTracker(START, LOW, COST, 12)
    for number, (boxes, scores) in enumerate(frames(seed, 120)):
        if number % 3:
            theirs.multi_predict([*theirs.tracked_stracks, *theirs.lost_stracks])
            theirs.frame_id += 1
            ours.skip_frame()
            continue
        rows = np.asarray(theirs.update(Boxes(boxes, scores))).reshape(-1, 8)
        assert ours.update(boxes, scores) == [(int(row[4]), int(row[7])) for row in rows], f"frame {number}"


def test_a_box_without_area_starts_no_track() -> None:
    boxes = np.array([[50, 50, 40, 0], [200, 50, 40, 40]], np.float32)
    assert ByteTracker(START, LOW, COST).update(boxes, np.array([0.9, 0.9], np.float32)) == [(1, 1)]


def test_a_box_of_low_score_carries_a_track_on_and_starts_none() -> None:
    tracker = ByteTracker(START, LOW, COST)
    near, far = [50, 50, 40, 40], [400, 400, 40, 40]
    tracker.update(np.array([near], np.float32), np.array([0.9], np.float32))
    found = tracker.update(np.array([near, far], np.float32), np.array([0.2, 0.2], np.float32))
    assert found == [(1, 0)]
