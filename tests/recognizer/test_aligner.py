from dataclasses import replace

import numpy as np
import pytest
import torch

from recognizer import PlateReader
from recognizer.aligner import MARGIN, WHOLE, CornerFinder, are_plausible, straighten_crop
from recognizer.checkpoint import CheckpointError, describe, load, save
from recognizer.config import AlignerConfig
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_noise import (
    photograph_plate,
)
from tests.recognizer.tilted import CONFIG, SMALL, TILTED, plate_in_scene


def test_a_tilted_plate_is_set_upright():
    upright = straighten_crop(plate_in_scene(TILTED), TILTED, 200, 64)
    assert upright.shape == (64, 200, 3)
    x, y = round(MARGIN[0] * 200), round(MARGIN[1] * 64)
    inside = upright[y + 4 : -y - 4]
    assert inside[:, x + 4 : 92].max() < 30 and inside[:, 108 : -x - 4].min() > 225
    assert abs(int(upright[32, 0, 0]) - 128) < 30  # a little of the surroundings is left


def test_large_crops_are_averaged_not_sampled():
    stripes = np.zeros((640, 2000, 3), np.uint8)
    stripes[:, ::2] = 255
    upright = straighten_crop(stripes, WHOLE, 200, 64)
    assert upright[10:-10, 10:-10].std() < 20


@pytest.mark.parametrize(
    ("quad", "good"),
    [
        (WHOLE, True),
        (TILTED, True),
        (WHOLE[::-1], False),
        (WHOLE * 0.05, False),
        (WHOLE * 3, False),
        (WHOLE * np.float32(np.nan), False),
        (WHOLE[[0, 2, 1, 3]], False),
    ],
)
def test_corners_that_make_no_plate_are_told(quad, good):
    assert are_plausible(np.asarray([TILTED, quad], np.float32)).tolist() == [True, good]


def test_where_no_plate_is_found_the_whole_crop_is_read():
    nonsense = CornerFinder(SMALL, lambda images: np.zeros((len(images), 8), np.float32))
    found = nonsense.find_corners([np.zeros((30, 90, 3), np.uint8)] * 2)
    assert [quad.tolist() for quad in found] == [WHOLE.tolist()] * 2
    assert nonsense.find_corners([]) == []


@pytest.mark.parametrize("device", ["torch", "cpu"])
def test_a_reader_with_an_aligner_reads_the_straightened_crop(aligned, device):
    crop = plate_in_scene(TILTED)
    seen = PlateReader(aligned, device).straighten([crop])[0]
    assert np.abs(seen.astype(int) - straighten_crop(crop, TILTED, CONFIG.width, CONFIG.height)).mean() < 2


def test_an_aligner_is_kept_in_the_checkpoint(aligned):
    assert describe(aligned).aligner == SMALL
    kept = load(aligned)
    again = kept.aligner(torch.zeros(1, 3, SMALL.height, SMALL.width)).detach().numpy().reshape(4, 2)
    assert np.allclose(again, TILTED, atol=1e-3)


def test_an_aligner_of_absurd_size_is_refused(aligned, tmp_path):
    kept = load(aligned)
    path = tmp_path / "absurd.safetensors"
    save(replace(kept, aligner_config=AlignerConfig(32, 10**6, (8, 8))), path)
    with pytest.raises(CheckpointError, match="aligner"):
        describe(path)


def test_the_camera_tells_where_the_plate_is():
    generator, rng = PlateGenerator(["de"], seed=3), np.random.default_rng(3)
    still, found, heights = CameraModel(0.0), [], []
    for _ in range(12):
        plate = generator.render(rng)[0]
        crop, quad = photograph_plate(plate, still, rng)
        heights.append(np.ptp(quad[:, 1]) * len(crop))
        expected = straighten_crop(plate, WHOLE, 200, 64)[8:-8, 10:-10].ravel()
        for corners in (quad, quad + np.float32([0.04, 0]), quad - np.float32([0, 0.1])):
            upright = straighten_crop(crop, corners, 200, 64)[8:-8, 10:-10].ravel()
            found.append(np.corrcoef(upright, expected)[0, 1])
    here, beside, above = np.reshape(found, (-1, 3)).T
    assert (here > beside).all() and (here > above).all()
    assert here[np.array(heights) > 16].min() > 0.8 and np.median(here) > 0.85  # lower ones are coarse
