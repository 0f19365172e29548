import numpy as np
import pytest

from recognizer.aligner import WHOLE, straighten_crop
from recognizer.training.quick_camera import QuickCamera


@pytest.fixture
def crop():
    return np.random.default_rng(0).integers(0, 256, (60, 200, 3), dtype=np.uint8)


def test_pictures_have_the_networks_size_and_depend_on_the_source_of_randomness_alone(crop):
    camera = QuickCamera(200, 64)
    first, again, other = (camera(crop, WHOLE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (64, 200, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_without_strength_the_plate_is_only_set_straight(crop):
    made = QuickCamera(200, 64, strength=0)(crop, WHOLE, np.random.default_rng(3))
    assert np.abs(made.astype(float) - straighten_crop(crop, WHOLE, 200, 64)).mean() < 25


@pytest.mark.parametrize("size", [(3, 4), (8, 400), (300, 30), (1, 1)])
def test_crops_of_any_size_are_taken(size):
    crop, camera, rng = np.full((*size, 3), 128, np.uint8), QuickCamera(160, 64), np.random.default_rng(0)
    assert all(camera(crop, WHOLE, rng).shape == (64, 160, 3) for _ in range(60))


def test_most_detail_is_lost_in_most_pictures():
    """A chequered crop, whose squares are lost where the plate is seen with fewer pixels."""
    crop = np.kron(np.indices((32, 100)).sum(axis=0) % 2, np.ones((2, 2))).astype(np.uint8) * 255
    camera, rng = QuickCamera(200, 64), np.random.default_rng(0)
    contrast = [float(camera(np.dstack([crop] * 3), WHOLE, rng).std()) for _ in range(80)]
    assert sum(value < 80 for value in contrast) > 30
