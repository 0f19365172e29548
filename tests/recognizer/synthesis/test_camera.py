"""The camera: any plate in, a readable picture of valid shape out, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognizer.synthesis.camera import CameraModel, jitter_photograph
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.paint import resize_image
from tests.recognizer.synthesis.plates import barred


@settings(max_examples=60)
@given(st.integers(2, 150), st.integers(2, 600), st.booleans(), st.floats(0, 1.5), st.integers(0, 2**32))
def test_any_picture_gives_a_picture(height: int, width: int, real: bool, strength: float, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    before = image.copy()
    seen = CameraModel(strength, real=real)(image, np.random.default_rng(seed))
    assert seen.dtype == np.uint8 and seen.ndim == 3 and seen.shape[2] == 3
    assert min(seen.shape[:2]) >= 4
    assert np.array_equal(image, before), "the picture given is left as it was"


def test_the_same_seed_sees_the_same() -> None:
    camera, plate = CameraModel(), barred()
    first, second = (camera(plate, np.random.default_rng(8)) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape != camera(plate, np.random.default_rng(9)).shape


@pytest.mark.parametrize(
    "image", [np.zeros((20, 40), np.uint8), np.zeros((20, 40, 3), np.float32), np.zeros((1, 9, 3), np.uint8)]
)
def test_other_arrays_are_refused(image: NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match="BGR uint8"):
        CameraModel()(image, np.random.default_rng(0))  # type: ignore[arg-type]


def test_a_negative_strength_is_refused() -> None:
    with pytest.raises(ValueError, match="strength"):
        CameraModel(-1)


def test_both_ends_of_the_lettering_stay_in_view() -> None:
    rng, camera = np.random.default_rng(1), CameraModel()
    kept = 0
    for _ in range(200):
        seen = camera(barred(), rng)
        third = seen.shape[1] // 3
        kept += all(np.ptp(part.astype(int)) > 25 for part in (seen[:, :third], seen[:, -third:]))
    assert kept > 185


def test_crops_are_close_loose_and_of_many_sizes() -> None:
    rng, camera = np.random.default_rng(2), CameraModel()
    heights = [camera(barred(), rng).shape[0] for _ in range(200)]
    assert min(heights) < 18 and max(heights) > 80


def test_strength_says_how_much_is_spoilt() -> None:
    generator = PlateGenerator(["de", "us"], seed=4)
    plates = [generator.render()[0] for _ in range(40)]

    def damage(strength: float) -> float:
        found = []
        for index, plate in enumerate(plates):
            seen = CameraModel(strength, real=True)(plate, np.random.default_rng(index))
            found.append(np.abs(resize_image(seen, plate.shape[1], plate.shape[0]).astype(int) - plate).mean())
        return float(np.mean(found))

    low, middle, high = damage(0.0), damage(0.5), damage(1.0)
    assert low < 0.3 * high and low < middle < high


def test_photographed_crops_are_spoilt_less() -> None:
    plate = barred()
    spread = []
    for real in (False, True):
        rng = np.random.default_rng(3)
        ratios = [np.divide(*CameraModel(real=real)(plate, rng).shape[1::-1]) for _ in range(80)]
        spread.append(np.std(ratios))
    assert spread[1] < spread[0]
    assert jitter_photograph(plate, rng, strength=0.5).dtype == np.uint8
