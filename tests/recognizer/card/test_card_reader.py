"""The whole chain on the card against the one on the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from recognizer import PlateReader
from recognizer.align import WHOLE
from recognizer.augment import Camera
from recognizer.card import open_card
from recognizer.card import reader as card
from recognizer.checkpoint import describe
from recognizer.placing import drawn
from recognizer.reader import shipped_weights
from recognizer.synth import PlateGenerator


@pytest.fixture(scope="module")
def crops():
    """Plates as a camera sees them, in crops of several sizes."""
    generator, rng = PlateGenerator(["DE", "US"], seed=11), np.random.default_rng(11)
    return [drawn(generator.render(rng)[0], Camera(0.3), rng)[0] for _ in range(6)]


@pytest.fixture(scope="module")
def expected(crops):
    reader = PlateReader(device="torch")
    return reader.corners(crops), reader.decoded(crops)


@pytest.fixture
def reader(device, few):
    return card.CardReader(shipped_weights(), device, 6, 1e-4)


def same(ours, theirs, tolerance):
    """Texts of plates that agree in the best one and in how probable it is."""
    assert [texts[0].text for texts in ours] == [texts[0].text for texts in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert np.exp(one[0].log_prob) == pytest.approx(np.exp(other[0].log_prob), abs=tolerance)
        assert one[0].char_confidences == pytest.approx(other[0].char_confidences, abs=tolerance)


def test_the_card_reads_what_the_processor_reads(reader, crops, expected):
    quads, texts = reader.look(crops)  # six crops in batches of four and two
    assert np.abs(np.stack(quads) - np.stack(expected[0])).max() < 0.03
    same(texts, expected[1], 0.1)


def test_corners_that_are_given_are_taken(reader, crops, expected):
    quads, texts = reader.look(crops[:3], expected[0][:3])
    assert np.array_equal(quads, expected[0][:3])
    same(texts, expected[1][:3], 0.05)
    assert reader.look(crops[:1], [WHOLE])[0][0].tolist() == WHOLE.tolist()


def test_crops_that_are_none_are_told_and_none_are_no_work(reader):
    assert reader.look([]) == ([], [])
    with pytest.raises(ValueError, match="BGR"):
        reader.look([np.zeros((0, 5, 3), np.uint8)])


def test_pieces_are_bounded_in_number_and_bytes(monkeypatch):
    monkeypatch.setattr(card, "SIZES", (2, 4))
    small, large = np.zeros((10, 10, 3), np.uint8), np.zeros((2000, 1000, 3), np.uint8)
    assert [(p.start, p.stop) for p in card._pieces([small] * 6)] == [(0, 4), (4, 6)]
    monkeypatch.setattr(card, "_ROOM", 2 * card._CROP)
    assert [(p.start, p.stop) for p in card._pieces([large, small, large, large])] == [(0, 2), (2, 4)]
    for crop in (large, np.zeros((1, 10**6, 3), np.uint8), np.zeros((10**6, 1, 3), np.uint8)):
        assert 0 < card._bounded(crop).size <= card._CROP
    assert card._bounded(small) is small


def test_the_card_is_for_cards_and_for_networks_that_fit(aligned):
    known = describe(aligned)
    assert open_card(aligned, known, "openvino", 6, 1e-4) is None
    assert open_card(aligned, replace(known, aligner=None), "cuda:0", 6, 1e-4) is None


def test_where_kernels_cannot_be_compiled_the_processor_helps(aligned, monkeypatch, caplog):
    def fail(*args):
        raise RuntimeError("Failed to find C compiler")

    monkeypatch.setattr(card, "CardReader", fail)
    assert open_card(aligned, describe(aligned), "cuda:0", 6, 1e-4) is None
    assert "C compiler" in caplog.text


def test_graphs_give_what_plain_calls_give(crops, few):
    if not torch.cuda.is_available():
        pytest.skip("CUDA graphs need an NVIDIA GPU, and this machine has none")
    with_graphs, plain = (
        card.CardReader(shipped_weights(), "cuda:0", 6, 1e-4, graphs=graphs) for graphs in (True, False)
    )
    for count in (1, 4, 6):
        same(with_graphs.look(crops[:count])[1], plain.look(crops[:count])[1], 0.02)


def test_the_application_reads_on_the_card(crops, expected, caplog):
    if not torch.cuda.is_available():
        pytest.skip("device cuda:0 needs an NVIDIA GPU, and this machine has none")
    reader = PlateReader(device="cuda:0")
    assert isinstance(reader._card, card.CardReader) and not caplog.records
    same(reader.decoded(crops), expected[1], 0.1)
    assert [reading.text for reading in reader.read(crops * 50)] == [texts[0].text for texts in expected[1]] * 50
