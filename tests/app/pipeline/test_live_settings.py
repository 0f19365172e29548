"""Settings that say they are live reach sources, tracks and visits that are open already."""

from collections.abc import Sequence
from dataclasses import replace

from app.config.settings import DecisionSettings, DetectionSettings, ReadingSettings, Settings
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import from_settings
from app.pipeline.types import Image
from app.sources.source_id import SourceId
from detector.types import Detection
from tests.app.pipeline.made import ScriptedReader, frame, plate, says

CLIP = SourceId("clip")


class Steady:
    """Finds one plate of a score at a place that a test may change, and nothing where it has none."""

    streams, size = 1, 576

    def __init__(self, score: float = 0.8) -> None:
        self.found: list[Detection] = [plate(100, 100, score=score)]
        self.shapes: list[tuple[int, ...]] = []

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.shapes += [image.shape[:2] for image in images]
        return [list(self.found) for _ in images]


def play(pipeline: Pipeline, first: int, last: int, size: tuple[int, int] = (480, 640)) -> list[PlateEvent]:
    """Show frames first to last of a clip at ten a second."""
    return [event for i in range(first, last) for event in pipeline.process([frame(i, i / 10, size=size)]).events]


def pipeline_with(detector: Steady, text: str = "AB123C") -> Pipeline:
    return Pipeline(detector, ScriptedReader(lambda _: says(text, 0.95)), from_settings(Settings()))


def test_a_shorter_time_until_the_same_plate_is_another_visit_reaches_an_open_source() -> None:
    detector = Steady()
    pipeline, found = pipeline_with(detector), detector.found
    events = play(pipeline, 0, 5)
    pipeline.tuning = from_settings(replace(Settings(), decision=DecisionSettings(repeat_s=3.0)))
    detector.found = []
    events += play(pipeline, 5, 80)
    detector.found = found
    events += [*play(pipeline, 80, 85), *pipeline.finish(CLIP)]
    assert {event.key.number for event in events} == {1, 2}, "away for 7.5 s, it is another visit by now"


def test_a_higher_score_reaches_an_open_source() -> None:
    detector = Steady(score=0.5)
    pipeline = pipeline_with(detector)
    play(pipeline, 0, 1)
    pipeline.tuning = from_settings(replace(Settings(), detection=DetectionSettings(min_score=0.6)))
    detector.found = [plate(400, 300, score=0.5)]
    assert [*play(pipeline, 1, 6), *pipeline.finish(CLIP)] == [], "a plate elsewhere starts no track any more"


def test_a_score_below_that_at_the_start_reaches_an_open_source() -> None:
    detector = Steady(score=0.07)
    pipeline = pipeline_with(detector)
    assert play(pipeline, 0, 5) == []
    pipeline.tuning = from_settings(replace(Settings(), detection=DetectionSettings(min_score=0.05)))
    assert [event.kind for event in play(pipeline, 5, 10)][:1] == [EventKind.NEW]


def test_the_score_reaches_the_choice_of_parts_that_are_looked_at_closely() -> None:
    detector = Steady(score=0.5)
    pipeline = pipeline_with(detector)
    play(pipeline, 0, 1, (720, 1280))
    pipeline.tuning = replace(pipeline.tuning, zoom_interval_s=0.0)
    before = len(detector.shapes)
    play(pipeline, 1, 6, (720, 1280))
    assert set(detector.shapes[before:]) == {(720, 1280)}, "whole frames only from now on"


def test_countries_reach_an_open_visit() -> None:
    detector = Steady()
    pipeline = pipeline_with(detector, "34A23126")
    first = play(pipeline, 0, 5)
    pipeline.tuning = from_settings(replace(Settings(), reading=ReadingSettings(countries=("TR",))))
    last = pipeline.finish(CLIP)
    assert first[0].text.region == "" and last[-1].text.region == "TR" and last[-1].key == first[0].key


def test_the_agreement_asked_for_reaches_an_open_track() -> None:
    pipeline = pipeline_with(Steady())
    pipeline.tuning = replace(pipeline.tuning, min_agreement=9)
    assert play(pipeline, 0, 5) == []
    pipeline.tuning = replace(pipeline.tuning, min_agreement=2)
    assert [event.kind for event in play(pipeline, 5, 15)][:1] == [EventKind.NEW]


def test_parts_of_large_frames_are_as_large_as_the_detectors_input() -> None:
    """The window's networks have a size too: what it sets is what `run` sets."""
    for size, parts in ((576, 9), (960, 0)):
        detector = Steady()
        detector.size = size
        detector.found = []
        pipeline = pipeline_with(detector)
        play(pipeline, 0, 40, (720, 1280))
        assert len({shape for shape in detector.shapes if shape != (720, 1280)}) == (1 if parts else 0)
