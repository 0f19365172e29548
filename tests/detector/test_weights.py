import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from detector import export, weights


def test_weights_come_back_in_half_precision_with_their_header(tmp_path):
    path = tmp_path / "some.safetensors"
    weights.save_weights(path, {"a": torch.tensor([1.5, 2.0]), "n": torch.tensor([7])}, "yolov8n.yaml", 640, 0.25)
    opened = weights.open_weights(path)
    assert (opened.architecture, opened.size, opened.threshold) == ("yolov8n.yaml", 640, 0.25)
    state = opened.state()
    assert state["a"].dtype == torch.float16 and state["a"].tolist() == [1.5, 2.0]
    assert state["n"].dtype == torch.int64


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code from a weights file was run')",))


@pytest.mark.parametrize("kind", ["pickle", "checkpoint", "text"])
def test_files_of_another_kind_are_refused_and_never_run(tmp_path, kind):
    path = tmp_path / "evil.safetensors"
    if kind == "pickle":
        path.write_bytes(pickle.dumps(Evil()))
    elif kind == "checkpoint":
        torch.save({"model": Evil()}, path)
    else:
        path.write_text("hello")
    with pytest.raises(ValueError, match="python -m detector export"):
        weights.open_weights(path)


def test_a_checkpoint_with_code_is_refused_by_export(tmp_path):
    path = tmp_path / "evil.pt"
    torch.save({"ema_state": Evil()}, path)
    with pytest.raises(ValueError, match=r"evil\.pt.*carries code"):
        export.from_checkpoint(path, tmp_path / "out.safetensors", 640, 0.3)


@pytest.mark.parametrize("architecture", ["http://evil.example/yolov8n.yaml", "../../evil.yaml", "/tmp/yolov8n.yaml"])
def test_an_architecture_is_a_name_and_never_an_address_or_a_path(tmp_path, architecture):
    path = tmp_path / "some.safetensors"
    weights.save_weights(path, {"a": torch.zeros(3)}, architecture, 640, 0.3)
    with pytest.raises(ValueError, match=r"some\.safetensors.*architecture"):
        weights.open_weights(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.safetensors"):
        weights.open_weights(tmp_path / "nothing.safetensors")


def test_the_shipped_weights_are_those_of_the_manifest_and_small_enough():
    path = weights.default_weights()
    assert path.stat().st_size <= 12_000_000
    assert weights.open_weights(path).size % 32 == 0


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, detector; print([m for m in ('torch', 'ultralytics', 'openvino', 'cv2') if m in sys.modules])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
