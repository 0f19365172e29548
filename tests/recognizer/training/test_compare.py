"""A network trained and measured on a few plates by one command, as each of several is."""

import json

import cv2
import pytest

from recognizer.__main__ import main
from recognizer.config import PRESETS
from recognizer.network import build_network, count_trainable
from recognizer.synthesis.generator import PlateGenerator, write_dataset
from recognizer.training import curves
from recognizer.training.compare import HEAD, ComparisonResult, read_history
from recognizer.training.datasets import load


def test_a_row_counts_plates_and_has_a_cell_for_each_head():
    row = ComparisonResult("small", 1_234, 5.25, 640, 561, 560 / 561, 0.0004, 0.5).row()
    assert row == "| small | 1,234 | 640 | 5.2 | 560 of 561 (99.8%) | 0.04% | 0.50 |"
    assert row.count("|") == HEAD.splitlines()[0].count("|")


def test_a_network_is_trained_and_measured_by_the_commands_a_user_would_type(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # on a busy machine several threads mostly wait for one another
    write_dataset(PlateGenerator(["RU"], seed=1, lines=1), tmp_path / "plates", 40, strength=0)
    data = ["--data", str(tmp_path / "plates"), "--split", "val", "--epochs", "1", "--batch", "8"]
    assert main(["compare", "--preset", "tutorial", *data, "--out", str(tmp_path / "out")]) == 0
    lines = capfd.readouterr().out.splitlines()
    found = json.loads(lines[-1])["tutorial"]
    assert found["plates"] == 2 and found["seen"] == 32 and found["seconds"] > 0
    assert found["weights"] == count_trainable(
        build_network(PRESETS["tutorial"].with_alphabet(load(tmp_path / "plates").alphabet))
    )
    assert any(line.startswith(f"| tutorial | {found['weights']:,} | 32 | ") for line in lines)
    assert (tmp_path / "out" / "tutorial" / "best.safetensors").is_file()
    assert cv2.imread(str(tmp_path / "out" / "comparison.png")) is not None


def test_two_runs_are_drawn_over_their_own_time(tmp_path):
    (tmp_path / "metrics.csv").write_text("step,loss,exact,samples_per_second\n10,2.0,0.5,320\n20,1.0,0.9,320\n")
    rows = read_history(tmp_path, batch=64)
    assert [row["seconds"] for row in rows] == [2.0, 4.0]
    curves.draw_curves({"one": rows, "two": rows[:1]}, tmp_path / "both.png", over="seconds")
    assert cv2.imread(str(tmp_path / "both.png")) is not None


def test_a_run_without_an_epoch_is_named(tmp_path):
    (tmp_path / "metrics.csv").write_text("step,loss,exact,samples_per_second\n")
    with pytest.raises(ValueError, match=r"metrics\.csv"):
        read_history(tmp_path, batch=64)


def test_a_command_that_fails_ends_the_comparison(tmp_path, capfd):
    assert main(["compare", "--data", str(tmp_path / "none.zip"), "--out", str(tmp_path / "out")]) == 1
    assert "none.zip" in capfd.readouterr().err


@pytest.mark.parametrize("missing", ["--data", "--out"])
def test_what_must_be_given(missing, tmp_path):
    given = {"--data": "x.csv", "--out": str(tmp_path)}
    del given[missing]
    with pytest.raises(SystemExit):
        main(["compare", *[word for pair in given.items() for word in pair]])
