from dataclasses import replace

import pytest
import torch

from recognizer import checkpoint as checkpoints
from recognizer.__main__ import main
from recognizer.alphabet import Alphabet
from recognizer.checkpoint import Checkpoint
from recognizer.config import PRESETS, AlignerConfig
from recognizer.network import AlignerNetwork, build_network

CONFIG = replace(PRESETS["tutorial"], hidden=8)


def reader(path, seed, config=CONFIG, aligner=True):
    torch.manual_seed(seed)
    own = (AlignerNetwork(AlignerConfig()), AlignerConfig()) if aligner else (None, None)
    made = Checkpoint(build_network(config), config, notes={"seed": seed}, aligner=own[0], aligner_config=own[1])
    checkpoints.save(made, path)
    return path


def weights(path):
    return checkpoints.load(path).network.state_dict()["head.weight"]


@pytest.mark.parametrize(("shares", "first"), [([], 0.5), (["--shares", "3", "1"], 0.75)])
def test_each_weight_is_the_mean_of_those_given(tmp_path, shares, first):
    a, b, out = reader(tmp_path / "a.st", 1), reader(tmp_path / "b.st", 2), tmp_path / "out.st"
    assert main(["mean", str(a), str(b), "--out", str(out), *shares]) == 0
    assert torch.allclose(weights(out), first * weights(a) + (1 - first) * weights(b), atol=1e-3)
    aligners = [checkpoints.load(path).aligner.state_dict()["head.0.weight"] for path in (a, b, out)]
    assert torch.allclose(aligners[2], first * aligners[0] + (1 - first) * aligners[1], atol=1e-3)
    assert checkpoints.describe(out).notes == {
        "mean_of": [["a.st", first, {"seed": 1}], ["b.st", 1 - first, {"seed": 2}]]
    }


@pytest.mark.parametrize("other", [{"config": CONFIG.with_alphabet(Alphabet("AB"))}, {"aligner": False}])
def test_readers_of_two_kinds_have_no_mean(tmp_path, capsys, other):
    a, b = reader(tmp_path / "a.st", 1), reader(tmp_path / "b.st", 2, **other)
    assert main(["mean", str(a), str(b), "--out", str(tmp_path / "out.st")]) == 1
    assert "b.st: another network" in capsys.readouterr().err
    assert not (tmp_path / "out.st").exists()


@pytest.mark.parametrize("shares", [["1"], ["1", "0"], ["1", "nan"], ["1", "-2"]])
def test_shares_that_are_none_are_told(tmp_path, capsys, shares):
    a, b = reader(tmp_path / "a.st", 1), reader(tmp_path / "b.st", 2)
    assert main(["mean", str(a), str(b), "--out", str(tmp_path / "out.st"), "--shares", *shares]) == 1
    assert "--shares: needs a number above 0 for each of the 2 readers" in capsys.readouterr().err
