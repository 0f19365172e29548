"""Closer zoomed at parts of large frames: where, when, at what cost, and what they bring."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.events import EventKind
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import CurrentTuning, Tuning
from app.pipeline.types import Frame, Image
from app.pipeline.zoomed_detection import ZoomedDetector, as_plate_crop, merge, parts_of
from detector.tiling import Tile
from detector.types import Detection
from tests.app.pipeline.made import ScriptedReader, frame, plate, says

SIZE = (720, 1280)
SMALL = (30, 420, 36, 12)  # a plate in a frame of SIZE, and within one part only


class Sharp:
    """Finds the white spots of a picture, but in whole frames only those wider than 60 pixels."""

    streams, size = 1, 576

    def __init__(self) -> None:
        self.whole = 0
        self.parts: list[tuple[int, ...]] = []

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        return [self._find(image) for image in images]

    def _find(self, image: Image) -> list[Detection]:
        is_whole = image.shape[:2] == SIZE
        self.whole += is_whole
        if not is_whole:
            self.parts.append(image.shape)
        rows, columns = np.nonzero(image[..., 0] == 255)
        if not len(rows):
            return []
        left, top = int(columns.min()), int(rows.min())
        width, height = int(columns.max()) + 1 - left, int(rows.max()) + 1 - top
        return [plate(left, top, width, height)] if not is_whole or width > 60 else []


def showing(index: int, *spots: tuple[int, int, int, int], fps: float = 10) -> Frame:
    """A dark frame with white spots: left, top, width, height."""
    made = replace(frame(0, index / fps, size=SIZE), index=index)
    for left, top, width, height in spots:
        made.image[top : top + height, left : left + width] = 255
    return made


@given(st.integers(16, 4000), st.integers(16, 4000))
def test_parts_are_alike_cover_the_frame_and_are_there_for_large_frames_only(width: int, height: int) -> None:
    parts = parts_of(width, height)
    if max(width, height) <= 864:
        assert parts == []
        return
    assert len(parts) in (4, 9, 16, 25)
    seen = np.zeros((height, width), bool)
    for part in parts:
        seen[part.y1 : part.y2, part.x1 : part.x2] = True
        assert 0 <= part.x1 < part.x2 <= width and 0 <= part.y1 < part.y2 <= height
    assert seen.all() and len({(part.x2 - part.x1, part.y2 - part.y1) for part in parts}) == 1


def test_a_plate_too_small_for_the_whole_frame_is_read() -> None:
    def passing(index: int) -> Frame:
        return showing(index, (30 + 2 * index, *SMALL[1:]))

    for interval_s, texts in ((0.25, ["15C17174"]), (0.0, [])):
        tuning = Tuning(zoom_interval_s=interval_s)
        pipeline = Pipeline(Sharp(), ScriptedReader(lambda i: says("15C17174", 0.9)), tuning)
        for index in range(60):
            pipeline.process([passing(index)])
        events = pipeline.finish("clip")
        assert [event.text.plate for event in events if event.kind is EventKind.FINAL] == texts
        if events:
            assert (
                events[0].evidence.crop.size
                and 30 <= events[0].evidence.box.x1 <= 150
                and events[0].evidence.box.y1 == 420
            )


def test_a_still_scene_is_looked_at_once_and_then_costs_nothing() -> None:
    detector = Sharp()
    zoomed = ZoomedDetector(detector.detect, CurrentTuning())
    for index in range(200):
        zoomed.detect([showing(index)])
    assert detector.whole == 200 and len(detector.parts) == 9


def test_what_moves_is_looked_at_and_not_more_often_than_asked() -> None:
    detector = Sharp()
    zoomed = ZoomedDetector(detector.detect, CurrentTuning())
    for index in range(200):
        zoomed.detect([showing(index, (100 + 5 * index, 100, 80, 80))])  # a van, seen in the whole frame as well
    seconds = 200 / 10
    assert 9 + 20 < len(detector.parts) <= seconds / 0.25


def test_where_something_was_found_is_looked_at_more_often_than_where_things_move() -> None:
    when: list[float] = []
    detector = Sharp()

    class Noting(ZoomedDetector):
        def _merge_part(self, frame, state, whole, found):  # type: ignore[no-untyped-def]
            if state.part.x1 == 0 and state.part.y1 == 222:
                when.append(frame.media_time)
            return super()._merge_part(frame, state, whole, found)

    zoomed = Noting(detector.detect, CurrentTuning())
    rng = np.random.default_rng(1)
    for index in range(300):
        made = showing(index)
        made.image[:] = rng.integers(0, 200, SIZE, np.uint8)[..., None]  # everything moves
        made.image[420:432, 30:66] = 255
        zoomed.detect([made])
    gaps = np.diff([second for second in when if second > 5])
    assert gaps.max() < 1.2, "a track lives 1.5 s unseen"


def test_small_frames_are_left_alone() -> None:
    detector = Sharp()
    zoomed = ZoomedDetector(detector.detect, CurrentTuning())
    for index in range(20):
        zoomed.detect([frame(index, index / 10, "small", (480, 640))])
    assert len(detector.parts) == 20  # the frames themselves, which are not of SIZE


def test_a_large_picture_is_looked_at_in_all_its_parts_each_time() -> None:
    detector = Sharp()
    zoomed = ZoomedDetector(detector.detect, CurrentTuning())
    for index in range(3):
        picture = replace(showing(index, SMALL), is_still=True)
        assert [found.box for found in zoomed.detect([picture])[0]] == [plate(*SMALL).box]
    assert detector.whole == 3 and len(detector.parts) == 3 * 2


def test_pictures_and_video_go_through_the_detector_together() -> None:
    zoomed = ZoomedDetector(Sharp().detect, CurrentTuning())
    video = [showing(index, (100, 100, 80, 40)) for index in range(8)]
    picture = replace(showing(0, SMALL), source_id="picture", is_still=True)
    found = zoomed.detect([video[0], picture, replace(video[1], source_id="other")])
    assert [[item.box for item in one] for one in found] == [
        [plate(100, 100, 80, 40).box],
        [plate(*SMALL).box],
        [plate(100, 100, 80, 40).box],
    ]


@pytest.mark.parametrize(
    ("found", "size", "whole"),
    [
        ([plate(10, 10, 180, 40)], (200, 60), True),
        ([plate(10, 10, 90, 20)], (200, 60), False),
        ([], (200, 60), True),
        ([plate(10, 10, 180, 40, score=0.1)], (200, 60), True),
        ([], (60, 200), False),
        ([], (640, 480), False),
        ([plate(10, 10, 600, 460)], (640, 480), True),
    ],
    ids=["a crop", "a plate in a low picture", "no plate stands out", "hardly", "upright", "a scene", "a large crop"],
)
def test_a_picture_that_is_itself_a_plate_is_read_whole(
    found: list[Detection], size: tuple[int, int], whole: bool
) -> None:
    boxes = [detection.box for detection in as_plate_crop(found, *size, min_score=0.3)]
    assert boxes == ([plate(0, 0, *size).box] if whole else [detection.box for detection in found])


def test_a_recording_begun_again_is_looked_at_anew() -> None:
    detector = Sharp()
    zoomed = ZoomedDetector(detector.detect, CurrentTuning())
    for _ in range(2):
        for index in range(60):
            zoomed.detect([showing(index)])
    assert len(detector.parts) == 18
    zoomed.forget("clip")
    zoomed.detect([showing(60)])
    assert len(detector.parts) == 19


PART = Tile(400, 200, 900, 500)


@pytest.mark.parametrize(
    ("whole", "found", "merged", "only_here"),
    [
        ([], [plate(10, 50)], [plate(410, 250)], 1),
        ([plate(411, 251, score=0.2)], [plate(10, 50)], [plate(410, 250)], 0),
        ([plate(411, 251, score=0.9)], [plate(10, 50)], [plate(411, 251, score=0.9)], 0),
        ([], [plate(0, 50), plate(420, 50), plate(50, 0), plate(50, 280)], [], 0),
        ([plate(0, 0, score=0.5)], [plate(10, 50)], [plate(410, 250), plate(0, 0, score=0.5)], 1),
    ],
    ids=["new", "surer", "less sure", "cut by the part", "another"],
)
def test_finds_are_joined(
    whole: list[Detection], found: list[Detection], merged: list[Detection], only_here: int
) -> None:
    joined, new = merge(whole, found, PART, 1280, 720)
    assert (joined, len(new)) == (merged, only_here)


def test_a_plate_at_the_edge_of_the_frame_is_not_cut_by_the_part() -> None:
    joined, _ = merge([], [plate(0, 50)], Tile(0, 200, 500, 500), 1280, 720)
    assert joined == [plate(0, 250)]
