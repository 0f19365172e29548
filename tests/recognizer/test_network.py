from dataclasses import replace

import pytest
import torch

from recognizer.config import PRESETS, UNKNOWN_REGION, NetworkConfig
from recognizer.heads import split_outputs
from recognizer.network import CRNN, build_network, count_trainable


def test_tutorial_2017_has_the_weights_of_the_tutorial():
    assert count_trainable(build_network(PRESETS["tutorial-2017"])) == 4_857_319


def test_tutorial_2017_begins_as_keras_began():
    weights = dict(build_network(PRESETS["tutorial-2017"]).named_parameters())
    recurrent = weights["first.weight_hh_l0"].detach()
    assert torch.allclose(recurrent.T @ recurrent, torch.eye(512), atol=1e-4)
    assert weights["second.weight_ih_l0"].std().item() == pytest.approx((2 / 512) ** 0.5, rel=0.05)
    assert not any(value.any() for name, value in weights.items() if "bias" in name)


def test_ours_is_small():
    assert count_trainable(build_network(PRESETS["tutorial"])) < 300_000


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_gives_probabilities_for_each_step(name):
    config = PRESETS[name]
    network = build_network(config).eval()
    log_probs = network(torch.rand(2, config.channels, config.height, config.width))
    assert log_probs.shape == (2, config.steps, config.alphabet.classes)
    assert torch.allclose(log_probs.exp().sum(2), torch.ones(2, config.steps), atol=1e-4)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_config_survives_being_written(name):
    assert NetworkConfig.from_dict(PRESETS[name].to_dict()) == PRESETS[name]


def test_the_tutorial_network_drops_the_first_two_steps():
    assert PRESETS["tutorial-2017"].steps == 128 // 4 - 2


def test_each_line_is_pooled_from_its_own_rows():
    network = build_network(PRESETS["plates"])
    assert isinstance(network, CRNN)
    features = torch.zeros(1, 192, 4, 40)
    features[:, :, 0] = 1.0
    torch.nn.init.zeros_(network.lines.score.weight)
    torch.nn.init.zeros_(network.lines.score.bias)
    lines = network.lines(features)
    assert lines.shape == (1, 80, 192)
    assert torch.allclose(lines, torch.full_like(lines, 0.25)), "equal weights must average the four rows"


def test_an_unknown_architecture_is_named():
    with pytest.raises(ValueError, match="vit"):
        build_network(NetworkConfig(32, 32, 1, "AB", architecture="vit"))


def headed(**values):
    return replace(PRESETS["plates"], hidden=16, regions=(UNKNOWN_REGION, "DE", "US-CA"), **values)


def test_with_regions_the_logits_follow_the_steps():
    config = headed()
    network = build_network(config).eval()
    outputs = network(torch.rand(2, 3, config.height, config.width)).detach()
    assert outputs.shape == (2, config.steps + 1, config.alphabet.classes)
    log_probs, logits = split_outputs(outputs, config)
    assert torch.allclose(log_probs.exp().sum(2), torch.ones(2, config.steps), atol=1e-4)
    assert torch.equal(logits, outputs[:, -1, :4])


def test_many_regions_take_several_rows():
    config = replace(headed(), regions=tuple(f"R{i}" for i in range(100)))
    assert config.head_rows == 3
    assert build_network(config).eval()(torch.rand(1, 3, 64, 160)).shape == (
        1,
        config.steps + 3,
        config.alphabet.classes,
    )


def test_a_config_written_before_there_were_regions_is_read():
    values = PRESETS["plates"].to_dict()
    del values["regions"]
    assert NetworkConfig.from_dict(values) == PRESETS["plates"]
    assert NetworkConfig.from_dict(headed().to_dict()) == headed()


def test_dropout_takes_whole_features_and_only_in_training():
    network = build_network(headed(dropout=0.5))
    sequence = torch.ones(8, 10, 64)
    dropped = network.train().feature_drop(sequence)
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert torch.equal(network.eval().feature_drop(sequence), sequence)
