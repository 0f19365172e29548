from dataclasses import replace

import numpy as np

from app.pipeline.events import EventKind
from app.pipeline.pipeline import Pipeline
from app.pipeline.stillness import Stillness
from app.pipeline.tuning import CurrentTuning, Tuning
from app.pipeline.types import Frame
from tests.app.pipeline.made import ScriptedDetector, ScriptedReader, frame, plate, says

FPS = 10


def scene(index: int, moved_px: int = 0, source: str = "clip", noise: int = 0) -> Frame:
    """A noisy street with a plate of 40×10 pixels on a dark vehicle, moved to the right."""
    made = frame(index, index / FPS, source, (720, 1280))
    made.image[:] = 110
    made.image[300:400, 500 + moved_px : 700 + moved_px] = 40
    made.image[360:370, 580 + moved_px : 620 + moved_px] = 230
    grain = np.random.default_rng(index).integers(-noise, noise + 1, made.image.shape)
    return replace(made, image=np.clip(made.image + grain, 0, 255).astype(np.uint8))


def test_a_still_scene_is_looked_at_now_and_then() -> None:
    stillness = Stillness(CurrentTuning(Tuning(still_interval_s=0.5)))
    assert [stillness.select(scene(i, noise=7)) for i in range(12)] == [i % 5 == 0 for i in range(12)]


def test_what_moves_is_looked_at_at_once_however_slow_it_is() -> None:
    stillness = Stillness(CurrentTuning(Tuning(still_interval_s=100.0)))
    assert stillness.select(scene(0))
    assert [stillness.select(scene(i, 60)) for i in (1, 2)] == [True, False]
    crept = [i for i in range(3, 60) if stillness.select(scene(i, 60 + i // 3))]
    assert len(crept) >= 2, "a pixel every third frame adds up"


def test_sources_are_told_apart_and_pictures_always_looked_at() -> None:
    stillness = Stillness(CurrentTuning(Tuning(still_interval_s=100.0)))
    assert stillness.select(scene(0, source="one")) and stillness.select(scene(0, source="two"))
    assert not stillness.select(scene(1, source="one"))
    assert all(stillness.select(replace(scene(i), is_still=True)) for i in range(3))
    stillness.forget("one")
    assert stillness.select(scene(2, source="one")) and not stillness.select(scene(2, source="two"))


def test_zero_looks_at_everything() -> None:
    stillness = Stillness(CurrentTuning(Tuning(still_interval_s=0.0)))
    assert all(stillness.select(scene(i)) for i in range(3))


def test_tracks_are_carried_through_a_still_scene_and_end_when_they_should() -> None:
    detector = ScriptedDetector([[plate(580, 360, 40, 10)]] * 3 + [[]] * 4)
    pipeline = Pipeline(
        detector, ScriptedReader(lambda _: says("AB123C", 0.95)), Tuning(min_plate_px=8, zoom_interval_s=0)
    )
    steps = [pipeline.process([scene(i)]) for i in range(15)]  # looked at in frames 0, 5 and 10
    assert len(detector.batches) == 3
    boxes = [[track.box for track in result.tracks] for step in steps for result in step.frames]
    assert boxes == [[plate(580, 360, 40, 10).box]] * 15
    gone = [pipeline.process([scene(15 + 10 * i, 400)]) for i in range(1, 9)]
    assert [track for step in gone for result in step.frames for track in result.tracks] == []
    final = [event for step in gone for event in step.events if event.kind is EventKind.FINAL]
    assert [(event.text.plate, event.evidence.reading_count, event.span.last_s) for event in final] == [
        ("AB123C", 3, 1.4)
    ]
