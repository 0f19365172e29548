import os
import signal
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from recognizer import checkpoint
from recognizer.config import PRESETS
from recognizer.metrics import Scores
from recognizer.training.sampling import SampleSource
from recognizer.training.trainer import Trainer, TrainingPlan

CONFIG = replace(PRESETS["tutorial"], characters="0123456789", hidden=32)


@pytest.fixture(autouse=True)
def one_thread():
    """On a busy machine several threads wait for one another a hundred times longer than they compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def plate(text):
    image = np.full((32, 128, 3), 255, np.uint8)
    cv2.putText(image, text, (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    return image


def draw(_index, rng, characters="0123456789", length=4):
    text = "".join(rng.choice(list(characters), length))
    return plate(text), text


def trainer(out=None, config=CONFIG, **plan):
    validation = [(plate(text), text) for text in ("1234", "5678", "9001", "3344")]
    return Trainer(
        config,
        TrainingPlan(**{"batch": 8, "epoch": 4, "workers": 0, **plan}),
        [SampleSource("made", draw, None)],
        validation,
        out,
    )


def test_the_rate_rises_and_falls():
    plan = TrainingPlan(steps=100, rate=1.0, warmup=0.1, decay=0.5)
    rates = [plan.rate_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == 1.0
    assert rates[-1] == pytest.approx(0.02)
    assert rates[10:50] == [1.0] * 40


def test_it_learns_to_read():
    training = trainer(steps=300, batch=32, epoch=300, rate=1e-2, warmup=0.2)
    training.sources = [SampleSource("made", lambda i, rng: draw(i, rng, "0147", 3), None)]
    training.validation = [(plate(text), text) for text in ("041", "774", "100", "417")]
    assert training.run().exact >= 0.75, "four digits of one typeface must be learnt in 300 steps"


ALONE = "PLATESCRIBE_TEST_ALONE"


def stopped_at(step, how):
    def report(progress):
        if progress.step == step:
            how()

    return report


def same_weights(one, other):
    theirs = other.network.state_dict()
    return [name for name, value in one.network.state_dict().items() if not torch.equal(value, theirs[name])] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_at_the_same_step_and_ends_like_a_whole_one(tmp_path, number):
    if ALONE not in os.environ:  # the signal might end a process that has other tests to do
        alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {ALONE: "1"}
        again = f"{__file__}::test_an_interrupted_run_goes_on_at_the_same_step_and_ends_like_a_whole_one[{number}]"
        command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", again]
        done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return
    config = replace(CONFIG, dropout=0.2)  # what dropout draws must be the same too
    whole = trainer(tmp_path / "whole", config, steps=8)
    whole.run()
    before = signal.getsignal(number)
    first = trainer(tmp_path / "parts", config, steps=8)
    with pytest.raises(KeyboardInterrupt):
        first.run(stopped_at(6, lambda: signal.raise_signal(number)))
    assert signal.getsignal(number) is before
    second = trainer(tmp_path / "parts", config, steps=8)
    assert second.resume()
    assert second.step == 6
    second.run()
    assert same_weights(whole, second)


def test_a_run_that_died_goes_on_at_its_last_epoch_and_ends_like_a_whole_one(tmp_path):
    whole = trainer(tmp_path / "whole", steps=8)
    whole.run()

    class Died(Exception):
        pass

    def die():
        raise Died

    with pytest.raises(Died):
        trainer(tmp_path / "parts", steps=8).run(stopped_at(6, die))
    second = trainer(tmp_path / "parts", steps=8)
    assert second.resume()
    assert second.step == 4
    second.run()
    assert same_weights(whole, second)


def test_a_run_that_is_at_its_end_only_validates_when_resumed(tmp_path):
    scores = trainer(tmp_path, steps=4).run()
    again = trainer(tmp_path, steps=4)
    assert again.resume()
    assert again.run() == scores and scores.count == 4


def test_files_of_a_run(tmp_path):
    trainer(tmp_path, steps=4).run()
    assert checkpoint.load(tmp_path / "best.safetensors").config == CONFIG
    assert (tmp_path / "metrics.csv").read_text().startswith("step,loss,exact,folded,cer")
    assert cv2.imread(str(tmp_path / "curves.png")) is not None


def test_fine_tuning_starts_from_the_weights_given(tmp_path):
    trainer(tmp_path, steps=4).run()
    tuned = trainer(steps=4)
    tuned.start_from(tmp_path / "last.safetensors")
    saved = checkpoint.load(tmp_path / "last.safetensors").network.state_dict()
    assert all(torch.equal(tuned.network.state_dict()[name], value) for name, value in saved.items())


def test_weights_that_do_not_fit_are_named(tmp_path):
    trainer(tmp_path, steps=4).run()
    other = Trainer(replace(CONFIG, hidden=16), TrainingPlan(steps=1), [SampleSource("made", draw, None)], [])
    with pytest.raises(checkpoint.CheckpointError, match="last"):
        other.start_from(tmp_path / "last.safetensors")


def test_a_state_that_carries_code_is_refused_by_name_and_not_run(tmp_path):
    ran = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (open, (str(ran), "w"))

    torch.save({"network": Evil()}, tmp_path / "last.pt")
    with pytest.raises(checkpoint.CheckpointError, match=r"last\.pt.*carries code"):
        trainer(tmp_path, steps=1).resume()
    assert not ran.exists()


def test_the_average_is_what_is_validated_and_saved_and_survives_a_resume(tmp_path):
    whole = trainer(tmp_path / "whole", steps=8, epoch=4, average=0.9)
    whole.run()
    weights, averaged = whole.network.state_dict(), whole.averaged.state_dict()
    assert any(not torch.equal(weights[name], averaged[name]) for name in weights)
    saved = checkpoint.load(tmp_path / "whole" / "last.safetensors").network.state_dict()
    assert all(torch.allclose(saved[name].float(), averaged[name].float(), atol=2e-2, rtol=1e-2) for name in saved)
    again = trainer(tmp_path / "whole", steps=8, epoch=4, average=0.9)
    assert again.resume()
    assert all(torch.equal(value, averaged[name]) for name, value in again.averaged.state_dict().items())


def test_what_was_known_and_is_unlearnt_counts_against_a_network():
    training = trainer(steps=1)
    training._known_before = 0.8
    own = Scores(0.9, 0.9, 0.0, 10)
    assert training.merit(own, Scores(0.5, 0.5, 0.0, 10)) == pytest.approx(0.6)
    assert training.merit(own, Scores(0.9, 0.9, 0.0, 10)) == pytest.approx(0.9)
