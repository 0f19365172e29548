import pickle
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from recognizer.checkpoint import Calibration, Checkpoint, CheckpointError, load, save
from recognizer.config import PRESETS
from recognizer.network import build_network

CONFIG = replace(PRESETS["tutorial"], characters="AB12")


@pytest.fixture
def path(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "reader.safetensors"
    save(Checkpoint(build_network(CONFIG), CONFIG, Calibration(0.8, -0.2), {"data": ["made up"]}), path)
    return path


def test_what_is_saved_comes_back(path):
    loaded = load(path)
    assert loaded.config == CONFIG
    assert loaded.calibration == Calibration(0.8, -0.2)
    assert loaded.notes == {"data": ["made up"]}
    torch.manual_seed(0)
    same = build_network(CONFIG).eval()
    x = torch.rand(2, 1, 32, 128)
    assert torch.allclose(loaded.network(x), same(x), atol=0.02), "float16 rounding only"


def test_a_pickle_is_refused_and_its_code_not_run(tmp_path):
    ran = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (open, (str(ran), "w"))

    path = tmp_path / "evil.safetensors"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError, match="evil"):
        load(path)
    torch.save({"model": Evil()}, path)
    with pytest.raises(CheckpointError, match="evil"):
        load(path)
    assert not ran.exists()


@pytest.mark.parametrize("keep", [0, 7, 100, 2000])
def test_a_cut_file_is_named(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=path.name):
        load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        load(tmp_path / "nowhere.safetensors")


def test_a_foreign_safetensors_file_is_refused(path):
    save_file(load_file(path), path, {"format": "something else"})
    with pytest.raises(CheckpointError, match="something else"):
        load(path)


def test_weights_of_another_network_are_refused(path):
    import json

    other = json.dumps(replace(CONFIG, hidden=32).to_dict())
    save_file(
        load_file(path),
        path,
        {"format": "platescribe-reader-1", "network": other, "blank": "0", "calibration": "[1,0]", "notes": "{}"},
    )
    with pytest.raises(CheckpointError, match=path.name):
        load(path)


@pytest.mark.parametrize("greedy", [{"hidden": 10**9}, {"layers": 10**9}, {"height": 2**40}, {"channels": 2.5}])
@pytest.mark.timeout(30)
def test_a_file_that_asks_for_too_large_a_network_is_refused_at_once(path, greedy):
    import json

    metadata = {"format": "platescribe-reader-1", "blank": "0", "calibration": "[1,0]", "notes": "{}"}
    save_file(load_file(path), path, {**metadata, "network": json.dumps({**CONFIG.to_dict(), **greedy})})
    with pytest.raises(CheckpointError, match=rf"{path.name}.*no whole number from 1 to"):
        load(path)


def test_a_large_network_takes_no_memory_before_its_weights_have_proved_to_fit(path):
    import json
    import resource

    huge = replace(CONFIG, hidden=2048, layers=16).to_dict()  # 3.7 GB of weights
    metadata = {"format": "platescribe-reader-1", "blank": "0", "calibration": "[1,0]", "notes": "{}"}
    save_file(load_file(path), path, {**metadata, "network": json.dumps(huge)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CheckpointError, match=path.name):
        load(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
