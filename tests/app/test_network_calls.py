"""What noise cannot touch: how often the networks run and how much is copied for the demo clip, and no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.batch.outputs import Outputs
from app.batch.progress import Control, Item, Report
from app.batch.runner import run
from app.pipeline import opening
from app.pipeline.core import Pipeline
from app.pipeline.sources import identify
from app.pipeline.types import Frame, PlateEvent, Step
from detector import PlateDetector
from detector import detector as detecting
from recognizer import PlateReader

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo" / "street.mp4"
FRAMES = 80  # the first two vehicles come near and are read
FRAME_BYTES = 1280 * 720 * 3
INPUT_BYTES = 576 * 352 * 3  # a frame of 1280×720 as the shipped detector takes it
# Measured: 68 calls, 84 plates, 571,152 bytes. A tenth more, since bfloat16 finds a plate a frame earlier or later.
CLOSER_LOOKS = 13  # four a second at most, each with a thumbnail of 14,400 bytes to see what moves
READER_CALLS, PLATES_READ, CROP_BYTES = 75, 92, 630_000


@dataclass
class Counts:
    """What a run did."""

    frames: int = 0
    detector_loads: int = 0
    reader_loads: int = 0
    detector_calls: int = 0
    detector_bytes: int = 0
    letterboxes: int = 0
    reader_calls: int = 0
    plates_read: int = 0
    frames_copied: int = 0
    crop_bytes: int = 0


COUNTS: list[Counts] = []


class Watched(np.ndarray):
    """A picture that tells when it is copied: numpy calls this for every array made from it that owns its pixels."""

    def __array_finalize__(self, made_from: Any) -> None:
        if made_from is None or self.base is not None or not COUNTS:
            return
        if self.nbytes >= FRAME_BYTES // 2:
            COUNTS[-1].frames_copied += 1
        else:
            COUNTS[-1].crop_bytes += self.nbytes


class WatchedPipeline(Pipeline):
    """Hands watched pictures to the real pipeline."""

    def process(self, frames: Sequence[Frame]) -> Step:
        COUNTS[-1].frames += len(frames)
        return super().process([replace(frame, image=frame.image.view(Watched)) for frame in frames])


class UpTo:
    """Ends a run after so many frames."""

    def __init__(self, control: Control, frames: int) -> None:
        self.control, self.left = control, frames

    def begun(self, item: Item) -> None: ...

    def advanced(self, item: Item, media_s: float, share: float) -> None:
        self.left -= 1
        if not self.left:
            self.control.stop()

    def found(self, event: PlateEvent) -> None: ...

    def trouble(self, text: str) -> None: ...

    def ended(self, item: Item, error: str) -> None: ...


def watch(monkeypatch: pytest.MonkeyPatch, counts: Counts) -> None:
    """Count the calls of everything that costs."""
    make_detector, make_reader, letterbox = PlateDetector.__init__, PlateReader.__init__, detecting.letterbox

    def new_detector(self: PlateDetector, *args: Any, **options: Any) -> None:
        make_detector(self, *args, **options)
        counts.detector_loads += 1
        infer = self._backend.infer

        def counted(batch: np.ndarray) -> np.ndarray:
            counts.detector_calls += 1
            counts.detector_bytes += batch.nbytes
            return infer(batch)

        self._backend.infer = counted  # type: ignore[method-assign]

    def new_reader(self: PlateReader, *args: Any, **options: Any) -> None:
        make_reader(self, *args, **options)
        counts.reader_loads += 1
        forward = self._run

        def counted(batch: np.ndarray) -> np.ndarray:
            counts.reader_calls += 1
            counts.plates_read += len(batch)
            return forward(batch)

        self._run = counted

    def scaled(*args: Any) -> np.ndarray:
        counts.letterboxes += 1
        return letterbox(*args)

    monkeypatch.setattr(PlateDetector, "__init__", new_detector)
    monkeypatch.setattr(PlateReader, "__init__", new_reader)
    monkeypatch.setattr(detecting, "letterbox", scaled)
    monkeypatch.setattr(opening, "Pipeline", WatchedPipeline)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counts]:
    made = Counts()
    watch(monkeypatch, made)
    COUNTS.append(made)
    yield made
    COUNTS.clear()


def demo_run() -> Report:
    control = Control()
    pipeline = opening.load_pipeline("cpu")
    return run([Item(identify(str(DEMO)))], pipeline, Outputs(), UpTo(control, FRAMES), control)


def test_a_frame_costs_one_look_and_few_closer_ones_and_a_copy_of_nothing_but_its_plates(counts: Counts) -> None:
    report = demo_run()
    assert len(report.events) >= 2
    assert (counts.detector_loads, counts.reader_loads) == (1, 1)
    assert counts.frames == report.frames == FRAMES
    assert counts.detector_calls == FRAMES < counts.letterboxes <= FRAMES + CLOSER_LOOKS
    assert counts.detector_bytes == counts.letterboxes * INPUT_BYTES
    assert counts.frames_copied == 0
    assert 0 < counts.reader_calls <= READER_CALLS
    assert counts.reader_calls <= counts.plates_read <= PLATES_READ
    assert 0 < counts.crop_bytes <= CROP_BYTES + CLOSER_LOOKS * 14_400


def test_the_counters_see_a_copied_frame(counts: Counts) -> None:
    frame = np.zeros((720, 1280, 3), np.uint8).view(Watched)
    frame[100:200, 100:300].copy()
    assert (counts.frames_copied, counts.crop_bytes) == (0, 100 * 200 * 3)
    frame.copy()
    assert counts.frames_copied == 1
