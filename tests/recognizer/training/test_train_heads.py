from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from recognizer import checkpoint as checkpoints
from recognizer.__main__ import main
from recognizer.checkpoint import Checkpoint
from recognizer.config import PRESETS, UNKNOWN_REGION, Stage
from recognizer.network import build_network
from recognizer.training.train_heads import (
    allowed_regions,
    format_region,
    known_regions,
    region_of,
    with_heads,
)

CONFIG = replace(PRESETS["plates"], hidden=16, stages=(Stage(8, (4, 2)), Stage(16, (4, 2))))
REGIONS = (UNKNOWN_REGION, "AT", "CA", "US-CA", "US-TX")


@pytest.mark.parametrize(
    ("label", "region"),
    [("US:va", "US-VA"), ("US-VA", "US-VA"), ("US", "US"), ("EU:d", "DE"), ("EU:pl", "PL"), ("EU", "EU"),
     ("CA-ON", "CA"), ("UZ", "UZ"), ("", "")],
)  # fmt: skip
def test_labels_name_regions_in_several_ways(label, region):
    assert region_of(label) == region


def test_formats_have_regions_too():
    assert [format_region(code) for code in ("US-CA", "DE-2", "AR-old", "free")] == [
        "US-CA",
        "DE",
        "AR",
        UNKNOWN_REGION,
    ]
    assert {"DE", "US-CA", "XX"} <= set(known_regions(["XX", "US", "", "EU"]))
    assert not {"", "US", "EU"} & set(known_regions(["XX", "US", "", "EU"]))


def test_a_group_allows_its_members_and_no_label_allows_all():
    assert allowed_regions("US", REGIONS).tolist() == [False, False, False, True, True]
    assert allowed_regions("EU", REGIONS).tolist() == [False, True, False, False, False]
    assert allowed_regions("CA", REGIONS).tolist() == [False, False, True, False, False]
    assert allowed_regions("", REGIONS).all()


def test_a_reader_without_heads_gets_some_and_reads_as_before():
    before = build_network(CONFIG).eval()
    after = with_heads(Checkpoint(before, CONFIG), REGIONS)
    picture = torch.rand(1, 3, 64, 160)
    assert torch.equal(after.network.eval()(picture)[:, : CONFIG.steps], before(picture))


def test_heads_learn_to_tell_plates_from_other_crops(tmp_path, capsys, monkeypatch):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    checkpoints.save(Checkpoint(build_network(CONFIG).eval(), CONFIG), tmp_path / "reader.safetensors")
    rng = np.random.default_rng(0)
    (tmp_path / "others").mkdir()
    rows = ["image_path,plate_text,plate_region"]
    for i in range(40):
        plate = np.full((32, 100, 3), 230, np.uint8)
        cv2.putText(plate, "AB12", (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
        cv2.imwrite(str(tmp_path / f"{i}.png"), plate)
        rows.append(f"{i}.png,AB12,DE")
        cv2.imwrite(str(tmp_path / "others" / f"{i}.png"), rng.integers(0, 90, (32, 100, 3), dtype=np.uint8))
    (tmp_path / "plates.csv").write_text("\n".join(rows))
    monkeypatch.setattr("recognizer.training.train_heads.DRAWN", 0.0)
    arguments = ["--data", str(tmp_path / "plates.csv"), "--others", str(tmp_path / "others"), "--steps", "60"]
    out = tmp_path / "headed.safetensors"
    made = ["--weights", str(tmp_path / "reader.safetensors"), "--out", str(out), "--batch", "16", "--rate", "0.01"]
    assert main(["heads", *arguments, *made]) == 0
    assert "plates=1.0, others=1.0" in capsys.readouterr().out
    assert checkpoints.load(out).config.regions[0] == UNKNOWN_REGION


def test_without_crops_that_show_no_plate_it_says_so(tmp_path, capsys):
    checkpoints.save(Checkpoint(build_network(CONFIG).eval(), CONFIG), tmp_path / "reader.safetensors")
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((20, 60, 3), np.uint8))
    (tmp_path / "plates.csv").write_text("image_path,plate_text\n1.png,A1\n1.png,A1\n")
    (tmp_path / "none").mkdir()
    arguments = [
        "--data",
        str(tmp_path / "plates.csv"),
        "--others",
        str(tmp_path / "none"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(["heads", "--weights", str(tmp_path / "reader.safetensors"), *arguments]) == 1
    assert "show none" in capsys.readouterr().err
