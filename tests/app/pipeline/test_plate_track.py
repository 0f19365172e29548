from dataclasses import replace

import numpy as np
import pytest

from app.pipeline.plate_track import PlateTrack
from app.pipeline.plausibility import PlateEvidence, fuse_plate_evidence
from app.pipeline.tuning import CurrentTuning
from app.pipeline.types import PlateCrop, WallClock
from detector.types import Box
from recognizer.readings import Reading
from tests.app.pipeline.made import START, frame, says


def seen(text: str, width: float, height: float, index: int, confidence: float = 0.6) -> tuple[PlateCrop, Reading]:
    box = Box(100, 100, 100 + width, 100 + height)
    return PlateCrop(frame(index, index / 10), 1, np.zeros((9, 30, 3), np.uint8), box, 0.8, 0.5), says(text, confidence)


def track_of(*readings: Reading, score: float = 0.8) -> PlateTrack:
    """A track with these readings, of crops that are all alike."""
    track = PlateTrack(1, CurrentTuning())
    for index, reading in enumerate(readings):
        crop, _ = seen("", 90, 30, index)
        track.see(crop.box, index / 10, START, WallClock.GIVEN, False)
        track.add(replace(crop, score=score), reading, cut=False)
    return track


@pytest.mark.parametrize(("width", "height"), [(48, 12), (48, 24)], ids=["one line", "two lines"])
def test_many_small_readings_do_not_outvote_a_few_large_ones(width: float, height: float) -> None:
    track = PlateTrack(1, CurrentTuning())
    for index in range(20):
        larger = 1 if index < 15 else 2
        crop, reading = seen("51A83827" if index < 15 else "51A63827", width * larger, height * larger, index)
        track.add(crop, reading, cut=False)
    assert track.vote is not None and track.vote.text == "51A63827"


def test_what_the_networks_say_of_a_plate_is_the_mean_over_its_readings() -> None:
    readings = [replace(says("AB123C", 0.5), plate_probability=value) for value in (0.9, 0.7, 0.5)]
    evidence = track_of(*readings, score=0.7).plate_evidence
    each = [fuse_plate_evidence(reading, 0.7) for reading in readings]
    assert evidence == PlateEvidence(pytest.approx(sum(each) / 3), pytest.approx(0.7))


def test_a_reader_that_does_not_tell_plates_says_nothing_of_them() -> None:
    assert track_of(says("AB123C"), says("AB123C")).plate_evidence == PlateEvidence(None, pytest.approx(0.8))
    assert PlateTrack(1, CurrentTuning()).plate_evidence == PlateEvidence(None, 0.0)


def test_the_region_of_a_track_is_what_its_readings_agree_on() -> None:
    readings = [replace(says("AB123C"), region=name, region_confidence=0.9) for name in ("DE", "DE", "NL")]
    finding = track_of(*readings).finding()
    assert finding is not None and finding.region == "DE"


def test_a_track_that_turns_out_to_be_two_vehicles_is_split() -> None:
    track = track_of(*[says("AB123C", 0.9)] * 4)
    others = []
    for index in range(4, 8):
        crop, reading = seen("XY987Z", 90, 30, index, 0.9)
        others.append(track.add(crop, reading, cut=False))
        if others[-1] is not None:
            break
    other = others[-1]
    assert other is not None and other.vote is not None and other.vote.text == "XY987Z"
    assert track.vote is not None and track.vote.text == "AB123C"
    assert other.plate_evidence.score == pytest.approx(0.8)
