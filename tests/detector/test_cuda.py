"""Candidates found on the card against those decoded on the processor."""

import numpy as np
import pytest

from detector.backends import make_backend, nvidia_present
from detector.cuda import CardBackend
from detector.weights import open_weights

THRESHOLD = 0.005


@pytest.fixture(scope="module")
def batch():
    return np.random.default_rng(3).integers(0, 256, (3, 96, 160, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def expected(random_weights, batch):
    return make_backend(open_weights(random_weights), "torch", 1).candidates(batch, THRESHOLD)


def near(found, expected, pixels, score):
    """The best candidates agree, whatever stands first of two that are equally probable."""
    for (boxes, scores), (their_boxes, their_scores) in zip(found, expected, strict=True):
        assert len(their_scores) >= 5 and np.all(np.diff(scores) <= 0) and scores[-1] >= THRESHOLD
        for box, own in zip(their_boxes[:5], their_scores[:5], strict=True):
            off = np.abs(boxes - box).max(axis=1)
            assert off.min() < pixels and abs(scores[off.argmin()] - own) < score


def test_candidates_are_those_of_the_logits(random_weights, batch, expected):
    found = CardBackend(open_weights(random_weights), "cpu").candidates(batch, THRESHOLD)
    assert [len(scores) for _, scores in found] == [len(scores) for _, scores in expected]
    near(found, expected, 1e-2, 1e-4)


def test_no_candidate_is_no_error(random_weights, batch):
    for boxes, scores in CardBackend(open_weights(random_weights), "cpu").candidates(batch, 1 - 1e-9):
        assert boxes.shape == (0, 4) and scores.shape == (0,)


def test_graphs_give_what_plain_calls_give(random_weights, batch, expected, caplog):
    if not nvidia_present():
        pytest.skip("CUDA graphs need an NVIDIA GPU, and this machine has none")
    weights = open_weights(random_weights)
    with_graphs, plain = (CardBackend(weights, "cuda", graphs=graphs) for graphs in (True, False))
    for _ in range(3):  # the second call of a shape captures
        found = with_graphs.candidates(batch, THRESHOLD)
    assert with_graphs._recorded and not caplog.records
    # cuDNN computes in half precision with other algorithms for a graph than for a plain call: each may be as far from
    # the other as from float32. The boxes of random weights have sides of hundreds of pixels; 0.7 was seen on an H200.
    near(found, plain.candidates(batch, THRESHOLD), 1.5, 0.01)
    near(found, expected, 1.5, 0.05)
    near(with_graphs.candidates(batch[::-1], THRESHOLD), expected[::-1], 1.5, 0.05)
