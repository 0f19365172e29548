"""What noise cannot touch: how often the networks run and how much is copied for the demo clip, and no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.pipeline import loading
from app.pipeline.detection import DetectedFrames
from app.pipeline.engine import EngineReport, read_sources
from app.pipeline.file_scheduler import QueuedSource
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.types import Frame
from app.sinks.read_list import ReadList
from app.sources.identify import identify
from detector import PlateDetector
from detector import detector as detecting
from detector.preprocess import plan_letterbox
from detector.weights import default_weights, open_weights
from recognizer import PlateReader

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo" / "street.mp4"
FRAMES, SECONDS = 375, 15
BATCHED = 2  # frames of 720p that fit into a batch of 6 MB
ZOOMED_DETECTIONS = int(SECONDS / Tuning().zoom_interval_s)  # at most, each with a thumbnail of 14,400 bytes
WIDTH, HEIGHT = 1280, 720
FRAME_BYTES = WIDTH * HEIGHT * 3
# Measured: 261 plates, 3,612,357 bytes with the closer looks. A tenth more, since bfloat16 may find a plate a frame
# earlier or later.
PLATES_READ, CROP_BYTES = 290, 3_110_000


@dataclass
class Counts:
    """What a run did."""

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

    def detect_plates(self, frames: Sequence[Frame], selected: Sequence[bool]) -> DetectedFrames:
        return super().detect_plates([replace(frame, image=frame.image.view(Watched)) for frame in frames], selected)


def watch(monkeypatch: pytest.MonkeyPatch, counts: Counts) -> None:
    """Count the calls of everything that costs."""
    make_detector, make_reader, letterbox = PlateDetector.__init__, PlateReader.__init__, detecting.apply_letterbox

    def new_detector(self: PlateDetector, *args: Any, **options: Any) -> None:
        make_detector(self, *args, **options)
        counts.detector_loads += 1
        infer = self._runner.run

        def counted(batch: np.ndarray) -> np.ndarray:
            counts.detector_calls += 1
            counts.detector_bytes += batch.nbytes
            return infer(batch)

        self._runner.run = counted  # type: ignore[method-assign]

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
    monkeypatch.setattr(detecting, "apply_letterbox", scaled)
    monkeypatch.setattr(loading, "Pipeline", WatchedPipeline)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counts]:
    made = Counts()
    watch(monkeypatch, made)
    COUNTS.append(made)
    yield made
    COUNTS.clear()


def demo_run() -> tuple[EngineReport, ReadList]:
    reads = ReadList()
    return read_sources([QueuedSource(identify(str(DEMO)))], loading.load_pipeline("cpu"), [reads]), reads


def test_the_demo_clip_costs_no_more_than_it_must(counts: Counts) -> None:
    (report, reads), place = demo_run(), plan_letterbox(WIDTH, HEIGHT, open_weights(default_weights()).size)
    assert report.frames == FRAMES and len(reads.events) == 7
    assert (counts.detector_loads, counts.reader_loads) == (1, 1)
    assert counts.detector_calls == counts.letterboxes
    assert FRAMES <= counts.letterboxes <= FRAMES + ZOOMED_DETECTIONS
    assert counts.detector_bytes == counts.letterboxes * place.width * place.height * 3
    assert counts.frames_copied == 0
    assert 0 < counts.reader_calls <= -(-FRAMES // BATCHED)
    assert counts.reader_calls <= counts.plates_read <= PLATES_READ
    assert 0 < counts.crop_bytes <= CROP_BYTES + ZOOMED_DETECTIONS * 14_400


def test_the_counters_see_a_copied_frame(counts: Counts) -> None:
    frame = np.zeros((720, 1280, 3), np.uint8).view(Watched)
    frame[100:200, 100:300].copy()
    assert (counts.frames_copied, counts.crop_bytes) == (0, 100 * 200 * 3)
    frame.copy()
    assert counts.frames_copied == 1
