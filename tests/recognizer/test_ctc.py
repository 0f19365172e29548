"""Decoding against a sum over all paths, on inputs small enough to list them."""

import time
from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizer.alphabet import Alphabet
from recognizer.ctc import decode_greedily, search_beams

AB = Alphabet("AB")
EXACT = {"width": 200, "keep": 200, "floor": 0.0, "certain": 1.0}


def log_softmax(x):
    x = np.asarray(x, np.float64)
    return (x - np.log(np.exp(x).sum(axis=-1, keepdims=True))).astype(np.float32)


def outputs(classes, batch=2, steps=5):
    """Network outputs of random shape and sharpness; values from a small set make ties and near-zeros common."""
    cell = st.sampled_from([-30.0, -3.0, -1.0, 0.0, 1.0, 2.5, 8.0]) | st.floats(-4, 4)
    return st.tuples(st.integers(1, batch), st.integers(1, steps)).flatmap(
        lambda nt: st.lists(cell, min_size=nt[0] * nt[1] * classes, max_size=nt[0] * nt[1] * classes).map(
            lambda values: log_softmax(np.reshape(values, (*nt, classes)))
        )
    )


def spelled(path, alphabet):
    return alphabet.decode([c for c, _ in groupby(path) if c != alphabet.BLANK])


def all_texts(log_probs, alphabet):
    """Text -> (log of the sum over all its paths), of one sample (T, C)."""
    sums = defaultdict(float)
    for path in product(range(alphabet.classes), repeat=len(log_probs)):
        sums[spelled(path, alphabet)] += np.exp(sum(float(log_probs[t, c]) for t, c in enumerate(path)))
    return {text: np.log(p) for text, p in sums.items() if p > 0}


@settings(max_examples=60)
@given(outputs(3))
def test_beam_equals_the_sum_over_all_paths(log_probs):
    for sample, found in zip(log_probs, search_beams(log_probs, AB, **EXACT), strict=True):
        expected = all_texts(sample, AB)
        assert {d.text for d in found} == set(expected)
        for decoded in found:
            assert decoded.log_prob == pytest.approx(expected[decoded.text], abs=1e-4)
        assert [d.log_prob for d in found] == sorted((d.log_prob for d in found), reverse=True)


@settings(max_examples=60)
@given(outputs(4, steps=4))
def test_narrow_beam_with_default_pruning_keeps_below_and_near_the_truth(log_probs):
    alphabet = Alphabet("XYZ")
    for sample, found in zip(log_probs, search_beams(log_probs, alphabet), strict=True):
        expected = all_texts(sample, alphabet)
        assert 1 <= len(found) <= 6
        assert len({d.text for d in found}) == len(found)
        for decoded in found:
            assert decoded.log_prob <= expected[decoded.text] + 1e-4
        assert max(expected.values()) - found[0].log_prob < 0.7


@settings(max_examples=100)
@given(outputs(3))
def test_greedy_is_the_best_single_path(log_probs):
    for sample, decoded in zip(log_probs, decode_greedily(log_probs, AB), strict=True):
        paths = {
            path: sum(float(sample[t, c]) for t, c in enumerate(path)) for path in product(range(3), repeat=len(sample))
        }
        best = max(paths.values())
        assert decoded.log_prob == pytest.approx(best, abs=1e-4)
        assert decoded.text in {spelled(p, AB) for p, value in paths.items() if value > best - 1e-4}
        assert len(decoded.char_confidences) == len(decoded.text)


@settings(max_examples=60)
@given(outputs(3, batch=4))
def test_a_sample_reads_the_same_alone_and_in_a_batch(log_probs):
    for i, together in enumerate(search_beams(log_probs, AB, certain=0.9)):
        (alone,) = search_beams(log_probs[i : i + 1], AB, certain=0.9)
        assert [d.text for d in alone][:1] == [d.text for d in together][:1]
        assert alone[0].log_prob == pytest.approx(together[0].log_prob, abs=1e-6)
        assert decode_greedily(log_probs[i : i + 1], AB) == [decode_greedily(log_probs, AB)[i]]


@settings(max_examples=60)
@given(outputs(3))
def test_confidences_of_the_greedy_text_agree(log_probs):
    for best_path, found in zip(decode_greedily(log_probs, AB), search_beams(log_probs, AB, **EXACT), strict=True):
        same = [d for d in found if d.text == best_path.text]
        assert len(same) == 1
        assert len(same[0].char_confidences) == len(best_path.text)
        # Ties between paths may give the peak to another step, never a higher sum.
        if best_path.log_prob > -1.0:
            assert same[0].char_confidences == pytest.approx(best_path.char_confidences, abs=1e-4)


def path_probs(path, classes, peak=0.97):
    """Log probabilities (1, T, classes) that follow a path."""
    rest = (1 - peak) / (classes - 1)
    probs = np.full((1, len(path), classes), rest, np.float32)
    probs[0, np.arange(len(path)), path] = peak
    return np.log(probs)


def test_equal_neighbours_are_glued_and_blanks_keep_doubles_apart():
    assert decode_greedily(path_probs([1, 1, 0, 1, 2, 2], 3), AB)[0].text == "AAB"
    assert search_beams(path_probs([1, 1, 0, 1, 2, 2], 3), AB)[0][0].text == "AAB"
    assert decode_greedily(path_probs([1, 1, 1, 1, 2, 2], 3), AB)[0].text == "AB"
    assert search_beams(path_probs([0, 0, 0], 3), AB)[0][0].text == ""


def test_a_character_is_as_sure_as_its_surest_step():
    log_probs = np.log(np.array([[[0.1, 0.6, 0.3], [0.05, 0.9, 0.05], [0.2, 0.7, 0.1], [0.4, 0.1, 0.5]]], np.float32))
    assert decode_greedily(log_probs, AB)[0].char_confidences == pytest.approx((0.9, 0.5))
    assert search_beams(log_probs, AB)[0][0].char_confidences == pytest.approx((0.9, 0.5))


def test_beam_finds_the_text_whose_paths_add_up():
    # The best path is all blank (0.36), but the paths to A sum to 0.64 (Graves et al. 2006, figure 2).
    log_probs = np.log(np.array([[[0.6, 0.4, 1e-9], [0.6, 0.4, 1e-9]]], np.float32))
    assert decode_greedily(log_probs, AB)[0].text == ""
    best, second, *_ = search_beams(log_probs, AB)[0]
    assert (best.text, second.text) == ("A", "")
    assert np.exp(best.log_prob) == pytest.approx(0.64, abs=1e-6)


@given(outputs(3))
def test_only_the_least_probable_texts_are_left_out(log_probs):
    for kept, every in zip(search_beams(log_probs, AB, least=0.01), search_beams(log_probs, AB), strict=True):
        assert kept == [text for text in every if text.log_prob >= every[0].log_prob + np.log(0.01)]


@settings(max_examples=60)
@given(outputs(3, batch=3, steps=4), st.lists(st.integers(0, 4), max_size=4))
def test_certain_blanks_are_left_out_and_still_part_what_stands_around_them(log_probs, places):
    blank = np.broadcast_to(np.log(np.array([1 - 2e-6, 1e-6, 1e-6], np.float32)), (len(log_probs), len(places), 3))
    parted = np.insert(log_probs, [min(place, log_probs.shape[1]) for place in places], blank, axis=1)
    for exact, found in zip(
        search_beams(parted, AB, **EXACT), search_beams(parted, AB, **{**EXACT, "certain": 0.99999}), strict=True
    ):
        log_prob_of = {decoded.text: decoded.log_prob for decoded in found}
        for decoded in (decoded for decoded in exact if decoded.log_prob > np.log(1e-3)):
            assert log_prob_of[decoded.text] == pytest.approx(decoded.log_prob, abs=0.02)


def test_a_character_does_not_last_across_a_certain_blank():
    steps = [[0.3, 0.5, 0.2], [1 - 2e-6, 1e-6, 1e-6], [0.05, 0.45, 0.5]]  # A is either the first step's or the last's
    found = search_beams(np.log(np.array([steps], np.float32)), AB)[0]
    (once,) = [decoded for decoded in found if decoded.text == "A"]
    assert once.char_confidences == pytest.approx((0.45,))
    assert np.exp(once.log_prob) == pytest.approx(0.5 * 0.05 + 0.3 * 0.45, abs=1e-4)


def test_squeezing_certain_blanks_changes_next_to_nothing():
    rng = np.random.default_rng(5)
    path = np.where(rng.random(60) < 0.75, 0, rng.integers(1, 11, 60))
    log_probs = path_probs(path, 11, peak=0.9995)
    squeezed = search_beams(log_probs, Alphabet("0123456789"))[0][0]
    exact = search_beams(log_probs, Alphabet("0123456789"), floor=0.0, certain=1.0)[0][0]
    assert squeezed.text == exact.text == spelled(path, Alphabet("0123456789"))
    assert squeezed.log_prob == pytest.approx(exact.log_prob, abs=0.01)


def test_no_samples_and_no_steps():
    assert decode_greedily(np.zeros((0, 5, 3), np.float32), AB) == []
    assert search_beams(np.zeros((0, 5, 3), np.float32), AB) == []
    assert decode_greedily(np.zeros((2, 0, 3), np.float32), AB)[1].text == ""
    assert search_beams(np.zeros((2, 0, 3), np.float32), AB)[1][0].text == ""


@pytest.mark.parametrize("decode", [decode_greedily, search_beams])
def test_a_wrong_shape_is_named(decode):
    with pytest.raises(ValueError, match=r"\(1, 5, 4\).*\(N, T, 3\)"):
        decode(np.zeros((1, 5, 4), np.float32), AB)


def test_a_batch_of_plates_decodes_fast_enough_for_video():
    rng = np.random.default_rng(0)
    path = np.where(rng.random((8, 80)) < 0.7, 0, rng.integers(1, 37, (8, 80)))
    x = rng.normal(0, 1, (8, 80, 37))
    np.put_along_axis(x, path[:, :, None], 9.0, 2)
    log_probs = log_softmax(x)
    search_beams(log_probs, Alphabet())
    start = time.perf_counter()
    search_beams(log_probs, Alphabet())
    assert time.perf_counter() - start < 0.5  # about 0.02 s on a quiet core
