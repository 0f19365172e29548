"""Made-up values for the tests of the pipeline: frames, detections, readings, fakes of the networks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from app.pipeline.events import TrackReading
from app.pipeline.types import Frame, Image, WallClock
from detector.types import Box, Detection
from recognizer.readings import Alternative, Reading

START = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


def frame(index: int, seconds: float, source: str = "clip", size: tuple[int, int] = (480, 640), still=False) -> Frame:
    image = np.full((*size, 3), 37 * index % 256, np.uint8)  # each differs from the one before, as if all moved
    return Frame(source, index, image, START + timedelta(seconds=seconds), seconds, WallClock.GIVEN, still)


def plate(x: float, y: float, width: float = 80, height: float = 20, score: float = 0.8) -> Detection:
    return Detection(Box(x, y, x + width, y + height), score)


def says(text: str, confidence: float = 0.9, *others: tuple[str, float]) -> Reading:
    alternatives = tuple(Alternative(*other) for other in others)
    return Reading(text, confidence, (confidence,) * len(text), alternatives)


def track_reading(reading: Reading, weight: float = 1.0, index: int = 0) -> TrackReading:
    time = START + timedelta(seconds=index / 10)
    return TrackReading(reading, index, index / 10, time, Box(0, 0, 80, 20), 1.0, weight)


class ScriptedDetector:
    """Finds what a script says of each frame, by the order of the frames."""

    streams, size = 1, 576

    def __init__(self, script: Sequence[Sequence[Detection]]) -> None:
        self._script = list(script)
        self.batches: list[int] = []

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.batches.append(len(images))
        return [list(self._script.pop(0)) if self._script else [] for _ in images]


class ScriptedReader:
    """Reads what a function says of the n-th crop it is given."""

    def prefer_region(self, region: str | None) -> None: ...

    def __init__(self, script: Callable[[int], Reading]) -> None:
        self._script = script
        self.count = 0
        self.batches: list[int] = []

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        self.batches.append(len(crops))
        readings = [self._script(self.count + i) for i in range(len(crops))]
        self.count += len(crops)
        return readings
