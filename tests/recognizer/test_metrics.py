"""Figures against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.metrics import measure_reliability, score_texts

plates = st.text("AB01OI", max_size=6)


def test_scores_count_whole_plates_and_characters():
    scores = score_texts(["AB12", "ABO1", "AB", ""], ["AB12", "AB0I", "ABC", "X"])
    assert scores.exact == 0.25
    assert scores.folded == 0.5
    assert scores.cer == pytest.approx((0 + 2 + 1 + 1) / 12)
    assert scores.count == 4
    assert "25.00%" in scores.line() and "4 plates" in scores.line()


def test_scores_of_nothing_are_zero():
    assert score_texts([], []) == score_texts([], [])
    assert score_texts([], []).exact == 0.0
    assert score_texts(["A"], [""]).cer == 1.0


def test_unequal_numbers_are_refused():
    with pytest.raises(ValueError, match=r"length|shorter|many"):
        score_texts(["A"], [])


@given(st.lists(st.tuples(plates, plates), min_size=1, max_size=8))
def test_folding_never_lowers_a_score(pairs):
    scores = score_texts([a for a, _ in pairs], [b for _, b in pairs])
    assert 0 <= scores.exact <= scores.folded <= 1
    assert scores.cer >= 0


def test_a_confidence_that_keeps_its_word_has_no_calibration_error():
    found = measure_reliability([0.75] * 4 + [0.25] * 4, [True, True, True, False, False, False, False, True])
    assert found.error == pytest.approx(0)
    assert [b.count for b in found.bins] == [0, 0, 4, 0, 0, 0, 0, 4, 0, 0]
    assert "0.7-0.8" in found.table() and "0.0-0.1" not in found.table()


def test_calibration_error_is_the_mean_gap():
    found = measure_reliability([1.0, 1.0, 0.5, 0.0], [True, False, True, False])
    assert found.error == pytest.approx((2 * 0.5 + 0.5 + 0) / 4)
    assert found.bins[9].accuracy == 0.5
    assert found.bins[0].count == 1


def test_calibration_of_an_honest_confidence_is_near_zero():
    rng = np.random.default_rng(1)
    said = rng.random(20000)
    assert measure_reliability(said, rng.random(20000) < said).error < 0.02
    assert measure_reliability(said**3, rng.random(20000) < said).error > 0.2


def test_confidences_outside_zero_to_one_are_refused():
    with pytest.raises(ValueError, match="outside 0 to 1"):
        measure_reliability([1.2], [True])
    assert measure_reliability([], []).error == 0.0
