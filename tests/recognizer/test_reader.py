from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from inference.files import sha256_of
from recognizer import PlateReader
from recognizer.checkpoint import Calibration, Checkpoint, CheckpointError, load, save
from recognizer.config import PRESETS, UNKNOWN_REGION
from recognizer.network import build_network

CONFIG = replace(PRESETS["plates"], hidden=16)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    torch.manual_seed(1)
    network = build_network(CONFIG)
    with torch.no_grad():  # spread the probabilities, as a trained network does
        network.head.weight *= 30
    path = tmp_path / "reader.safetensors"
    save(Checkpoint(network.eval(), CONFIG, Calibration(0.9, -0.1)), path)
    return path


def crops(count):
    rng = np.random.default_rng(count)
    sizes = rng.integers(8, 200, (count, 2))
    return [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in sizes]


def test_openvino_gives_what_torch_gives(weights):
    pytest.importorskip("openvino")
    on_torch, on_cpu = PlateReader(weights, "torch"), PlateReader(weights, "cpu")
    assert (on_torch.backend, on_cpu.backend) == ("torch", "openvino")
    for count in (1, 5, 8):  # OpenVINO computes in bfloat16, of 8 bits, where the processor has it
        assert np.allclose(on_torch.compute_log_probs(crops(count)), on_cpu.compute_log_probs(crops(count)), atol=0.1)


def test_the_converted_network_is_kept(weights, tmp_path):
    pytest.importorskip("openvino")
    PlateReader(weights, "cpu")
    kept = list((tmp_path / "cache").rglob("reader-*.xml"))
    assert [path.stem for path in kept] == [f"reader-1-{sha256_of(weights)[:16]}"]
    before = kept[0].stat().st_mtime_ns
    PlateReader(weights, "cpu")
    assert kept[0].stat().st_mtime_ns == before


@pytest.mark.parametrize("suffix", [".xml", ".bin"])
def test_a_kept_network_that_was_cut_short_is_converted_again(weights, tmp_path, suffix):
    pytest.importorskip("openvino")
    before = PlateReader(weights, "cpu").read(crops(3))
    [kept] = (tmp_path / "cache").rglob(f"reader-*{suffix}")
    whole = kept.stat().st_size
    kept.write_bytes(kept.read_bytes()[: whole // 2])
    assert PlateReader(weights, "cpu").read(crops(3)) == before
    assert kept.stat().st_size == whole


def test_without_a_place_to_keep_the_network_it_reads_all_the_same(weights, tmp_path):
    """A full disk, or a home folder that cannot be written, is no reason not to read."""
    pytest.importorskip("openvino")
    (tmp_path / "cache").write_text("no folder")
    assert len(PlateReader(weights, "cpu").read(crops(3))) == 3


def test_a_number_without_end_in_a_checkpoint_is_refused_by_name(tmp_path):
    from safetensors.torch import save_file

    good = tmp_path / "good.safetensors"
    save(Checkpoint(build_network(CONFIG), CONFIG), good)
    with safe_open(good, framework="pt") as file:
        metadata = file.metadata() | {"calibration": f"[{'9' * 400}, 0]"}
    save_file({"a": torch.zeros(1)}, tmp_path / "bad.safetensors", metadata)
    with pytest.raises(CheckpointError, match=r"bad\.safetensors"):
        load(tmp_path / "bad.safetensors")


def test_a_batch_reads_as_its_crops_alone(weights):
    reader = PlateReader(weights, "torch")
    together = reader.read(crops(7))
    alone = [reader.read([crop])[0] for crop in crops(7)]
    assert [r.text for r in together] == [r.text for r in alone]
    assert np.allclose([r.confidence for r in together], [r.confidence for r in alone], atol=1e-3)


def headed(tmp_path, monkeypatch):
    """A reader with heads that takes every crop for a plate of Tunisia, whose formats are unknown, at 0.9 each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    torch.manual_seed(1)
    config = replace(CONFIG, regions=(UNKNOWN_REGION, "TN", "FR"))
    network = build_network(config)
    with torch.no_grad():
        network.head.weight *= 30
        network.heads.out.weight.zero_()
        network.heads.out.bias.copy_(torch.tensor([2.1972, 0.0, 2.8904, 0.0]))
    path = tmp_path / "headed.safetensors"
    save(Checkpoint(network.eval(), config), path)
    return path


@pytest.mark.parametrize("device", ["torch", "cpu"])
def test_heads_tell_whether_it_is_a_plate_and_of_which_region(tmp_path, monkeypatch, device):
    reader = PlateReader(headed(tmp_path, monkeypatch), device)
    for count in (1, 8):
        for reading in reader.read(crops(count)):
            assert reading.plate_probability == pytest.approx(0.9, abs=0.01)
            assert (reading.region, reading.region_confidence) == ("TN", pytest.approx(0.9, abs=0.01))
            assert reading.confidence + sum(other.confidence for other in reading.alternatives) <= 0.91
    assert reader.compute_log_probs(crops(2)).shape == (2, reader.config.steps, reader.alphabet.classes)


def test_without_heads_nothing_is_told_of_region_and_plate(weights):
    for reading in PlateReader(weights, "torch").read(crops(2)):
        assert (reading.plate_probability, reading.region, reading.region_confidence) == (1.0, "", 0.0)


def test_one_network_call_for_a_batch(weights):
    reader = PlateReader(weights, "torch")
    calls = []
    run = reader._run
    reader._run = lambda images: calls.append(len(images)) or run(images)
    reader.read(crops(40))
    assert calls == [40]


def test_a_reading_is_well_formed(weights):
    for reading in PlateReader(weights, "torch").read(crops(6)):
        assert len(reading.char_confidences) == len(reading.text)
        assert all(0 <= c <= 1 for c in (*reading.char_confidences, reading.confidence))
        assert len(reading.alternatives) <= 5
        assert reading.text not in {other.text for other in reading.alternatives}
        ranks = [reading.confidence, *(other.confidence for other in reading.alternatives)]
        assert ranks == sorted(ranks, reverse=True)


def test_no_crops_no_readings(weights):
    reader = PlateReader(weights, "torch")
    assert reader.read([]) == []
    assert reader.compute_log_probs([]).shape == (0, CONFIG.steps, CONFIG.alphabet.classes)


def test_confidence_follows_the_calibration(weights):
    reader = PlateReader(weights, "torch")
    least, less, half, most = reader.confidences([-1e9, -1.0, np.log(0.5), 0.0])
    assert half == pytest.approx(1 / (1 + np.exp(0.1)))
    assert 0 < least < less < half < most < 1
    assert reader.confidences([]) == []


def test_unknown_devices_are_named(weights):
    with pytest.raises(ValueError, match="tpu"):
        PlateReader(weights, "tpu")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match=r"device=cuda:0: .*CUDA"):
            PlateReader(weights, "cuda:0")
