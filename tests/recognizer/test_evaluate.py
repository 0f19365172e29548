"""The evaluation command, on crops written here and with a small network that cannot read."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from recognizer import checkpoint
from recognizer.__main__ import main
from recognizer.config import NetworkConfig, Stage
from recognizer.evaluate import Case, evaluate, find_worst, print_report, read_all
from recognizer.network import build_network
from recognizer.readings import Reading
from recognizer.training.datasets import LabelledCrop


def case(text, read, confidence, region="", source=""):
    sample = LabelledCrop(f"{text}.png", text, region, source, "val", Path(f"{text}.png"))
    return Case(sample, Reading(read, confidence, (confidence,) * len(read)))


CASES = [
    case("AB1", "AB1", 0.9, "US:va", "x"),
    case("AB0", "ABO", 0.8, "US:ca", "x"),
    case("AB2", "AB2", 0.4, "US", "y"),
    case("CD3", "XD3", 0.99, "DE", "y"),
    case("CD4", "", 0.1),
]


def test_figures_in_all_by_region_with_its_country_and_by_source():
    found = evaluate(CASES)
    assert (found.overall.exact, found.overall.folded) == (0.4, 0.6)
    assert found.overall.cer == pytest.approx(5 / 15)
    assert {name: s.count for name, s in found.by_region.items()} == {
        "US": 3, "US:va": 1, "US:ca": 1, "DE": 1, "unknown": 1,
    }  # fmt: skip
    assert found.by_region["US"].exact == pytest.approx(2 / 3)
    assert found.by_source["x"].exact == 0.5 and found.by_source["x"].folded == 1.0
    assert found.reliability.error == pytest.approx(np.mean([0.1, 0.8, 0.6, 0.99, 0.1]))


def test_the_json_holds_the_figures_as_fractions():
    values = json.loads(evaluate(CASES).to_json(left_out=3, milliseconds=1.23456))
    assert values["exact"] == 0.4 and values["folded"] == 0.6 and values["count"] == 5 and values["left_out"] == 3
    assert values["by_region"]["DE"] == {"exact": 0.0, "folded": 0.0, "cer": pytest.approx(1 / 3), "count": 1}
    assert set(values["by_source"]) == {"x", "y", "unknown"}
    assert values["by_source"]["y"]["calibration_error"] == pytest.approx(0.795)


def test_the_report_shows_countries_not_their_parts():
    text = print_report(evaluate(CASES))
    assert "US " in text and "US:va" not in text
    assert text.splitlines()[-1].startswith("exact 40.00%")


def test_worst_are_sure_and_wrong_then_right_and_unsure():
    assert [c.sample.text for c in find_worst(CASES, 4)] == ["CD3", "AB0", "CD4", "AB2"]


def test_batches_keep_samples_and_readings_together(tmp_path):
    for i in range(130):
        cv2.imwrite(str(tmp_path / f"{i}.png"), np.full((4, 4, 3), i, np.uint8))
    samples = [LabelledCrop(f"{i}", str(i), "", "", "val", tmp_path / f"{i}.png") for i in range(130)]
    sizes = []

    def read(crops):
        sizes.append(len(crops))
        return [Reading(str(crop[0, 0, 0]), 1.0, ()) for crop in crops]

    assert all(c.right for c in read_all(samples, read))
    assert sizes == [64, 64, 2]


@pytest.fixture
def weights(tmp_path):
    """A small network with fresh weights."""
    torch.manual_seed(0)
    config = NetworkConfig(16, 32, 1, "AB12", (Stage(4, (2, 2)), Stage(8, (2, 1))), hidden=8)
    path = tmp_path / "small.safetensors"
    checkpoint.save(checkpoint.Checkpoint(build_network(config), config), path)
    return path


def test_the_command_ends_with_one_json_line(tmp_path, weights, capsys):
    rng = np.random.default_rng(0)
    for name in "abcd":
        cv2.imwrite(str(tmp_path / f"{name}.png"), rng.integers(0, 255, (20, 60, 3), np.uint8))
    table = tmp_path / "plates.csv"
    table.write_text(
        "image_path,plate_text,plate_region,source\na.png,A1,US:va,s\nb.png,B2,DE,s\nc.png,ÄÖ,DE,s\n"
        "d.png,1111111111111111,DE,s\n",
        encoding="utf-8",
    )
    sheet, readings = tmp_path / "out" / "sheet.png", tmp_path / "out" / "readings.csv"
    arguments = ["evaluate", "--data", str(table), "--weights", str(weights), "--device", "torch"]
    assert main([*arguments, "--sheet", str(sheet), "--readings", str(readings)]) == 0
    printed = capsys.readouterr().out
    values = json.loads(printed.splitlines()[-1])
    assert values["count"] == 2 and values["left_out"] == 2
    assert values["by_region"].keys() == {"US", "US:va", "DE"}
    assert 0 <= values["exact"] <= values["folded"] <= 1
    assert "characters outside the alphabet: O " in printed and "text too long" in printed
    assert cv2.imread(str(sheet)).shape[0] > 100
    assert len(readings.read_text(encoding="utf-8").splitlines()) == 3


def test_a_broken_picture_ends_the_command_by_name(tmp_path, weights, capsys):
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "plates.csv").write_text("image_path,plate_text\na.png,A1\n")
    assert (
        main(["evaluate", "--data", str(tmp_path / "plates.csv"), "--weights", str(weights), "--device", "torch"]) == 1
    )
    assert "a.png: not a picture" in capsys.readouterr().err
