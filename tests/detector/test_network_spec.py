import numpy as np
import pytest

from detector.network_spec import network_spec
from detector.weights import default_weights, open_weights
from inference import registry
from inference.devices import has_nvidia_driver
from inference.openvino_models import FLOAT, load_packed
from inference.types import Options


@pytest.fixture(scope="module")
def spec(random_weights):
    return network_spec(open_weights(random_weights))


@pytest.fixture(scope="module")
def batch():
    return np.random.default_rng(3).integers(0, 256, (3, 96, 160, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def reference(spec, batch):
    return registry.load(spec, "torch", Options(1)).run(batch)


def test_the_reference_varies_with_the_image(reference):
    assert reference.shape == (3, 65, 12 * 20 + 6 * 10 + 3 * 5)
    assert np.abs(reference[0] - reference[1]).max() > 1e-3


def test_openvino_gives_what_torch_gives(spec, batch, reference):
    pytest.importorskip("openvino")
    found = registry.load(spec, "openvino", Options(1, "f32")).run(batch)
    assert found.shape == reference.shape and found.dtype == np.float32
    assert np.abs(found - reference).max() < 2e-3


def test_tensorrt_gives_what_torch_gives(spec, batch, reference):
    pytest.importorskip("tensorrt")
    if not has_nvidia_driver():
        pytest.skip("TensorRT needs an NVIDIA GPU, and this machine has none")
    assert np.abs(registry.load(spec, "tensorrt").run(batch) - reference).max() < 0.15


def test_openvino_takes_any_batch_and_size(spec):
    pytest.importorskip("openvino")
    runner = registry.load(spec, "cpu", Options(1, "f32"))
    for shape in ((1, 32, 64, 3), (4, 64, 32, 3), (2, 96, 96, 3)):
        anchors = sum(shape[1] // s * (shape[2] // s) for s in (8, 16, 32))
        assert runner.run(np.zeros(shape, np.uint8)).shape == (shape[0], 65, anchors)


@pytest.fixture
def shipped():
    return network_spec(open_weights(default_weights()))


def test_the_shipped_network_lies_ready_to_run(shipped):
    """Else finding plates converts it, for which it needs torch: `python -m detector export --ready --manifest`."""
    openvino = pytest.importorskip("openvino")
    assert load_packed(openvino.Core(), shipped, FLOAT) is not None


def test_what_lies_ready_gives_what_torch_gives(shipped):
    pytest.importorskip("openvino")
    images = np.random.default_rng(0).integers(0, 256, (1, 96, 160, 3), np.uint8)
    expected = registry.load(shipped, "torch", Options(1)).run(images)[:, -1]
    found = registry.load(shipped, "openvino", Options(1, "f32")).run(images)[:, -1]
    assert np.abs(1 / (1 + np.exp(-found)) - 1 / (1 + np.exp(-expected))).max() < 0.01
