import math

import numpy as np
import pytest

from recognizer.training.calibrate import JudgedText, fit_calibration, left_out_error


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_it_finds_the_bend_of_overconfident_readings():
    rng = np.random.default_rng(0)
    raw = rng.normal(3, 2, 20_000)
    right = rng.random(20_000) < sigmoid(0.5 * raw - 0.7)
    calibration = fit_calibration([math.log(p) for p in sigmoid(raw)], right)
    assert calibration.slope == pytest.approx(0.5, abs=0.04)
    assert calibration.offset == pytest.approx(-0.7, abs=0.08)


@pytest.mark.parametrize("right", [[True] * 9, [False] * 9])
def test_it_stays_finite_when_all_are_alike(right):
    calibration = fit_calibration([-0.01, -0.2, -3.0] * 3, right)
    assert math.isfinite(calibration.slope)
    assert math.isfinite(calibration.offset)


def test_nothing_read_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        fit_calibration([], [])


def judged(source, bend, seed, count=4000):
    rng = np.random.default_rng(seed)
    raw = rng.normal(1, 2, count)
    right = rng.random(count) < sigmoid(bend * raw)
    return [JudgedText(math.log(p), bool(good), source) for p, good in zip(sigmoid(raw), right, strict=True)]


def test_the_error_on_a_source_left_out_tells_sources_that_differ():
    alike = left_out_error([*judged("a", 0.7, 1), *judged("b", 0.7, 2)])
    other = left_out_error([*judged("a", 0.7, 1), *judged("b", 0.2, 2)])
    assert alike < 0.02 < 0.08 < other
    assert left_out_error(judged("a", 0.7, 1)) == 1.0, "of a lone source nothing can be left out"
