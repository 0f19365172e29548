import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detector.postprocess import (
    decode_candidates,
    expect_distances,
    intersect_boxes,
    make_anchors,
    measure_areas,
    suppress_overlaps,
    to_detections,
)


def boxes_and_scores(count=25):
    corner = arrays(np.float32, (count, 2), elements=st.floats(0, 200, width=32))
    size = arrays(np.float32, (count, 2), elements=st.floats(1, 120, width=32))
    score = arrays(np.float32, (count,), elements=st.floats(0, 1, width=32))
    return st.tuples(corner, size, score).map(lambda p: (np.concatenate([p[0], p[0] + p[1]], axis=1), p[2]))


def overlap(a, b):
    common = float(intersect_boxes(a, b[None])[0])
    return common, float(measure_areas(a[None])[0]), float(measure_areas(b[None])[0])


@settings(max_examples=60)
@given(boxes_and_scores())
def test_what_is_kept_does_not_overlap_and_what_is_dropped_lies_under_a_better_one(given_boxes):
    boxes, scores = given_boxes
    kept = suppress_overlaps(boxes, scores, 0.5, 0.8)
    assert len(set(kept.tolist())) == len(kept)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)

    def clash(i, j):
        common, first, second = overlap(boxes[i], boxes[j])
        return common > 0.5 * (first + second - common) + 1e-3 or common > 0.8 * min(first, second) + 1e-3

    def nearly_clash(i, j):
        common, first, second = overlap(boxes[i], boxes[j])
        return common > 0.5 * (first + second - common) - 1e-2 or common > 0.8 * min(first, second) - 1e-2

    for n, i in enumerate(kept):
        assert not any(clash(i, j) for j in kept[:n])
    for i in set(range(len(boxes))) - set(kept.tolist()):
        assert any(nearly_clash(i, j) and scores[j] >= scores[i] for j in kept)


@settings(max_examples=30)
@given(boxes_and_scores(), st.floats(0.1, 0.9))
def test_a_higher_threshold_only_takes_boxes_away(given_boxes, threshold):
    boxes, scores = given_boxes
    all_kept = [int(i) for i in suppress_overlaps(boxes, scores) if scores[i] >= threshold]
    strong = np.flatnonzero(scores >= threshold)
    assert [int(strong[i]) for i in suppress_overlaps(boxes[strong], scores[strong])] == all_kept


def test_nothing_gives_nothing():
    assert suppress_overlaps(np.zeros((0, 4), np.float32), np.zeros(0, np.float32)).size == 0


def test_a_box_inside_a_better_one_goes():
    boxes = np.array([[0, 0, 100, 50], [40, 20, 60, 30]], np.float32)
    assert suppress_overlaps(boxes, np.array([0.9, 0.8], np.float32)).tolist() == [0]


def test_anchors_follow_the_strides():
    centres, strides = make_anchors(64, 96)
    assert len(centres) == 8 * 12 + 4 * 6 + 2 * 3
    assert centres[0].tolist() == [4, 4] and centres[1].tolist() == [12, 4]
    assert strides[0] == 8 and strides[-1] == 32
    assert centres[-1].tolist() == [80, 48]


def test_distances_are_the_mean_of_their_bins():
    logits = np.full((4, 16), -1e4, np.float32)
    for side, value in enumerate((3, 0, 15, 7)):
        logits[side, value] = 0.0
    logits[1, 4] = 0.0  # as likely as 0: the mean is 2
    assert np.allclose(expect_distances(logits.reshape(64, 1)), [[3, 2, 15, 7]])


def test_one_bin_is_the_distance_itself():
    assert expect_distances(np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)).tolist() == [[1, 2, 3, 4]]


def test_decode_puts_a_box_around_its_anchor():
    height, width = 64, 96
    count = len(make_anchors(height, width)[0])
    output = np.full((65, count), -20.0, np.float32)
    index = 8 * 12 + 2 * 6 + 3  # row 2, column 3 at stride 16: centre (56, 40)
    for side, value in enumerate((1, 2, 2, 1)):
        output[side * 16 + value, index] = 50.0
    output[64, index] = 2.0
    boxes, scores = decode_candidates(output, height, width, 0.5)
    assert np.allclose(boxes, [[56 - 16, 40 - 32, 56 + 32, 40 + 16]], atol=1e-3)
    assert np.allclose(scores, 1 / (1 + np.exp(-2.0)))
    assert decode_candidates(output, height, width, 0.95)[1].size == 0


def test_boxes_are_clamped_and_empty_ones_dropped():
    boxes = np.array([[-5, -5, 20, 10], [101, 0, 140, 20], [10, 10, 10.5, 40]], np.float32)
    found = to_detections(boxes, np.array([0.9, 0.8, 0.7], np.float32), 100, 50)
    assert [(d.box.x1, d.box.y1, d.box.x2, d.box.y2) for d in found] == [(0, 0, 20, 10)]
