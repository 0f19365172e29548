from functools import partial

import numpy as np
import pytest

from inference import registry
from inference.openvino_models import FLOAT, load_packed
from inference.types import Options
from inference.weights import shipped_weights
from recognizer import checkpoint
from recognizer.network_spec import network_specs


@pytest.fixture(scope="module")
def shipped():
    path = shipped_weights("reader")
    return network_specs(path, checkpoint.describe(path))


def test_the_networks_of_a_checkpoint_are_told_apart(aligned):
    reader, aligner = network_specs(aligned, checkpoint.describe(aligned))
    assert (reader.name, aligner.name) == ("reader", "aligner") and reader.sha256 == aligner.sha256
    load = partial(registry.load, device="torch")
    _, channels, height, width = reader.example
    assert load(reader).run(np.zeros((3, height, width, channels), np.uint8)).ndim == 3
    _, channels, height, width = aligner.example
    assert load(aligner).run(np.zeros((3, height, width, channels), np.uint8)).shape == (3, 8)


@pytest.mark.parametrize("place", [0, 1], ids=["reader", "aligner"])
def test_the_shipped_networks_lie_ready_to_run(shipped, place):
    """Else reading converts them, for which it needs torch: run `python -m recognizer export --ready --manifest`."""
    openvino = pytest.importorskip("openvino")
    assert load_packed(openvino.Core(), shipped[place], FLOAT) is not None


@pytest.mark.parametrize("place", [0, 1], ids=["reader", "aligner"])
def test_what_lies_ready_gives_what_torch_gives(shipped, place):
    pytest.importorskip("openvino")
    spec = shipped[place]
    _, channels, height, width = spec.example
    images = np.random.default_rng(0).integers(0, 256, (3, height, width, channels), np.uint8)
    expected = registry.load(spec, "torch", Options(1)).run(images)
    found = registry.load(spec, "openvino", Options(1, "f32")).run(images)
    # Log probabilities below -4 are those of nothing that is read; the heads' logits are compared as they are.
    assert np.abs(np.maximum(found, -4) - np.maximum(expected, -4)).max() < 0.05
