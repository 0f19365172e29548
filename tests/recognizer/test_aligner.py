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
    Recapture,
    TrainingStraightener,
    jitter_corners,
    photograph_plate,
    recapture_crop,
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


def test_corners_follow_a_crop_that_is_seen_again():
    rng = np.random.default_rng(5)
    crop = plate_in_scene(TILTED, 240, 480)
    for _ in range(5):
        again, quad = recapture_crop(crop, TILTED, CameraModel(0.5, real=True), rng)
        upright = straighten_crop(again, quad, 200, 64).astype(int)
        assert upright[16:48, 20:80].mean() + 60 < upright[16:48, 120:180].mean()


def test_a_narrow_plate_is_mostly_seen_again_as_large_as_it_was_and_a_wide_one_often_smaller():
    rng, revisit = np.random.default_rng(6), Recapture(1.0)
    kept = {}
    for width in (120, 480):  # of which the plate takes about six tenths
        crop = plate_in_scene(TILTED, width // 2, width)
        shares = [revisit(crop, TILTED, rng)[0].shape[1] / width for _ in range(60)]
        kept[width] = np.mean([share > 0.9 for share in shares])
    assert kept[120] > 0.75 and kept[480] < 0.7


def test_jitter_keeps_the_plate_in_view():
    rng = np.random.default_rng(0)
    moved = np.array([jitter_corners(TILTED, rng) for _ in range(500)])
    size = TILTED.max(axis=0) - TILTED.min(axis=0)
    off = np.abs(moved - TILTED) / size
    assert 0.005 < off[..., 0].mean() < 0.03 and np.quantile(off[..., 0], 0.99) < 0.1
    assert are_plausible(moved).all()


def test_a_placer_without_aligner_only_stretches():
    crop = plate_in_scene(TILTED)
    placer = TrainingStraightener(CONFIG, None)
    assert not placer.aligns
    assert placer.straighten(crop, placer.find_corners([crop])[0]).shape == (CONFIG.height, CONFIG.width, 3)


def test_the_whole_crop_is_kept_where_the_text_is_likelier_there(aligned):
    loaded = load(aligned)
    placer = TrainingStraightener.from_checkpoint(loaded)
    crops = [plate_in_scene(TILTED)]

    def likelier_if(sharp):
        class Judge(torch.nn.Module):
            def forward(self, pictures):
                good = (pictures.std() > 0.4) == sharp
                probs = torch.full((len(pictures), CONFIG.steps, CONFIG.alphabet.classes), -9.0)
                probs[:, :, 1 if good else 0] = -0.01
                return probs

        return Judge()

    # Straightened, the plate's black and white fill the picture; in the whole crop there is grey beside them.
    assert placer.find_trusted_corners(likelier_if(False), crops, ["0"])[0].tolist() == WHOLE.tolist()
    assert np.allclose(placer.find_trusted_corners(likelier_if(True), crops, ["0"])[0], TILTED, atol=1e-3)
