"""Two networks trained and measured on the same few plates by one command."""

import json

import cv2
import pytest

from recognizer.__main__ import main
from recognizer.compare import HEAD, Result
from recognizer.synth import PlateGenerator, write_dataset


def test_a_row_counts_plates_and_has_a_cell_for_each_head():
    row = Result("small", 1_234, 5.25, 640, 561, 560 / 561, 0.0004, 0.5).row()
    assert row == "| small | 1,234 | 640 | 5.2 | 560 of 561 (99.8%) | 0.04% | 0.50 |"
    assert row.count("|") == HEAD.splitlines()[0].count("|")


def test_networks_are_trained_and_measured_by_the_same_rules(tmp_path, capfd):
    write_dataset(PlateGenerator(["RU"], seed=1), tmp_path / "plates", 40, strength=0)
    data = ["--data", str(tmp_path / "plates"), "--split", "val", "--epochs", "1", "--batch", "8"]
    assert main(["compare", "--preset", "tutorial", "tutorial-2017", *data, "--out", str(tmp_path / "out")]) == 0
    lines = capfd.readouterr().out.splitlines()
    found = json.loads(lines[-1])
    assert list(found) == ["tutorial", "tutorial-2017"]
    for preset, values in found.items():
        assert values["plates"] == 2 and values["seen"] == 32 and values["seconds"] > 0
        assert any(line.startswith(f"| {preset} | {values['weights']:,} | 32 | ") for line in lines)
        assert (tmp_path / "out" / preset / "best.safetensors").is_file()
    assert cv2.imread(str(tmp_path / "out" / "comparison.png")) is not None


def test_a_command_that_fails_ends_the_comparison(tmp_path, capfd):
    assert main(["compare", "--data", str(tmp_path / "none.zip"), "--out", str(tmp_path / "out")]) == 1
    assert "none.zip" in capfd.readouterr().err


@pytest.mark.parametrize("missing", ["--data", "--out"])
def test_what_must_be_given(missing, tmp_path):
    given = {"--data": "x.csv", "--out": str(tmp_path)}
    del given[missing]
    with pytest.raises(SystemExit):
        main(["compare", *[word for pair in given.items() for word in pair]])
