"""The camera: any plate in, a readable picture of valid shape out, the same for the same seed."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognizer.synthesis.camera import CameraModel, jitter_photograph
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.optics import Optics, _add_drops, _add_glow, _add_lines, _add_shadow, _tear_rows
from recognizer.synthesis.paint import make_filled, paint_mask, resize_image


def barred(height: int = 110, width: int = 500) -> NDArray[np.uint8]:
    """A white plate with a black bar near each end."""
    plate = make_filled(height, width, (240, 240, 240))
    plate[height // 5 : -height // 5, width // 25 : width // 25 + 14] = 10
    plate[height // 5 : -height // 5, -width // 25 - 14 : -width // 25] = 10
    return plate


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


def test_optics_keep_the_size() -> None:
    for seed in range(60):
        image = barred(30, 120)
        assert Optics()(image, Random(seed), detail=20).shape == image.shape


@given(st.integers(-40, 60), st.integers(-40, 60), st.integers(1, 30), st.integers(1, 30), st.integers(0, 120))
def test_painting_past_the_edge_is_clipped(x: int, y: int, height: int, width: int, relief: int) -> None:
    canvas = make_filled(24, 48, (200, 200, 200))
    paint_mask(canvas, np.full((height, width), 255, np.uint8), x, y, (10, 20, 30), relief)
    inside = max(0, min(24, y + height) - max(0, y)) * max(0, min(48, x + width) - max(0, x))
    assert (canvas != 200).any(axis=2).sum() == pytest.approx(inside, abs=0 if relief == 0 else inside)


def test_lines_across_a_plate_are_thin() -> None:
    plate = make_filled(100, 400, (128, 128, 128))
    shares = [float((_add_lines(plate, Random(seed)) != plate).any(axis=2).mean()) for seed in range(60)]
    assert min(shares) > 0 and max(shares) < 0.06 and (plate == 128).all()


def test_every_other_shadow_with_an_edge_across_the_plate_lies_along_its_upper_edge() -> None:
    maps = [_add_shadow(make_filled(100, 400, (128, 128, 128)), Random(seed), 1.0) for seed in range(400)]
    upper = [m for m in maps if m.max() == 128 and (m[70:] == 128).all() and m[0].max() < 128]
    assert 0.08 < len(upper) / len(maps) < 0.25


def test_bands_of_a_torn_picture_are_moved_sideways_whole() -> None:
    plate = barred()
    for seed in range(30):
        torn = _tear_rows(plate, Random(seed), 40)
        dark, before = ((picture[..., 0] < 128).sum(axis=1) for picture in (torn, plate))
        assert np.abs(dark - before).max() <= 4  # two bars, each with two edges
        moved = (torn != plate).any(axis=(1, 2))
        assert not moved[before == 0].any()
        starts = np.flatnonzero(np.diff(moved.astype(int)))
        assert len(starts) <= 10
    assert moved.any()


def test_drops_are_round_spots_and_leave_the_rest_as_it_was() -> None:
    plate = barred()
    for seed in range(30):
        wet = _add_drops(plate, Random(seed), 60)
        assert wet.shape == plate.shape
        assert (np.abs(wet.astype(int) - plate) > 8).any(axis=2).mean() < 0.25


def test_glow_only_brightens_and_most_beside_what_is_bright() -> None:
    plate = barred()
    for seed in range(30):
        glowing = _add_glow(plate, Random(seed), 60, 1.0).astype(int)
        assert (glowing >= plate).all()
        bar = glowing[55, 20:34]
        assert (np.maximum(bar[0], bar[-1]) >= bar[7]).all()
