"""Exported networks compute what torch computes."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch

from recognizer import PlateReader, checkpoint, export
from recognizer.__main__ import main
from recognizer.config import AlignerConfig, NetworkConfig, Stage
from recognizer.network import AlignerNetwork, build_network


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Holds a small network with fresh weights, and its exports: converting takes seconds."""
    torch.manual_seed(0)
    config = NetworkConfig(16, 32, 3, "AB12", (Stage(4, (2, 2)), Stage(8, (2, 1), 1)), lines=2, hidden=8)
    folder = tmp_path_factory.mktemp("export")
    checkpoint.save(checkpoint.Checkpoint(build_network(config), config), folder / "small.safetensors")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("reader.onnx", "reader.xml"):
            assert main(["export", "--weights", str(folder / "small.safetensors"), "--out", str(folder / name)]) == 0
    return folder


@pytest.mark.parametrize("name", ["reader.onnx", "reader.xml"])
def test_an_export_equals_torch_for_any_batch(folder, name):
    import openvino

    original = checkpoint.load(folder / "small.safetensors")
    compiled = openvino.Core().compile_model(folder / name, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for count in (1, 5):
        images = torch.rand(count, 3, 16, 32)
        with torch.inference_mode():
            expected = original.network(images).numpy()
        np.testing.assert_allclose(compiled([images.numpy()])[0], expected, atol=5e-3)


def test_the_description_says_how_to_use_an_export(folder):
    values = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    assert values["alphabet"] == "AB12" and values["blank"] == 0
    assert "(N, 3, 16, 32)" in values["input"] and "(N, 32, 5)" in values["output"]


def test_an_export_that_computes_something_else_is_refused(folder):
    [exported] = export.list_exports(folder / "small.safetensors", folder / "reader.xml")
    with torch.no_grad():
        exported.network.head.bias[1] += 1
    with pytest.raises(ValueError, match=r"reader\.xml: the exported network differs"):
        export.check_export(exported)


def test_networks_ready_to_run_are_named_in_the_manifest_beside(folder, tmp_path, monkeypatch):
    own, path = AlignerConfig(32, 64, (8, 8)), tmp_path / "aligned.safetensors"
    reader = checkpoint.load(folder / "small.safetensors")
    checkpoint.save(replace(reader, aligner=AlignerNetwork(own), aligner_config=own), path)
    assert main(["export", "--weights", str(path), "--ready", "--manifest"]) == 0
    entries = json.loads((tmp_path / "manifest.json").read_text())
    assert {name: entry["file"] for name, entry in entries.items()} == {
        "reader-openvino": "aligned.openvino.safetensors",
        "aligner-openvino": "aligned.aligner.openvino.safetensors",
    }
    monkeypatch.setattr("recognizer.checkpoint.load", None)  # nothing is built any more
    assert PlateReader(path, "cpu").read([np.zeros((20, 60, 3), np.uint8)])


@pytest.mark.parametrize("name", ["plates.onnx", "plates.xml"])
def test_an_aligner_is_written_beside_its_reader(folder, tmp_path, name):
    own = AlignerConfig(32, 64, (8, 8))
    reader = checkpoint.load(folder / "small.safetensors")
    checkpoint.save(replace(reader, aligner=AlignerNetwork(own), aligner_config=own), tmp_path / "aligned.safetensors")
    assert main(["export", "--weights", str(tmp_path / "aligned.safetensors"), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / name.replace("plates", "plates-aligner")).exists()
    assert "(N, 3, 32, 64)" in json.loads((tmp_path / "plates.json").read_text(encoding="utf-8"))["aligner"]


def test_other_endings_are_refused(folder, capsys):
    assert main(["export", "--weights", str(folder / "small.safetensors"), "--out", str(folder / "reader.pt")]) == 1
    assert "must end in .onnx or .xml" in capsys.readouterr().err
