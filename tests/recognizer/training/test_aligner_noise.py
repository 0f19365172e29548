import numpy as np
import torch

from recognizer.aligner import WHOLE, are_plausible, straighten_crop
from recognizer.checkpoint import load
from recognizer.synthesis.camera import CameraModel
from recognizer.training.aligner_noise import (
    Recapture,
    TrainingStraightener,
    jitter_corners,
    recapture_crop,
)
from tests.recognizer.tilted import CONFIG, TILTED, plate_in_scene


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
