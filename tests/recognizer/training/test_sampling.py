import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recognizer.config import PRESETS
from recognizer.training.sampling import Mixture, SampleSource, load_batches

CONFIG = replace(PRESETS["tutorial"], characters="AB12")


def numbered(name, size, weight=1.0):
    def draw(index, rng):
        return np.full((8, 16, 3), int(rng.integers(256)), np.uint8), "AB" if name == "a" else "12"

    return SampleSource(name, draw, size, weight)


def test_a_lone_source_is_gone_through_once_an_epoch_in_a_new_order():
    seen = []

    def draw(index, _rng):
        seen.append(index)
        return np.zeros((8, 16, 3), np.uint8), "A"

    mixture = Mixture([SampleSource("a", draw, 10)], CONFIG)
    for k in range(20):
        mixture[k]
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert seen[:10] != seen[10:]


def test_a_sample_depends_on_its_number_only():
    mixture = Mixture([numbered("a", 5), numbered("b", None, 3)], CONFIG, seed=1)
    again = Mixture([numbered("a", 5), numbered("b", None, 3)], CONFIG, seed=1)
    for k in (7, 3, 11):
        mixture[k]
    assert np.array_equal(mixture[42][0], again[42][0])
    assert mixture[42][1] == again[42][1]


def test_weights_set_the_shares():
    mixture = Mixture([numbered("a", 5), numbered("b", 5, 3)], CONFIG)
    share = np.mean([mixture[k][1] == "12" for k in range(800)])
    assert 0.69 < share < 0.81


def test_a_text_that_ctc_cannot_spell_is_an_error_not_a_silent_zero():
    long = SampleSource("long", lambda _i, _r: (np.zeros((8, 16, 3), np.uint8), "A" * 20), 1)
    with pytest.raises(ValueError, match="needs more than"):
        Mixture([long], CONFIG)[0]


def started_midway(workers):
    mixture = Mixture([numbered("a", 50)], CONFIG)
    whole = list(load_batches(mixture, 4, 0, 5, workers))
    rest = list(load_batches(mixture, 4, 3, 5, workers))
    assert len(whole) == 5
    assert len(rest) == 2
    assert np.array_equal(whole[3].images.numpy(), rest[0].images.numpy())
    assert whole[0].targets.tolist() == [1, 2] * 4
    assert whole[0].lengths.tolist() == [2] * 4


def test_batches_start_where_they_are_told():
    started_midway(workers=0)


def test_batches_of_a_worker_process_do_too():
    """In a process of its own: a worker is forked, and a test run that has many threads cannot be forked safely."""
    code = "from tests.recognizer.training.test_sampling import started_midway; started_midway(workers=1)"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=root, timeout=120, check=False)
    assert done.returncode == 0
