import math
from collections.abc import Callable

import pytest

from app.pipeline.tracking import PlateTracker
from app.pipeline.tuning import CurrentTuning, Tuning
from detector.types import Detection
from tests.app.pipeline.made import plate

Motion = Callable[[float], Detection | None]


def follow(tracker: PlateTracker, motions: list[Motion], fps: float, seconds: float) -> list[set[int]]:
    """Run made-up motions through a tracker; return the ids that each motion's plate got."""
    ids: list[set[int]] = [set() for _ in motions]
    for i in range(int(fps * seconds)):
        time = i / fps
        found = [(n, detection) for n, motion in enumerate(motions) if (detection := motion(time)) is not None]
        update = tracker.update([detection for _, detection in found], time)
        for tracked in update.seen:
            for n, detection in found:
                if detection is tracked.detection:
                    ids[n].add(tracked.track_id)
    return ids


@pytest.mark.parametrize("fps", [5, 12, 30, 60])
@pytest.mark.parametrize("speed", [60, 250])
def test_a_passing_plate_is_one_track_at_any_frame_rate(fps: float, speed: float) -> None:
    ids = follow(PlateTracker(), [lambda t: plate(20 + speed * t, 200 + 20 * t)], fps, 2.2)
    assert len(ids[0]) == 1


def test_a_plate_that_grows_as_it_comes_nearer_is_one_track() -> None:
    def approach(time: float) -> Detection:
        scale = 1 / (2.2 - time)
        return plate(300 - 60 * scale, 200 + 40 * scale, 80 * scale, 20 * scale)

    assert len(follow(PlateTracker(), [approach], 15, 2.0)[0]) == 1


@pytest.mark.parametrize("fps", [12, 30])
def test_a_vehicle_behind_something_for_a_second_stays_one_track(fps: float) -> None:
    ids = follow(PlateTracker(), [lambda t: None if 1.0 <= t < 2.0 else plate(30 + 90 * t, 150)], fps, 3.5)
    assert len(ids[0]) == 1


def test_a_vehicle_away_for_longer_than_the_memory_is_a_new_track() -> None:
    tracker = PlateTracker(CurrentTuning(Tuning(track_memory_s=1.0)))
    ids = follow(tracker, [lambda t: None if 1 <= t < 3 else plate(30, 150)], 20, 4)
    assert len(ids[0]) == 2


@pytest.mark.parametrize("gap_s", [1.0, 2.0, 10.0, 60.0])
def test_a_standing_vehicle_is_one_track_however_seldom_frames_come(gap_s: float) -> None:
    ids = follow(
        PlateTracker(), [lambda t: None if 3 * gap_s <= t < 4 * gap_s else plate(30, 150)], 1 / gap_s, 8 * gap_s
    )
    assert len(ids[0]) == 1, "also where one frame does not show the plate"


def test_a_pause_of_a_slow_source_ends_its_tracks() -> None:
    tracker = PlateTracker()
    ids = [tracker.update([plate(30, 150)], second).seen[0].track_id for second in (0, 2, 4, 6, 20, 22)]
    assert len(set(ids[:4])) == 1 and len(set(ids[4:])) == 1 and ids[3] != ids[4]


@pytest.mark.parametrize("fps", [10, 30])
def test_two_vehicles_that_pass_each_other_keep_their_tracks(fps: float) -> None:
    ids = follow(
        PlateTracker(),
        [lambda t: plate(20 + 150 * t, 100), lambda t: plate(560 - 150 * t, 330)],
        fps,
        3.5,
    )
    assert len(ids[0]) == len(ids[1]) == 1 and ids[0] != ids[1]


def test_a_queue_of_vehicles_in_one_lane_does_not_merge() -> None:
    ids = follow(PlateTracker(), [lambda t, n=n: plate(100, 100 + 120 * n + 30 * t) for n in range(3)], 15, 3)
    assert all(len(one) == 1 for one in ids) and len(set.union(*ids)) == 3


def test_a_weak_detection_carries_a_track_on_but_starts_none() -> None:
    def fading(time: float) -> Detection:
        return plate(50 + 40 * time, 90, score=0.8 if time < 0.5 else 0.15)

    assert len(follow(PlateTracker(), [fading], 20, 2)[0]) == 1
    assert follow(PlateTracker(), [lambda t: plate(50, 90, score=0.15)], 20, 1) == [set()]


def test_frames_that_were_dropped_do_not_end_a_track() -> None:
    tracker, ids = PlateTracker(), set()
    times = [i / 30 for i in range(30)] + [1.0 + 0.35 * i for i in range(1, 6)]
    for time in times:
        for tracked in tracker.update([plate(40 + 80 * time, 120)], time).seen:
            ids.add(tracked.track_id)
    assert len(ids) == 1


def test_a_track_is_told_as_ended_once() -> None:
    tracker, ended = PlateTracker(CurrentTuning(Tuning(track_memory_s=0.5))), []
    for i in range(60):
        detections = [plate(50, 60)] if i < 20 else []
        ended += tracker.update(detections, i / 20).ended
    assert ended == [1]


def test_a_long_gap_ends_all_tracks_and_ids_go_on() -> None:
    tracker = PlateTracker(CurrentTuning(Tuning(track_memory_s=1.0)))
    first = tracker.update([plate(50, 60)], 0.0).seen[0].track_id
    update = tracker.update([plate(50, 60)], 100.0)
    assert update.ended == (first,) and update.seen[0].track_id == first + 1


def test_one_source_does_not_disturb_the_ids_of_another() -> None:
    one, two = PlateTracker(), PlateTracker()
    for i in range(10):
        a = one.update([plate(50 + i, 60)], i / 10).seen[0].track_id
        b = two.update([plate(50 + i, 60), plate(300, 60)], i / 10).seen
        assert a == 1 and {tracked.track_id for tracked in b} == {1, 2}


def test_a_curve_is_followed() -> None:
    def curve(time: float) -> Detection:
        return plate(300 + 200 * math.cos(time), 220 + 150 * math.sin(time))

    assert len(follow(PlateTracker(), [curve], 15, 6)[0]) == 1
