import cv2
import numpy as np
import pytest
import torch

from detector.__main__ import main
from detector.weights import open_weights


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Six pictures of bright plates on grey."""
    root = tmp_path_factory.mktemp("set")
    for split, count in (("train", 4), ("val", 2)):
        (root / "images" / split).mkdir(parents=True)
        (root / "labels" / split).mkdir(parents=True)
        for n in range(count):
            image = np.full((96, 128, 3), 80, np.uint8)
            image[30:50, 20 + 8 * n : 80 + 8 * n] = 250
            cv2.imwrite(str(root / "images" / split / f"{n}.png"), image)
            (root / "labels" / split / f"{n}.txt").write_text(
                f"0 {(50 + 8 * n) / 128} {40 / 96} {60 / 128} {20 / 96}\n"
            )
    (root / "data.yaml").write_text(f"path: {root}\ntrain: images/train\nval: images/val\nnames: {{0: plate}}\n")
    return root / "data.yaml"


@pytest.fixture(scope="module")
def trained(data, random_weights, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "first"
    arguments = ["train", "--data", str(data), "--out", str(out), "--weights", str(random_weights)]
    assert main([*arguments, "--epochs", "1", "--size", "96", "--multi-scale", "0", "--batch", "2"]) == 0
    return out


def test_training_leaves_a_checkpoint_of_tensors_and_numbers(trained):
    checkpoint = torch.load(trained / "weights" / "last.pt", weights_only=True)
    assert checkpoint["epoch"] == 0
    assert {"ema_state", "model_state", "optimizer", "architecture"} <= set(checkpoint)


def test_training_goes_on_where_it_stopped(trained, data, capsys):
    arguments = ["train", "--data", str(data), "--out", str(trained), "--resume", "--epochs", "2", "--size", "96"]
    assert main([*arguments, "--multi-scale", "0", "--batch", "2"]) == 0
    said = capsys.readouterr().out
    assert "epoch 2/2" in said and "epoch 1/2" not in said
    assert torch.load(trained / "weights" / "last.pt", weights_only=True)["epoch"] == 1


def test_a_checkpoint_is_exported_and_evaluated(trained, data, tmp_path, capsys):
    out = tmp_path / "weights" / "made.safetensors"
    checkpoint = str(trained / "weights" / "last.pt")
    assert main(["export", "--weights", checkpoint, "--out", str(out), "--size", "96", "--manifest"]) == 0
    assert open_weights(out).size == 96
    assert (out.parent / "manifest.json").is_file()
    assert main(["evaluate", "--data", str(data), "--weights", str(out), "--device", "torch", "--sweep"]) == 0
    assert '"map50":' in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--data", "nowhere.yaml"],
        ["evaluate", "--data", "nowhere.yaml"],
        ["export", "--weights", "nowhere.safetensors", "--out", "x.onnx"],
        ["export", "--weights", "nowhere.safetensors", "--out", "x.docx"],
        ["convert", "--out", "x"],
    ],
)
def test_wrong_input_is_told_in_one_line(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1


def test_weights_to_start_from_that_carry_code_are_refused_and_not_run(data, tmp_path):
    ran = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (open, (str(ran), "w"))

    torch.save({"model": Evil()}, tmp_path / "evil.pt")
    arguments = ["train", "--data", str(data), "--out", str(tmp_path / "out"), "--weights", str(tmp_path / "evil.pt")]
    assert main([*arguments, "--epochs", "1", "--size", "96", "--batch", "2"]) == 2
    assert not ran.exists()
