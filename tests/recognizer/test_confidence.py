import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.checkpoint import Calibration
from recognizer.confidence import calibrate, posterior

CALIBRATIONS = st.builds(Calibration, st.floats(0.2, 3), st.floats(-3, 3))
SHARES = st.lists(st.floats(0.001, 1), min_size=1, max_size=6).map(lambda v: sorted(x / sum(v) for x in v)[::-1])


@given(SHARES, st.floats(0.05, 1), CALIBRATIONS, st.floats(0, 1))
def test_the_texts_of_a_crop_share_one_whole(
    shares: list[float], listed: float, calibration: Calibration, plate: float
) -> None:
    found = posterior([math.log(share * listed) for share in shares], calibration, plate)
    assert len(found) == len(shares)
    assert all(value >= 0 for value in found) and sum(found) <= plate + 1e-9
    assert all(first >= second - 1e-12 for first, second in pairwise(found))


def test_the_likeliest_text_is_calibrated_and_the_others_divide_what_it_leaves() -> None:
    found = posterior([math.log(0.6), math.log(0.2), math.log(0.1)], Calibration(1.0, 1.0))
    best = 1 / (1 + math.exp(-(math.log(0.6 / 0.4) + 1)))
    assert found == pytest.approx([best, (1 - best) * 0.5, (1 - best) * 0.25])


def test_what_is_surely_no_plate_has_no_text() -> None:
    assert posterior([math.log(0.9)], Calibration(), 0.0) == [0.0]
    assert posterior([], Calibration()) == []


def test_probabilities_at_the_edges_stay_finite() -> None:
    assert np.isfinite(calibrate([-1e9, 0.0], Calibration(2.0, 1.0))).all()
    assert posterior([0.0, -800.0], Calibration())[0] == pytest.approx(1, abs=1e-5)
