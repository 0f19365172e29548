import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from detector.training import evaluate
from detector.training.datasets import AnnotatedImage
from detector.types import Box, Detection

PLATE, SMALL = Box(10, 10, 110, 40), Box(150, 60, 170, 66)


class Fixed:
    """Finds what it was told to, picture by picture."""

    def __init__(self, answers):
        self.answers = iter(answers)

    def detect(self, images, tiles=None):
        return [next(self.answers) for _ in images]


@pytest.fixture
def samples(tmp_path):
    made = []
    for name, source, plates in (("a", "day", (PLATE, SMALL)), ("b", "night", (PLATE,)), ("c", "negative", ())):
        path = tmp_path / f"{name}.png"
        cv2.imwrite(str(path), np.full((100, 200, 3), 80, np.uint8))
        made.append(AnnotatedImage(path, 200, 100, plates, source))
    return made


ANSWERS = [
    [Detection(PLATE, 0.9), Detection(SMALL, 0.2)],
    [Detection(Box(11, 10, 110, 40), 0.8), Detection(Box(120, 50, 180, 70), 0.6)],
    [Detection(Box(0, 0, 30, 10), 0.5), Detection(Box(50, 0, 80, 10), 0.1)],
]


@pytest.fixture
def outcomes(samples):
    return evaluate.detect_images(Fixed(ANSWERS), samples)


def test_figures_by_hand(outcomes):
    result = evaluate.make_report(outcomes, 0.3, "fixed", 640)
    assert result.all.recall == pytest.approx(2 / 3, abs=1e-5)  # SMALL scores 0.2
    assert result.all.precision == pytest.approx(2 / 4)
    assert result.by_source["day"].recall == pytest.approx(0.5)
    assert result.by_source["night"].precision == pytest.approx(0.5)
    assert result.by_source["negative"].recall is None
    assert (result.pictures_without_plate, result.boxes_without_plate) == (1, 1)
    # ranks: hit .9, hit .8, miss .6, miss .5, hit .2, miss .1: precision 1 to recall 2/3, then 3/5
    assert result.all.map50 == pytest.approx((67 + 34 * 0.6) / 101, abs=1e-5)
    heights = {band.low: (band.plates, band.recall) for band in result.by_height}
    assert heights[0] == (1, 0.0) and heights[24] == (2, 1.0) and heights[96] == (0, None)


def test_the_last_line_is_one_json_object_with_the_agreed_names(outcomes):
    line = evaluate.format_json(evaluate.make_report(outcomes, 0.3, "fixed", 640))
    assert "\n" not in line
    parsed = json.loads(line)
    assert {"recall", "precision", "map50", "map50_95", "by_source"} <= set(parsed)
    assert set(parsed["by_source"]) == {"day", "night", "negative"}
    assert parsed["by_source"]["day"]["map50"] == pytest.approx(1.0)


def test_misses_and_false_alarms_are_shown(outcomes, tmp_path):
    misses, alarms = evaluate.collect_exhibits(outcomes, 0.3)
    assert [e.box for e in misses] == [SMALL]
    assert "score 0.20" in misses[0].caption
    assert [e.box for e in alarms] == [Box(120, 50, 180, 70), Box(0, 0, 30, 10)]
    written = evaluate.write_exhibits(outcomes, 0.3, tmp_path / "sheets")
    assert [p.name for p in written] == ["misses_1.png", "false_1.png"]
    sheet = cv2.imread(str(written[0]))
    assert sheet.shape[1] == 6 * 260 and (sheet == (0, 0, 255)).all(axis=2).any()


def test_the_table_and_the_sweep_are_complete(outcomes):
    lines = evaluate.format_table(evaluate.make_report(outcomes, 0.3, "fixed", 640))
    assert any(line.startswith("night") for line in lines)
    assert "without a plate: 1" in lines[-1]
    assert len(evaluate.sweep_thresholds(outcomes)) > 8


def test_a_picture_that_cannot_be_opened_is_named(tmp_path):
    path = Path(tmp_path / "no.png")
    path.write_text("nothing")
    with pytest.raises(ValueError, match=r"no\.png"):
        evaluate.detect_images(Fixed([[]]), [AnnotatedImage(path, 1, 1, (), "")])
