import math

import numpy as np
import pytest

from recognizer.config import PRESETS, UNKNOWN_REGION
from recognizer.ctc import Decoded
from recognizer.heads import PlateKind, likely_region, plate_kinds, split_outputs
from recognizer.reader import confirm_region, settle

REGIONS = (UNKNOWN_REGION, "RU", "US-CA", "US-NV")
CONFIG = PRESETS["plates"]


def test_without_heads_nothing_is_known():
    outputs = np.zeros((2, CONFIG.steps, CONFIG.alphabet.classes), np.float32)
    log_probs, logits = split_outputs(outputs, CONFIG)
    assert log_probs is outputs and logits is None
    assert plate_kinds(None, CONFIG, 2) == [PlateKind(1.0, "", 0.0)] * 2


@pytest.mark.parametrize(
    ("probabilities", "region"),
    [
        ([0.1, 0.8, 0.1, 0.0], ("RU", 0.8)),
        ([0.1, 0.3, 0.3, 0.3], ("US", 0.6)),
        ([0.4, 0.3, 0.2, 0.1], ("", 0.0)),
        ([0.9, 0.1, 0.0, 0.0], ("", 0.0)),
    ],
)
def test_a_region_is_told_where_it_is_sure(probabilities, region):
    found, sure = likely_region(np.array(probabilities), REGIONS)
    assert (found, sure) == (region[0], pytest.approx(region[1]))


def decoded(text, probability):
    return Decoded(text, math.log(probability), (0.9,) * len(text))


def test_the_formats_of_a_sure_region_settle_look_alikes_and_equal_texts_are_one():
    texts = [decoded("00010O154", 0.4), decoded("O001OO154", 0.3), decoded("O001OO15", 0.1)]
    best, other = settle(texts, PlateKind(1.0, "RU", 0.95))
    assert (best.text, other.text) == ("O001OO154", "O001OO15")
    assert math.exp(best.log_prob) == pytest.approx(0.7)
    assert settle(texts, PlateKind(1.0, "RU", 0.6)) == texts, "a region that is not sure settles nothing"


def test_a_region_that_the_text_contradicts_is_not_told():
    sure = PlateKind(0.9, "PL", 0.96)
    assert confirm_region("DP0000SS", sure) == PlateKind(0.9, "", 0.0)
    assert confirm_region("WA12345", sure) == sure
