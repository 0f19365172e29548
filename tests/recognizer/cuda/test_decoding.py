"""The GPU's beam search against the processor's."""

import numpy as np
import pytest
import torch

from recognizer.alphabet import Alphabet
from recognizer.ctc import search_beams
from recognizer.cuda.decoding import LONGEST, drop_sure_blanks, read_search_result, search_texts


def outputs(seed, alphabet, samples=2, steps=16, blanks=0.6, sharpness=5.0):
    """Log probabilities as of a network that is sure of most steps and torn in some."""
    rng = np.random.default_rng(seed)
    path = np.where(rng.random((samples, steps)) < blanks, 0, rng.integers(1, alphabet.classes, (samples, steps)))
    logits = rng.normal(0, 1.5, (samples, steps, alphabet.classes))
    peaks = rng.choice([sharpness, 2 * sharpness, 3 * sharpness], (samples, steps, 1))
    np.put_along_axis(logits, path[:, :, None], peaks, 2)
    return torch.from_numpy(logits).log_softmax(2).float()


def on_gpu(log_probs, alphabet, device, texts=6, least=1e-4):
    there = log_probs.to(device)
    used = torch.ones(len(there), dtype=torch.bool, device=device)
    return read_search_result(search_texts(there, used, texts, least), there, alphabet, least)


# Of more characters the processor looks at the best nine in a step, the GPU at all that are not next to impossible.
@pytest.mark.parametrize(("characters", "sharpness"), [("AB", 4.0), ("012345678", 4.0), (Alphabet().characters, 9.0)])
def test_the_gpu_finds_the_texts_that_the_processor_finds(characters, sharpness, device):
    alphabet = Alphabet(characters)
    log_probs = outputs(len(characters), alphabet, sharpness=sharpness)
    expected = search_beams(log_probs.numpy(), alphabet, keep=6, least=1e-4)
    found = on_gpu(log_probs, alphabet, device)
    assert sum(map(len, expected)) > len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert [text.text for text in ours] == [text.text for text in theirs]
        for one, other in zip(ours, theirs, strict=True):
            assert one.log_prob == pytest.approx(other.log_prob, abs=1e-4)
            assert one.char_confidences == pytest.approx(other.char_confidences, abs=1e-4)


def test_paths_to_the_same_text_add_up(device):
    log_probs = torch.tensor([[[0.6, 0.4, 1e-9], [0.6, 0.4, 1e-9]]]).log()
    best, second, *_ = on_gpu(log_probs, Alphabet("AB"), device)[0]
    assert (best.text, second.text) == ("A", "")
    assert np.exp(best.log_prob) == pytest.approx(0.64, abs=1e-6)


def test_texts_too_long_for_the_gpu_are_left_to_the_processor(device):
    alphabet = Alphabet("012345678")
    long = outputs(5, alphabet, samples=1, steps=LONGEST + 8, blanks=0.0, sharpness=9.0)
    short = outputs(6, alphabet, samples=1, steps=LONGEST + 8, blanks=0.9, sharpness=9.0)
    log_probs = torch.cat([short, long, short])
    found = on_gpu(log_probs, alphabet, device, texts=1)
    assert len(found[1][0].text) >= LONGEST > len(found[0][0].text)
    assert found[1] == search_beams(log_probs.numpy()[1:2], alphabet, keep=1, least=1e-4)[0]
    assert found[0] == found[2]


def test_sure_blanks_are_left_out(device):
    sure, torn = [0.9999, 0.0001], [0.5, 0.5]
    log_probs = torch.tensor([[sure, sure, sure, torn, sure, sure], [torn] * 6]).log().to(device)
    steps, counts, offset = drop_sure_blanks(log_probs)
    assert counts.tolist() == [1, 6]
    assert steps[0, 0] == 3 and steps[1].tolist() == [0, 1, 2, 3, 4, 5]
    assert offset.tolist() == pytest.approx([5 * np.log(0.9999), 0.0], abs=1e-6)


def test_a_sure_blank_parts_equal_characters(device):
    alphabet = Alphabet("AB")
    sure, mostly = [0.9998, 1e-4, 1e-4], [0.05, 0.9, 0.05]
    log_probs = torch.tensor([[mostly, sure, mostly], [mostly, mostly, sure], [sure, sure, sure]]).log()
    found = on_gpu(log_probs, alphabet, device)
    assert [texts[0].text for texts in found] == ["AA", "A", ""]
    expected = search_beams(log_probs.numpy(), alphabet, keep=6, least=1e-4)
    for ours, theirs in zip(found, expected, strict=True):
        assert [text.text for text in ours[:2]] == [text.text for text in theirs[:2]]
        assert ours[0].log_prob == pytest.approx(theirs[0].log_prob, abs=1e-5)
    assert found[0][0].char_confidences == pytest.approx((0.9, 0.9))
