import json

import pytest
import torch

from inference import weights


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder of shipped weights with one file and its manifest, which names another one too."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    path = tmp_path / "detector.safetensors"
    weights.save_tensors(path, {"a": torch.zeros(3)}, {"format": "made up"})
    (tmp_path / "manifest.json").write_text('{"reader": {"file": "reader.safetensors", "sha256": "00"}}')
    weights.enter_in_manifest(path, "detector")
    return path


def test_the_manifest_names_the_shipped_file_and_keeps_its_other_entries(shipped):
    assert weights.shipped_weights("detector") == shipped
    entries = json.loads((shipped.parent / "manifest.json").read_text())
    assert entries["reader"] == {"file": "reader.safetensors", "sha256": "00"}
    assert entries["detector"]["bytes"] == shipped.stat().st_size


def test_a_file_elsewhere_is_not_entered(shipped, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(ValueError, match="does not lie beside"):
        weights.enter_in_manifest(tmp_path / "elsewhere" / "a.safetensors", "detector")


def test_a_changed_file_is_refused_by_name(shipped):
    assert weights.is_trusted(shipped)
    with shipped.open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(ValueError, match=r"detector\.safetensors.*install the program again"):
        weights.shipped_weights("detector")
    assert not weights.is_trusted(shipped)


def test_only_files_among_the_shipped_ones_need_the_manifests_word(shipped, tmp_path):
    own = tmp_path / "own" / "a.safetensors"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    assert weights.is_trusted(own)
    (tmp_path / "stray.safetensors").write_bytes(b"whose?")
    assert not weights.is_trusted(tmp_path / "stray.safetensors")


def test_missing_files_are_named(shipped):
    with pytest.raises(FileNotFoundError, match=r"reader\.safetensors"):
        weights.shipped_weights("reader")
    (shipped.parent / "manifest.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        weights.shipped_weights("detector")
    assert not weights.is_trusted(shipped)


def test_tensors_come_back_in_half_precision_with_their_header(tmp_path):
    path = tmp_path / "some.safetensors"
    weights.save_tensors(path, {"a": torch.tensor([1.5]), "n": torch.tensor([7])}, {"size": "64"})
    assert weights.read_header(path) == {"size": "64"}
    from safetensors.torch import load_file

    state = load_file(path)
    assert state["a"].dtype == torch.float16 and state["n"].dtype == torch.int64


def test_what_is_no_weights_file_is_named(tmp_path):
    (tmp_path / "a.safetensors").write_text("hello")
    with pytest.raises(ValueError, match=r"a\.safetensors is no safetensors file"):
        weights.read_header(tmp_path / "a.safetensors")
    with pytest.raises(FileNotFoundError, match=r"b\.safetensors"):
        weights.read_header(tmp_path / "b.safetensors")


@pytest.mark.parametrize("name", ["detector", "reader"])
def test_the_shipped_weights_are_those_of_the_manifest(name):
    assert weights.shipped_weights(name).stat().st_size <= 12_000_000
