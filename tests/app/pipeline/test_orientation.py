"""A source of which nothing is read as it comes is tried turned and mirrored."""

from collections.abc import Sequence

import numpy as np
import pytest

from app.pipeline.orientation import OrientationCheck
from app.sources.source import Turn
from app.sources.turned import turn_image
from detector.types import Box, Detection
from recognizer.readings import Reading
from tests.app.pipeline.made import frame

UPRIGHT = np.zeros((120, 200, 3), np.uint8)
UPRIGHT[50:70, 40:120] = (200, 200, 200)
UPRIGHT[50:60, 40:60] = (255, 0, 0)  # a plate with a blue mark at its upper left


class BandNetworks:
    """Finds the plate by its grey, and reads it where the plate lies flat with its blue mark at the upper left."""

    streams = size = 1

    def __init__(self, confidence: float = 0.95) -> None:
        self._confidence = confidence
        self.detected = 0

    def detect(self, images: Sequence[np.ndarray]) -> list[list[Detection]]:
        self.detected += len(images)
        found = []
        for image in images:
            rows, columns = np.nonzero(image.any(axis=2))
            found.append([Detection(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), 0.9)])
        return found

    def prefer_region(self, region: str | None) -> None: ...

    def read(self, crops: Sequence[np.ndarray], *, thorough: bool = False) -> list[Reading]:
        return [self._reading(crop) for crop in crops]

    def _reading(self, crop: np.ndarray) -> Reading:
        height, width = crop.shape[:2]
        blue = (crop[..., 0].astype(int) - crop[..., 1]) > 100
        upright = width > height and blue[: height // 2, : width // 2].sum() > blue.sum() / 2
        return Reading("AB123C" if upright else "8", self._confidence, (self._confidence,))


def frame_of(image: np.ndarray, index: int = 0):
    made = frame(index, index / 10)
    return type(made)(made.source_id, index, image, made.wall_time, made.media_time)


@pytest.mark.parametrize(
    ("undone_by", "option"),
    [(Turn(90), "--rotate 90"), (Turn(270), "--rotate 270"), (Turn(180), "--rotate 180"), (Turn(0, True), "--mirror")],
)
def test_what_would_put_it_upright_is_suggested(undone_by: Turn, option: str) -> None:
    back = Turn((360 - undone_by.degrees) % 360, undone_by.mirror)
    networks = BandNetworks()
    check = OrientationCheck(networks, networks)
    check.note_frame(frame_of(turn_image(UPRIGHT, back)))
    assert check.suggestions() == [f"clip: nothing was read as it comes, but AB123C with {option}"]


def test_nothing_is_suggested_where_something_was_read_or_nothing_is_sure() -> None:
    sideways = frame_of(turn_image(UPRIGHT, Turn(90)))
    networks = BandNetworks()
    check = OrientationCheck(networks, networks)
    check.note_frame(sideways)
    check.note_read("clip")
    check.note_frame(sideways)
    assert check.suggestions() == [] and not networks.detected
    unsure = BandNetworks(confidence=0.6)
    check = OrientationCheck(unsure, unsure)
    check.note_frame(sideways)
    assert check.suggestions() == []


def test_few_frames_are_kept_however_long_a_source_is() -> None:
    networks = BandNetworks()
    check = OrientationCheck(networks, networks)
    for index in range(400):
        check.note_frame(frame_of(UPRIGHT, index))
    check.suggestions()
    assert networks.detected <= 3 * 4
