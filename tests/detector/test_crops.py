import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.crops import crop_plate, find_crop_window, measure_sharpness
from detector.types import Box

COORDINATE = st.floats(-300, 900)


@given(st.integers(1, 640), st.integers(1, 480), st.tuples(*[COORDINATE] * 4), st.floats(0, 0.5))
def test_a_window_is_never_empty_and_never_outside(width, height, sides, margin):
    part = find_crop_window(width, height, Box(*sides), margin)
    assert 0 <= part.x1 < part.x2 <= width
    assert 0 <= part.y1 < part.y2 <= height


def test_a_window_is_the_box_and_its_margin():
    part = find_crop_window(640, 480, Box(100, 200, 200, 240), 0.1)
    assert (part.x1, part.y1, part.x2, part.y2) == (90, 196, 210, 244)


def test_a_crop_is_a_copy_and_stops_at_the_frame():
    frame = np.zeros((100, 200, 3), np.uint8)
    frame[:, 150:] = 255
    crop = crop_plate(frame, Box(150, 10, 230, 40), margin=0)
    assert crop.shape == (30, 50, 3) and (crop == 255).all()
    crop[:] = 0
    assert (frame[:, 150:] == 255).all()


def test_an_empty_frame_is_refused():
    with pytest.raises(ValueError, match="empty"):
        find_crop_window(0, 10, Box(0, 0, 1, 1))


def plate(width=260, height=60):
    """A plate with border and characters on a car-grey ground."""
    ground = np.full((200, 400, 3), 70, np.uint8)
    x, y = (400 - width) // 2, (200 - height) // 2
    cv2.rectangle(ground, (x, y), (x + width, y + height), (235, 235, 235), -1)
    cv2.rectangle(ground, (x + 3, y + 3), (x + width - 3, y + height - 3), (20, 20, 20), 2)
    cv2.putText(ground, "AB 123 CD", (x + 12, y + 44), cv2.FONT_HERSHEY_DUPLEX, 1.3, (20, 20, 20), 3)
    return crop_plate(ground, Box(x, y, x + width, y + height), 0.05)


def test_sharpness_falls_with_blur_and_a_flat_crop_has_none():
    sharp = plate()
    values = [measure_sharpness(cv2.GaussianBlur(sharp, (0, 0), s).astype(np.uint8)) for s in (0.6, 1.5, 3.0, 6.0)]
    assert values == sorted(values, reverse=True) and values[0] > 4 * values[-1]
    assert measure_sharpness(np.full((20, 60, 3), 90, np.uint8)) == 0


def test_sharpness_hardly_depends_on_brightness():
    dark = (plate().astype(np.float32) * 0.5).astype(np.uint8)
    assert measure_sharpness(dark) == pytest.approx(measure_sharpness(plate()), rel=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3), (12, 12)])
def test_tiny_crops_have_a_sharpness(shape):
    assert measure_sharpness(np.full((*shape, 3), 50, np.uint8)) == 0
