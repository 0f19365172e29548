from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from detector import PlateDetector
from detector.types import Box

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped():
    return PlateDetector(device="cpu", threads=1)


@pytest.fixture(scope="module")
def lively(random_weights):
    return PlateDetector(random_weights, "cpu", threads=1, precision="f32")


def pictures(*shapes):
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in shapes]


def test_pictures_of_any_sizes_in_one_batch_give_what_each_gives_alone(lively):
    images = pictures((90, 160), (300, 40), (64, 64), (180, 320), (10, 200))
    together = lively.detect(images)
    assert len(together) == len(images)
    for image, found in zip(images, together, strict=True):
        alone = lively.detect([image])[0]
        assert len(alone) == len(found)
        for one, other in zip(alone, found, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-4)
            assert one.box.iou(other.box) > 0.99


def test_two_threads_at_once_find_what_one_finds(random_weights, lively):
    both = PlateDetector(random_weights, "cpu", threads=2, precision="f32", streams=2)
    assert (both.streams, lively.streams) == (2, 1)
    images = pictures((90, 160), (64, 64)) * 8
    with ThreadPoolExecutor(both.streams) as pool:
        together = list(pool.map(lambda image: both.detect([image])[0], images))
    for image, found in zip(images, together, strict=True):
        alone = lively.detect([image])[0]
        assert len(alone) == len(found) > 0
        assert all(one.box.iou(other.box) > 0.99 for one, other in zip(alone, found, strict=True))


def test_a_batch_as_for_a_card_gives_what_each_picture_gives_alone(random_weights, lively):
    wide = PlateDetector(random_weights, "cpu", threads=1, precision="f32")
    wide._batch = 64
    images = pictures(*[(90, 160)] * 12)
    for image, found in zip(images, wide.detect(images), strict=True):
        alone = lively.detect([image])[0]
        assert [one.score for one in alone] == pytest.approx([other.score for other in found], abs=1e-4)


def test_detections_are_sorted_and_lie_inside_their_picture(lively):
    for image in pictures((90, 160), (300, 40)):
        found = lively.detect([image])[0]
        assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
        height, width = image.shape[:2]
        assert all(0 <= d.box.x1 < d.box.x2 <= width and 0 <= d.box.y1 < d.box.y2 <= height for d in found)


def test_no_pictures_give_no_lists(lively):
    assert lively.detect([]) == []


def test_what_is_no_picture_is_refused(lively):
    with pytest.raises(ValueError, match="uint8 BGR"):
        lively.detect([np.zeros((10, 10), np.uint8)])


@pytest.mark.parametrize(("name", "value"), [("threshold", 0), ("threshold", 1.5), ("size", 100), ("size", 0)])
def test_wrong_options_are_named(random_weights, name, value):
    with pytest.raises(ValueError, match=f"{name}={value}"):
        PlateDetector(random_weights, "cpu", **{name: value})


def test_wrong_number_of_tiles_is_named(lively):
    with pytest.raises(ValueError, match="tiles=0"):
        lively.detect(pictures((64, 64)), tiles=0)


def real_pictures(count):
    folder = ROOT.parent / "shared" / "data" / "detection"
    if not folder.is_dir():
        pytest.skip("the real pictures (../shared/data/detection) are not on this machine")
    labels = sorted((folder / "labels" / "val").glob("piotrzawiej*.txt"))[:count]
    for label in labels:
        picture = next((folder / "images" / "val").glob(f"{label.stem}.*"))
        image = cv2.imread(str(picture))
        height, width = image.shape[:2]
        x, y, w, h = (float(v) for v in label.read_text().split()[1:5])
        box = Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
        yield image, box


def test_the_shipped_weights_find_real_plates(shipped):
    pairs = list(real_pictures(8))
    found = shipped.detect([image for image, _ in pairs])
    hits = sum(any(d.box.iou(box) > 0.5 for d in plates) for plates, (_, box) in zip(found, pairs, strict=True))
    assert hits >= 7


def test_tiles_find_a_plate_that_is_tiny_in_a_huge_picture(shipped):
    image, box = next(real_pictures(1))
    height, width = image.shape[:2]
    canvas = np.full((2160, 3840, 3), 96, np.uint8)
    canvas[1200 : 1200 + height, 2500 : 2500 + width] = image
    there = Box(box.x1 + 2500, box.y1 + 1200, box.x2 + 2500, box.y2 + 1200)
    found = shipped.detect([canvas], tiles="auto")[0]
    assert sum(d.box.iou(there) > 0.5 for d in found) == 1


def test_bfloat16_finds_the_same_plates(shipped):
    pairs = list(real_pictures(6))
    exact = PlateDetector(device="cpu", threads=1, precision="f32")
    images = [image for image, _ in pairs]
    for fast, slow in zip(shipped.detect(images), exact.detect(images), strict=True):
        for plate in slow:
            if plate.score > shipped.threshold + 0.05:
                assert any(plate.box.iou(other.box) > 0.85 for other in fast)


def test_torch_and_openvino_find_the_same_plates():
    pairs = list(real_pictures(2))
    images = [image for image, _ in pairs]
    first = PlateDetector(device="torch").detect(images)
    second = PlateDetector(device="cpu", threads=1, precision="f32").detect(images)
    for one, other in zip(first, second, strict=True):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert a.box.iou(b.box) > 0.98 and a.score == pytest.approx(b.score, abs=0.01)
