import numpy as np
import pytest

from inference.modules import build_for_images, example_of
from inference.onnx import export_onnx

openvino = pytest.importorskip("openvino")
pytest.importorskip("onnx")


def test_the_free_axes_stay_free(tiny, tmp_path):
    path = tmp_path / "folder" / "net.onnx"
    export_onnx(tiny.spec, build_for_images(tiny.spec), example_of(tiny.spec), path, "logits")
    compiled = openvino.Core().compile_model(path, "CPU")
    assert compiled.input(0).any_name == "images" and compiled.output(0).any_name == "logits"
    for shape in ((1, 32, 32, 3), (3, 64, 48, 3)):
        assert compiled([np.zeros(shape, np.uint8)])[0].shape == (shape[0], 5, shape[1] // 4 * (shape[2] // 4))


def test_without_the_onnx_package_it_says_what_to_install(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install onnx"):
        export_onnx(tiny.spec, tiny.spec.build(), example_of(tiny.spec), tmp_path / "a.onnx", "logits")
