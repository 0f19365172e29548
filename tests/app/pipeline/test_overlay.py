import numpy as np
import pytest

from app.pipeline.overlay import annotate
from app.pipeline.types import Track
from detector.types import Box
from tests.app.made_events import key as track_key


def track(box: Box, settled: bool = True, text: str = "AB123C") -> Track:
    return Track(track_key(1), box, 0.9, text, 0.9, settled)


@pytest.mark.parametrize("size", [(90, 120), (480, 640), (2160, 3840)])
@pytest.mark.parametrize("place", [(0.4, 0.5), (0.0, 0.0), (0.95, 0.95)])
def test_the_label_is_readable_and_inside_at_any_size_and_place(
    size: tuple[int, int], place: tuple[float, float]
) -> None:
    height, width = size
    image = np.zeros((height, width, 3), np.uint8)
    x, y = place[0] * width, place[1] * height
    box = Box(x, y, x + width * 0.05, y + height * 0.03)
    drawn = annotate(image, [track(box)])
    assert drawn.shape == image.shape and not image.any(), "the frame itself stays as it is"
    ink = np.argwhere((drawn > 240).all(axis=2))
    assert len(ink) > 40
    assert np.ptp(ink[:, 0]) >= min(9, height // 12)


def test_provisional_and_settled_look_different() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    box = Box(100, 100, 180, 120)
    assert not np.array_equal(annotate(image, [track(box)]), annotate(image, [track(box, settled=False)]))


def test_a_plate_not_read_yet_has_a_box_only() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    box = Box(100, 100, 180, 120)
    drawn = annotate(image, [track(box, text="", settled=False)])
    assert drawn[90:98].sum() == 0 and drawn.any()
