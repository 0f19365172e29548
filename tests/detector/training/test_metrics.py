import math

import pytest

from detector.training.metrics import (
    MatchedDetections,
    compute_average_precision,
    compute_recall_and_precision,
    match_detections,
)
from detector.types import Box, Detection

PLATE, OTHER = Box(0, 0, 100, 20), Box(200, 0, 300, 20)


def test_each_truth_is_hit_once_by_the_best():
    found = [Detection(Box(0, 0, 100, 19), 0.6), Detection(PLATE, 0.9), Detection(Box(500, 0, 600, 20), 0.7)]
    judged = match_detections(found, [PLATE, OTHER], 0.5)
    assert judged == MatchedDetections((0.9, 0.7, 0.6), (0, -1, -1), 2)


def test_iou_decides():
    found = [Detection(Box(0, 0, 60, 20), 0.9)]  # IoU 0.6
    assert match_detections(found, [PLATE], 0.5).hits == (0,)
    assert match_detections(found, [PLATE], 0.65).hits == (-1,)


def test_average_precision_by_hand():
    # ranks: hit, miss, hit; two truths. Precision 1 up to recall 0.5, then 2/3 up to 1.
    # 101 recalls: 0, .01 … .50 are 51 at 1, the other 50 at 2/3.
    judged = [MatchedDetections((0.9, 0.8), (0, -1), 1), MatchedDetections((0.7,), (0,), 1)]
    assert compute_average_precision(judged) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_average_precision_counts_what_was_never_found():
    assert compute_average_precision([MatchedDetections((0.9,), (0,), 2)]) == pytest.approx(51 / 101)


def test_extremes():
    assert compute_average_precision([MatchedDetections((0.9,), (0,), 1)]) == pytest.approx(1)
    assert compute_average_precision([MatchedDetections((), (), 3)]) == 0
    assert math.isnan(compute_average_precision([MatchedDetections((0.4,), (-1,), 0)]))


def test_recall_and_precision_at_a_threshold():
    judged = [MatchedDetections((0.9, 0.8), (0, -1), 1), MatchedDetections((0.3,), (0,), 1)]
    assert compute_recall_and_precision(judged, 0.5) == (0.5, 0.5)
    assert compute_recall_and_precision(judged, 0.2) == (1.0, pytest.approx(2 / 3))
    recall, precision = compute_recall_and_precision(judged, 0.95)
    assert recall == 0 and math.isnan(precision)
