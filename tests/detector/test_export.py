import numpy as np
import pytest

from detector.__main__ import main
from detector.weights import open_weights


def test_exports_for_other_runtimes_give_the_same_logits(random_weights, tmp_path):
    openvino = pytest.importorskip("openvino")
    pytest.importorskip("onnx")
    from detector.network_spec import network_spec
    from inference import registry
    from inference.types import Options

    batch = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), dtype=np.uint8)
    expected = registry.load(network_spec(open_weights(random_weights)), "torch", Options(1)).run(batch)
    for name in ("detector.onnx", "detector.xml"):
        assert main(["export", "--weights", str(random_weights), "--out", str(tmp_path / name)]) == 0
        model = openvino.Core().compile_model(tmp_path / name, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        assert np.abs(model([batch])[0] - expected).max() < 0.05
