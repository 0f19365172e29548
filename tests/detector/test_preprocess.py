from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.preprocess import GREY, apply_letterbox, check_image, group_by_shape, plan_letterbox
from detector.types import Box

SIDES = st.integers(1, 5000)
SIZES = st.sampled_from([64, 320, 640, 1280])


@given(SIDES, SIDES, SIZES)
def test_input_is_a_multiple_of_the_stride_and_not_larger_than_the_size(width, height, size):
    place = plan_letterbox(width, height, size)
    assert place.width % 32 == 0 and place.height % 32 == 0
    assert max(place.width, place.height) == size
    assert min(place.width, place.height) >= 32


@given(SIDES, SIDES, SIZES, st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_goes_there_and_back(width, height, size, shares):
    place = plan_letterbox(width, height, size)
    x1, x2 = sorted((shares[0] * width, shares[1] * width))
    y1, y2 = sorted((shares[2] * height, shares[3] * height))
    there = place.to_input(Box(x1, y1, x2, y2))
    back = place.to_image(np.array([[there.x1, there.y1, there.x2, there.y2]], np.float32))[0]
    assert np.allclose(back, [x1, y1, x2, y2], atol=1e-3 * max(width, height))


@given(SIDES, SIDES, SIZES)
def test_the_whole_picture_lies_inside_the_input(width, height, size):
    place = plan_letterbox(width, height, size)
    there = place.to_input(Box(0, 0, width, height))
    assert there.x1 >= 0 and there.y1 >= 0
    assert there.x2 <= place.width + 1e-6 and there.y2 <= place.height + 1e-6


def test_wide_pictures_are_padded_to_the_stride_only():
    place = plan_letterbox(1920, 1080, 640)
    assert (place.width, place.height) == (640, 384)
    assert (place.pad_x, place.pad_y) == (0, 12)


def test_pixels_land_where_the_plan_says():
    image = np.zeros((90, 160, 3), np.uint8)
    image[40:50, 60:100] = (10, 200, 30)
    place = plan_letterbox(160, 90, 320)
    canvas = apply_letterbox(image, place)
    assert canvas.shape == (192, 320, 3)
    assert (canvas[0] == GREY).all() and (canvas[-1] == GREY).all()
    there = place.to_input(Box(60, 40, 100, 50))
    inside = canvas[int(there.y1) + 2 : int(there.y2) - 2, int(there.x1) + 2 : int(there.x2) - 2]
    assert inside.size and (inside == (10, 200, 30)).all()


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (2160, 3840), (480, 640), (721, 1283), (300, 200)])
def test_a_picture_is_scaled_down_as_by_means_over_areas(size):
    noise = np.random.default_rng(5).normal(0, 40, (*size, 3))
    image = np.clip(cv2.GaussianBlur(noise, (0, 0), 3) * 8 + 128, 0, 255).astype(np.uint8)
    place = plan_letterbox(size[1], size[0], 576)
    inner = round(size[1] * place.scale_x), round(size[0] * place.scale_y)
    exact = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    found = apply_letterbox(image, place)[place.pad_y : place.pad_y + inner[1], place.pad_x : place.pad_x + inner[0]]
    assert np.abs(found.astype(int) - exact).mean() < 0.15 * exact.std()


def test_memory_used_before_holds_nothing_of_the_last_picture():
    first, second = np.full((64, 64, 3), 9, np.uint8), np.full((20, 64, 3), 200, np.uint8)
    out = np.empty((64, 64, 3), np.uint8)
    assert apply_letterbox(first, plan_letterbox(64, 64, 64), out) is out
    place = replace(plan_letterbox(64, 20, 64), height=64, pad_y=22)
    assert (apply_letterbox(second, place, out) == apply_letterbox(second, place)).all()
    assert (out[:22] == GREY).all() and (out[22:42] == 200).all() and (out[42:] == GREY).all()


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (1, 1), (7, 3)])
def test_extreme_shapes_are_letterboxed(shape):
    image = np.full((*shape, 3), 7, np.uint8)
    place = plan_letterbox(shape[1], shape[0], 64)
    canvas = apply_letterbox(image, place)
    assert canvas.shape == (place.height, place.width, 3)
    assert (canvas == 7).any()


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused_by_name(bad):
    with pytest.raises(ValueError, match="uint8 BGR"):
        check_image(bad)


def test_empty_sides_are_refused():
    with pytest.raises(ValueError, match="empty"):
        plan_letterbox(0, 10, 640)


def test_pictures_are_grouped_by_input_shape():
    places = [plan_letterbox(1920, 1080, 640), plan_letterbox(640, 640, 640), plan_letterbox(1280, 720, 640)]
    assert group_by_shape(places) == {(384, 640): [0, 2], (640, 640): [1]}
