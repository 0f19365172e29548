from random import Random

import numpy as np

from recognizer.synthesis.optics import Optics, _add_drops, _add_glow, _add_lines, _add_shadow, _tear_rows
from recognizer.synthesis.paint import make_filled
from tests.recognizer.synthesis.plates import barred


def test_optics_keep_the_size() -> None:
    for seed in range(60):
        image = barred(30, 120)
        assert Optics()(image, Random(seed), detail=20).shape == image.shape


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
