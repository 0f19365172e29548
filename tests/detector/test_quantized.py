import json
import shutil

import cv2
import numpy as np
import pytest

from detector import export, quantized, weights
from detector.__main__ import main
from detector.backends import OpenVinoBackend, integers_pay
from detector.weights import open_weights

pytest.importorskip("openvino")
pytest.importorskip("nncf")


@pytest.fixture(scope="module")
def calibrated(random_weights, tmp_path_factory):
    """Weights with their integers beside, made by the command."""
    folder = tmp_path_factory.mktemp("calibrated")
    path = folder / "random.safetensors"
    shutil.copy(random_weights, path)
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(1)
    for number in range(4):
        picture = cv2.resize(rng.integers(0, 256, (12, 20, 3), dtype=np.uint8), (160, 96))
        cv2.imwrite(str(folder / "pictures" / f"{number}.png"), picture)
    assert main(["export", "--weights", str(path), "--calibrate", str(folder / "pictures")]) == 0
    return path


def test_integers_give_nearly_what_the_float_network_gives_in_a_smaller_file(calibrated):
    assert quantized.place_of(calibrated).stat().st_size < calibrated.stat().st_size
    batch = cv2.imread(str(calibrated.parent / "pictures" / "0.png"))[None]
    whole = OpenVinoBackend(open_weights(calibrated), 1, "f32")
    integers = OpenVinoBackend(open_weights(calibrated), 1, "int8")
    assert integers.quantized and not whole.quantized
    expected, found = whole.infer(batch), integers.infer(batch)
    assert found.shape == expected.shape
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    ("can", "pays"), [(["FP32", "INT8"], True), (["FP32", "BF16", "INT8"], False), (["FP32"], False)]
)
def test_integers_are_chosen_where_the_processor_has_them_but_no_bfloat16(can, pays):
    class Core:
        def get_property(self, device, name):
            assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
            return can

    assert integers_pay(Core()) is pays


def test_integers_of_other_weights_and_damaged_ones_are_left_alone(calibrated, tmp_path):
    path = tmp_path / calibrated.name
    state = open_weights(calibrated).state()
    weights.save_weights(path, state, "yolov8n.yaml", 192, 0.01)
    shutil.copy(quantized.place_of(calibrated), quantized.place_of(path))
    assert not OpenVinoBackend(open_weights(path), 1, "int8").quantized
    shutil.copy(calibrated, path)
    assert OpenVinoBackend(open_weights(path), 1, "int8").quantized
    whole = quantized.place_of(path).read_bytes()
    for spoilt in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        quantized.place_of(path).write_bytes(spoilt)
        assert not OpenVinoBackend(open_weights(path), 1, "int8").quantized


def test_among_the_shipped_files_only_what_the_manifest_names_is_taken(calibrated, tmp_path, monkeypatch):
    path = tmp_path / calibrated.name
    shutil.copy(calibrated, path)
    shutil.copy(quantized.place_of(calibrated), quantized.place_of(path))
    monkeypatch.setattr(quantized, "ASSETS", tmp_path)
    assert not OpenVinoBackend(open_weights(path), 1, "int8").quantized
    export.enter_in_manifest(quantized.place_of(path), tmp_path / "manifest.json", "detector-int8")
    assert list(json.loads((tmp_path / "manifest.json").read_text())) == ["detector-int8"]
    assert OpenVinoBackend(open_weights(path), 1, "int8").quantized


def test_a_folder_without_pictures_is_named(calibrated, tmp_path, capsys):
    assert main(["export", "--weights", str(calibrated), "--calibrate", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
