from collections.abc import Sequence

import numpy as np

from app.pipeline.detection import DetectionStage, describe
from app.pipeline.tuning import CurrentTuning, Tuning
from app.pipeline.types import Frame, Image
from detector.types import Detection
from tests.app.pipeline.made import frame, plate


class Finder:
    """Finds a plate of a score in each image, and fails at images with a dark corner."""

    streams, size = 2, 576

    def __init__(self, *scores: float) -> None:
        self._scores = scores
        self.batches: list[int] = []

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.batches.append(len(images))
        if any(image[0, 0, 0] == 0 for image in images):
            raise RuntimeError("rtsp://me:secret@gate sent what is no image")
        return [[plate(10, 10, score=score) for score in self._scores] for _ in images]


def spoilt(index: int, source: str) -> Frame:
    made = frame(index, index / 10, source)
    made.image[0, 0] = 0
    return made


def test_the_selected_frames_of_all_sources_go_through_the_detector_as_one_batch() -> None:
    finder = Finder(0.8)
    stage = DetectionStage(finder, CurrentTuning())
    frames = [frame(1, 0.1, "a"), frame(2, 0.1, "b"), frame(3, 0.2, "a")]
    found = stage.detect(frames, (True, False, True))
    assert finder.batches == [2] and found.frames == tuple(frames)
    assert [None if seen is None else len(seen) for seen in found.detections] == [1, None, 1]


def test_a_frame_that_the_detector_cannot_take_costs_no_other_source() -> None:
    stage = DetectionStage(Finder(0.8), CurrentTuning())
    frames = [frame(1, 0.1, "a"), spoilt(1, "bad"), frame(2, 0.2, "a"), frame(2, 0.2, "c")]
    found = stage.detect(frames, (True,) * 4)
    assert [one.source_id for one in found.frames] == ["a", "a", "c"]
    assert all(seen is not None and len(seen) == 1 for seen in found.detections)
    assert [(fault.source_id, fault.error) for fault in found.faults] == [
        ("bad", "rtsp://***@gate sent what is no image")
    ]


def test_what_is_less_sure_than_any_use_of_it_needs_is_left_out() -> None:
    tuning = CurrentTuning(Tuning(min_score=0.3))
    stage = DetectionStage(Finder(0.8, 0.2, 0.05), tuning)
    assert [len(seen or ()) for seen in stage.detect([frame(1, 0.1)], (True,)).detections] == [2]
    tuning.now = Tuning(min_score=0.05)
    assert [len(seen or ()) for seen in stage.detect([frame(2, 5.0)], (True,)).detections] == [3]


def test_a_still_scene_is_selected_now_and_then_and_a_source_that_ended_is_forgotten() -> None:
    stage = DetectionStage(Finder(), CurrentTuning(Tuning(still_interval_s=0.5)))
    image = np.full((60, 80, 3), 90, np.uint8)

    def same(seconds: float) -> Frame:
        made = frame(0, seconds, size=(60, 80))
        made.image[:] = image
        return made

    assert [stage.select_frames([same(t / 10)])[0] for t in range(7)] == [True, *[False] * 4, True, False]
    stage.forget("clip")
    assert stage.select_frames([same(0.7)]) == (True,)


def test_a_fault_without_words_is_named_by_its_kind() -> None:
    assert describe(MemoryError()) == "MemoryError"
