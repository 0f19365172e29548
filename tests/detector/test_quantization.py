import shutil

import cv2
import numpy as np
import pytest

from detector import weights
from detector.__main__ import main
from detector.network_spec import network_spec
from detector.weights import open_weights
from inference.openvino_models import INT8, packed_file
from inference.runtimes.openvino_runtime import OpenVinoRunner
from inference.types import Options

pytest.importorskip("openvino")
pytest.importorskip("nncf")


def integers_of(path):
    return packed_file(network_spec(open_weights(path)), INT8)


def load(path, precision):
    return OpenVinoRunner(network_spec(open_weights(path)), "CPU", Options(1, precision))


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
    assert integers_of(calibrated).stat().st_size < calibrated.stat().st_size
    batch = cv2.imread(str(calibrated.parent / "pictures" / "0.png"))[None]
    whole = load(calibrated, "f32")
    integers = load(calibrated, "int8")
    assert integers.quantized and not whole.quantized
    expected, found = whole.run(batch), integers.run(batch)
    assert found.shape == expected.shape
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9


def test_integers_of_other_weights_and_damaged_ones_are_left_alone(calibrated, tmp_path):
    path = tmp_path / calibrated.name
    state = open_weights(calibrated).state()
    weights.save_weights(path, state, "yolov8n.yaml", 192, 0.01)
    shutil.copy(integers_of(calibrated), integers_of(path))
    assert not load(path, "int8").quantized
    shutil.copy(calibrated, path)
    assert load(path, "int8").quantized
    whole = integers_of(path).read_bytes()
    for spoilt in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        integers_of(path).write_bytes(spoilt)
        assert not load(path, "int8").quantized


def test_a_folder_without_pictures_is_named(calibrated, tmp_path, capsys):
    assert main(["export", "--weights", str(calibrated), "--calibrate", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
