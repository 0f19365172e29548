import math

import numpy as np
import pytest

from recognizer import PlateReader
from recognizer.aligner import WHOLE, are_plausible
from recognizer.ctc import Decoded
from recognizer.test_time_augmentation import HOPELESS, UNSURE, augment_corners, pool_texts
from tests.recognizer.tilted import TILTED, plate_in_scene


def decoded(text, probability):
    return Decoded(text, math.log(probability), tuple(probability for _ in text))


def test_looks_are_other_cuts_of_the_same_plate():
    others = augment_corners(TILTED)
    assert others[-1].tolist() == WHOLE.tolist()
    size = TILTED.max(axis=0) - TILTED.min(axis=0)
    for quad in others[:-1]:
        off = np.abs(quad - TILTED) / size
        assert are_plausible(quad[None]).all() and 0 < off.max() < 0.1


def test_a_text_that_most_looks_find_likely_wins():
    answer = pool_texts([[decoded("A1", 0.6), decoded("AI", 0.3)], [decoded("AI", 0.9)], [decoded("AI", 0.6)]])
    assert [d.text for d in answer] == ["AI", "A1"]
    assert math.exp(answer[0].log_prob) == pytest.approx((0.3 + 0.9 + 0.6) / 3)
    assert answer[0].char_confidences == (0.9, 0.9)


def test_a_text_without_any_probability_is_no_error():
    assert pool_texts([[Decoded("", -math.inf, ())]])[0].log_prob < -600


def scripted(reader, probabilities):
    """Let the network say "A" with the next of the probabilities, else "B", at the first step of each crop."""
    calls = []

    def run(images):
        calls.append(len(images))
        config = reader.config
        probs = np.full((len(images), config.steps, config.alphabet.classes), 1e-12, np.float32)
        probs[:, :, 0] = 1.0
        for i in range(len(images)):
            probs[i, 0, 0] = 1e-12
            probs[i, 0, 11], probs[i, 0, 12] = (p := probabilities.pop(0)), 1 - p  # A and B
        return np.log(probs)

    reader._run = run
    return calls


def test_only_unsure_readings_get_second_looks(aligned):
    reader = PlateReader(aligned, "torch")
    crops = [plate_in_scene(TILTED)] * 3
    extra = len(augment_corners(TILTED))
    calls = scripted(reader, [0.999, 0.6, 0.999] + [0.1] * extra)
    texts = [reading.text for reading in reader.read(crops, thorough=True)]
    assert calls == [3, extra]
    assert texts == ["A", "B", "A"]


def test_nothing_is_looked_at_twice_unless_asked_for_or_where_all_are_sure(aligned):
    reader = PlateReader(aligned, "torch")
    calls = scripted(reader, [0.6, 0.999])
    assert reader.read([plate_in_scene(TILTED)])[0].text == "A"
    assert reader.read([plate_in_scene(TILTED)], thorough=True)[0].confidence > UNSURE
    assert calls == [1, 1]


def test_what_is_hopeless_is_not_looked_at_again(aligned, monkeypatch):
    reader = PlateReader(aligned, "torch")
    calls = scripted(reader, [0.6])
    monkeypatch.setattr(reader, "confidences", lambda log_probs: [HOPELESS / 2 for _ in log_probs])
    reader.read([plate_in_scene(TILTED)], thorough=True)
    assert calls == [1]
