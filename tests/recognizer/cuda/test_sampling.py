"""Pictures sampled on the GPU against those that OpenCV makes."""

import cv2
import numpy as np
import pytest
import torch

from recognizer.aligner import WHOLE, are_plausible, straighten_crop
from recognizer.cuda import sampling
from recognizer.images import stretch_image
from tests.recognizer.tilted import TILTED, plate_in_scene

SIZES = [(20, 70), (64, 160), (30, 200), (150, 400)]


@pytest.fixture(scope="module")
def crops():
    rng = np.random.default_rng(7)
    noise = [cv2.GaussianBlur(rng.integers(0, 256, (*size, 3), dtype=np.uint8), (0, 0), 2) for size in SIZES]
    return [*noise, plate_in_scene(TILTED, 240, 720)]


def sampled(crops, device, maps_of, height, width):
    pixels = torch.from_numpy(np.concatenate([crop.ravel() for crop in crops])).to(device)
    starts = torch.tensor([0, *np.cumsum([crop.size for crop in crops])[:-1]], dtype=torch.int32, device=device)
    sizes = torch.tensor([crop.shape[:2] for crop in crops], dtype=torch.int32, device=device)
    room = torch.empty(len(crops), height, width, 3, device=device)
    maps, finer = maps_of(sizes)
    return sampling.sample_images(pixels, starts, sizes, maps, finer, room).cpu().numpy() * 255


def test_stretched_as_by_opencv(crops, device, few):
    found = sampled(crops, device, lambda sizes: sampling.map_stretched(sizes, 64, 160), 64, 160)
    for picture, crop in zip(found, crops, strict=True):
        assert np.abs(picture - stretch_image(crop, 160, 64)).mean() < 1.5


def test_straightened_as_by_opencv(crops, device, few):
    quads = np.stack([WHOLE, TILTED, WHOLE, TILTED, TILTED])
    there = torch.from_numpy(quads).to(device)
    found = sampled(crops, device, lambda sizes: sampling.map_straightened(sizes, there, 64, 200), 64, 200)
    for picture, crop, quad in zip(found, crops, quads, strict=True):
        assert np.abs(picture - straighten_crop(crop, quad, 200, 64)).mean() < 1.5


def test_corners_that_make_no_plate_give_way_to_the_whole_crop(device):
    quads = np.stack([TILTED, WHOLE[::-1], WHOLE * 0.05, WHOLE * 3, WHOLE * np.float32(np.nan), WHOLE[[0, 2, 1, 3]]])
    found = (
        sampling.replace_implausible(torch.from_numpy(quads).to(device), torch.from_numpy(WHOLE).to(device))
        .cpu()
        .numpy()
    )
    assert are_plausible(quads).tolist() == [True] + [False] * 5
    assert np.array_equal(found, [TILTED] + [WHOLE] * 5)
