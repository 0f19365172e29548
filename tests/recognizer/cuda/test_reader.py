"""The whole chain on the card against the one on the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.weights import shipped_weights
from recognizer import PlateReader
from recognizer.aligner import WHOLE
from recognizer.checkpoint import describe, load, save
from recognizer.config import UNKNOWN_REGION
from recognizer.cuda import open_cuda_reader
from recognizer.cuda import reader as card
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_noise import photograph_plate
from recognizer.training.train_heads import with_heads


@pytest.fixture(scope="module")
def drawn_plates():
    """Plates as a camera sees them, in crops of several sizes, with the corners and texts that the processor finds.

    Those that it is not sure of are left out: of two texts that are almost as probable as each other half precision may
    well find the other one.
    """
    generator, rng = PlateGenerator(["DE", "US"], seed=11), np.random.default_rng(11)
    crops = [photograph_plate(generator.render(rng)[0], CameraModel(0.3), rng)[0] for _ in range(6)]
    reader = PlateReader(device="torch")
    corners, texts = reader.find_corners(crops), reader.decode(crops)
    sure = [place for place, (best, *_) in enumerate(texts) if np.exp(best.log_prob) > 0.95]
    assert len(sure) >= 4
    return [[of_all[place] for place in sure] for of_all in (crops, corners, texts)]


@pytest.fixture
def crops(drawn_plates):
    return drawn_plates[0]


@pytest.fixture
def corners(drawn_plates):
    return drawn_plates[1]


@pytest.fixture
def expected(drawn_plates):
    return drawn_plates[2]


@pytest.fixture
def reader(device, few):
    return card.CudaReader(shipped_weights("reader"), device, 2, 1e-4)


def only_texts(texts, _logits):
    return texts


def same(ours, theirs, tolerance):
    """Texts of plates that agree in the best one and in how probable it is."""
    assert [texts[0].text for texts in ours] == [texts[0].text for texts in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert np.exp(one[0].log_prob) == pytest.approx(np.exp(other[0].log_prob), abs=tolerance)
        assert one[0].char_confidences == pytest.approx(other[0].char_confidences, abs=tolerance)


def test_the_gpu_reads_what_the_processor_reads(reader, crops, corners, expected):
    quads, texts = reader.find_texts(crops[:4], None, only_texts)  # a batch of three, and one that is filled up to two
    assert np.abs(np.stack(quads) - np.stack(corners[:4])).max() < 0.03
    same(texts, expected[:4], 0.1)


def test_corners_that_are_given_are_taken(reader, crops, corners, expected):
    quads, texts = reader.find_texts(crops[:2], [corners[0], WHOLE], only_texts)
    assert np.array_equal(quads, [corners[0], WHOLE])
    same(texts[:1], expected[:1], 0.05)


def test_of_each_piece_something_is_made_before_the_last_one_came(reader, crops, expected):
    calls = []

    def make(texts, _logits):
        calls.append(len(texts))
        return [best.text for best, *_ in texts]

    assert reader.find_texts(crops[:4], None, make)[1] == [best.text for best, *_ in expected[:4]]
    assert calls == [3, 1]


def test_readings_are_made_of_what_the_gpu_finds(reader, crops, expected, monkeypatch):
    whole = PlateReader(device="torch")
    monkeypatch.setattr(whole, "_cuda", reader)
    readings = whole.read(crops[:3])
    assert [reading.text for reading in readings] == [best.text for best, *_ in expected[:3]]
    assert [texts[0].text for texts in whole.decode(crops[:3])] == [reading.text for reading in readings]


def test_crops_that_are_none_are_told_and_none_are_no_work(reader):
    assert reader.find_texts([], None, only_texts) == ([], [])
    with pytest.raises(ValueError, match="BGR"):
        reader.find_texts([np.zeros((0, 5, 3), np.uint8)], None, only_texts)


def test_pieces_are_bounded_in_number_and_bytes(monkeypatch):
    monkeypatch.setattr(card, "SIZES", (2, 4))
    small, large = np.zeros((10, 10, 3), np.uint8), np.zeros((2000, 1000, 3), np.uint8)
    assert [(p.start, p.stop) for p in card._cut_pieces([small] * 6)] == [(0, 4), (4, 6)]
    monkeypatch.setattr(card, "_ROOM", 2 * card._CROP)
    assert [(p.start, p.stop) for p in card._cut_pieces([large, small, large, large])] == [(0, 2), (2, 4)]
    for crop in (large, np.zeros((1, 10**6, 3), np.uint8), np.zeros((10**6, 1, 3), np.uint8)):
        assert 0 < card._bound_size(crop).size <= card._CROP
    assert card._bound_size(small) is small


def test_the_gpu_is_for_cards_and_for_networks_that_fit(aligned):
    known = describe(aligned)
    assert open_cuda_reader(aligned, known, "openvino", 6, 1e-4) is None
    assert open_cuda_reader(aligned, replace(known, aligner=None), "cuda:0", 6, 1e-4) is None


def test_where_kernels_cannot_be_compiled_the_processor_helps(aligned, monkeypatch, caplog):
    def fail(*args):
        raise RuntimeError("Failed to find C compiler")

    monkeypatch.setattr(card, "CudaReader", fail)
    assert open_cuda_reader(aligned, describe(aligned), "cuda:0", 6, 1e-4) is None
    assert "C compiler" in caplog.text


def test_graphs_give_what_plain_calls_give(crops, few):
    if not torch.cuda.is_available():
        pytest.skip("CUDA graphs need an NVIDIA GPU, and this machine has none")
    with_graphs, plain = (
        card.CudaReader(shipped_weights("reader"), "cuda:0", 6, 1e-4, graphs=graphs) for graphs in (True, False)
    )
    for count in (1, 3, 4):
        same(
            with_graphs.find_texts(crops[:count], None, only_texts)[1],
            plain.find_texts(crops[:count], None, only_texts)[1],
            0.02,
        )


def test_the_application_reads_on_the_gpu(crops, expected, caplog):
    if not torch.cuda.is_available():
        pytest.skip("device cuda:0 needs an NVIDIA GPU, and this machine has none")
    reader = PlateReader(device="cuda:0")
    assert isinstance(reader._cuda, card.CudaReader), caplog.text
    assert not [record for record in caplog.records if record.name.startswith("recognizer")], caplog.text
    same(reader.decode(crops), expected, 0.1)
    texts = [reading.text for reading in reader.read(crops * 70)]  # in pieces of all that a lane takes
    assert texts == [best.text for best, *_ in expected] * 70


def test_a_card_without_triton_is_told(aligned, monkeypatch, caplog):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert open_cuda_reader(aligned, describe(aligned), "cuda:0", 6, 1e-4) is None
    assert "Triton is not installed" in caplog.text


def test_heads_tell_on_the_gpu_what_they_tell_on_the_processor(tmp_path, crops, device, few):
    headed = with_heads(load(shipped_weights("reader")), (UNKNOWN_REGION, "DE", "US-CA"))
    save(headed, tmp_path / "headed.safetensors")
    logits = card.CudaReader(tmp_path / "headed.safetensors", device, 2, 1e-4).find_texts(
        crops[:2], None, lambda _texts, logits: [] if logits is None else list(logits)
    )[1]
    reader = PlateReader(tmp_path / "headed.safetensors", "torch")
    expected = reader._run_network(crops[:2], reader.find_corners(crops[:2]))[1]
    assert np.allclose(np.stack(logits), expected, atol=0.1)
