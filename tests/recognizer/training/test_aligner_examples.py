import cv2
import numpy as np
import pytest

from recognizer.aligner import WHOLE, straighten_crop
from recognizer.config import AlignerConfig
from recognizer.readings import Reading
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training import aligner_examples as align_examples
from recognizer.training.aligner_examples import (
    cut_photographs,
    draw_plates,
    join_examples,
    photograph_again,
    read_boxes,
    straighten_samples,
)
from recognizer.training.datasets import load
from tests.recognizer.tilted import TILTED, plate_in_scene


def test_cuts_know_their_plate(boxes, monkeypatch):
    monkeypatch.setattr(align_examples, "Optics", lambda *_, **__: lambda image, *_: image)
    found = cut_photographs(read_boxes(boxes), 40, AlignerConfig(), np.random.default_rng(2))
    for picture, extent in zip(found.pictures, found.known, strict=True):
        x1, y1, x2, y2 = (np.clip(extent, 0, 1) * [160, 64, 160, 64]).round().astype(int)
        inside = picture[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].mean()
        rim = np.concatenate([picture[: max(0, y1 - 3)].ravel(), picture[:, : max(0, x1 - 3)].ravel()])
        assert not rim.size or inside > rim.mean() + 20


def test_drawn_plates_have_their_corners_in_view():
    plates = draw_plates(PlateGenerator(["de"], seed=1), [], 20, AlignerConfig(), np.random.default_rng(3))
    assert plates.pictures.shape == (20, 64, 160, 3)
    assert ((plates.known > -0.3) & (plates.known < 1.3)).all()


class Oracle:
    """Reads "AB1" with the given confidences, one after the other, at the corners of TILTED."""

    def __init__(self, confidences):
        self.confidences = list(confidences)

    def read(self, crops):
        return [Reading("AB1", self.confidences.pop(0), (), ()) for _ in crops]

    def find_corners(self, crops):
        return [TILTED] * len(crops)


def samples(folder, texts):
    cv2.imwrite(str(folder / "crop.png"), plate_in_scene(TILTED))
    (folder / "crops.csv").write_text("image_path,plate_text\n" + "".join(f"crop.png,{text}\n" for text in texts))
    return load(folder / "crops.csv").samples


def test_plates_that_are_read_rightly_and_surely_are_set_upright(tmp_path):
    texts = ["AB1", "AB1", "AB7"]
    found = straighten_samples(Oracle([0.99, 0.5, 0.99]), samples(tmp_path, texts))
    ((plate,),) = found.values()
    height, width = plate.shape[:2]
    middle = slice(height // 4, -height // 4)
    left, right = plate[middle, width // 8 : 3 * width // 8], plate[middle, 5 * width // 8 : 7 * width // 8]
    assert width > 1.5 * height
    assert left.mean() + 60 < right.mean() and left.std() < 30


def test_plates_seen_anew_have_their_corners():
    rng = np.random.default_rng(4)
    plate = PlateGenerator(["de"], seed=1).render(rng)[0]
    anew = photograph_again({"a": [plate]}, [], 12, AlignerConfig(), rng)
    alike = []
    for picture, quad in zip(anew.pictures, anew.known.reshape(-1, 4, 2), strict=True):
        again, known = (straighten_crop(one, corners, 100, 32) for one, corners in ((picture, quad), (plate, WHOLE)))
        alike.append(np.corrcoef(again[6:-6, 6:-6].mean(2).ravel(), known[6:-6, 6:-6].mean(2).ravel())[0, 1])
    assert np.median(alike) > 0.6
    assert len(join_examples([anew, anew]).known) == 24


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("image_path,x1,y1,x2\ncar.png,1,2,3\n", "line 2"),
        ("image_path,x1,y1,x2,y2\ncar.png,1,2,3,4\n", "less than"),
        ("image_path,x1,y1,x2,y2\ncar.png,1,2,wide,4\n", "pixels"),
        ("image_path,x1,y1,x2,y2\n", "no rows"),
    ],
)
def test_boxes_that_are_none_are_named(tmp_path, text, told):
    path = tmp_path / "b.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=told):
        read_boxes(path)
