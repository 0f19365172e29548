"""Plates whose text is written in another order than it stands."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer import PlateReader
from recognizer.alphabet import FIRST, LATIN, Alphabet, write_in_order
from recognizer.ctc import Decoded
from recognizer.formats import fits_region, load_formats
from recognizer.patterns import PatternError, parse_pattern
from recognizer.synthesis.generator import PlateGenerator, write_dataset
from recognizer.text_order import reorder_texts
from recognizer.training.datasets import load

TEXTS = st.text(LATIN, max_size=8)


@given(TEXTS, TEXTS)
def test_what_follows_the_sign_is_written_first(before, after):
    assert write_in_order(before + FIRST + after) == after + before
    assert write_in_order(before) == before
    assert FIRST not in write_in_order(f"{before}{FIRST}{after}{FIRST}{before}")


@given(TEXTS, TEXTS)
def test_only_a_network_with_the_sign_spells_a_plate_as_it_stands(before, after):
    standing = before + FIRST + after
    assert Alphabet(LATIN + FIRST).spelling(standing) == standing
    assert Alphabet().spelling(standing) == after + before
    assert Alphabet(LATIN + FIRST).spelling(before) == before


@given(st.text(LATIN + FIRST, max_size=10))
def test_each_character_keeps_its_confidence(standing):
    confidences = tuple((LATIN + FIRST).index(sign) / 100 for sign in standing)
    (found,) = reorder_texts([Decoded(standing, -0.5, confidences)])
    assert found.text == write_in_order(standing) and found.log_prob == pytest.approx(-0.5)
    assert [round(100 * c) for c in found.char_confidences] == [LATIN.index(sign) for sign in found.text]


def test_texts_that_become_the_same_are_one():
    texts = [("01A", 0.3), ("A<01", 0.4), ("A<07", 0.2)]
    found = reorder_texts([Decoded(text, math.log(p), (p,) * len(text)) for text, p in texts])
    assert [d.text for d in found] == ["01A", "07A"]
    assert math.exp(found[0].log_prob) == pytest.approx(0.7)
    assert found[0].char_confidences == (0.4, 0.4, 0.4), "those of the likelier one"


def test_a_reading_is_in_order(aligned):
    reader = PlateReader(aligned, "torch")
    alphabet = reader.alphabet
    assert FIRST in alphabet.characters
    path = alphabet.encode("G063NB<01")
    output = np.full((1, reader.config.steps, alphabet.classes), math.log(1e-4), np.float32)
    output[0, :, Alphabet.BLANK] = 0.0
    output[0, np.arange(len(path)) * 2, Alphabet.BLANK] = math.log(1e-4)
    output[0, np.arange(len(path)) * 2, path] = 0.0
    reader._run = lambda pictures: output
    (reading,) = reader.read([np.full((40, 60, 3), 90, np.uint8)])
    assert reading.text == "01G063NB" and len(reading.char_confidences) == 8
    assert not any(FIRST in other.text for other in reading.alternatives)


def test_a_label_may_say_how_the_plate_stands(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "plates.csv").write_text("image_path,plate_text\na.png,G063NB<01\n")
    (sample,) = load(tmp_path / "plates.csv", alphabet=Alphabet()).samples
    assert sample.text == "01G063NB" and sample.standing == "G063NB<01"
    assert FIRST in load(tmp_path / "plates.csv").alphabet.characters


def test_formats_whose_small_lettering_is_written_first_stand_with_the_sign(tmp_path):
    generator = PlateGenerator(["UZ-2"], seed=3)
    for _ in range(20):
        standing = generator.render()[1]
        assert standing[-3] == FIRST and fits_region(write_in_order(standing), "UZ-2")
    others = [p for plate in load_formats() if plate.code != "UZ-2" for p in plate.patterns]
    assert not any(FIRST in p.text_of(p.sample(Random(1))) for p in others)
    samples = write_dataset(generator, tmp_path, 5)
    assert all(fits_region(sample.text, "UZ-2") for sample in samples), "what is written for others says no sign"


@pytest.mark.parametrize("source", ["(01) A 99", "A (01) 99", "A 99", "(01)"])
def test_small_lettering_that_is_written_first_stands_last(source):
    with pytest.raises(PatternError, match="small lettering at its end"):
        parse_pattern(source, "B", "7", {}, small_first=True)
