"""The golden test: the real networks read exactly what is on the demo clip."""

import csv
from pathlib import Path

from app.cli.main import main

CLIP = Path(__file__).resolve().parents[1] / "assets" / "demo" / "street.mp4"
SLACK_S = 1.0


def test_every_plate_is_read_once_when_it_is_there_and_nothing_else(tmp_path: Path) -> None:
    with CLIP.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        truth = {row["plate_text"]: row for row in csv.DictReader(file)}
    reads = tmp_path / "reads.csv"
    assert main(["run", str(CLIP), "--csv", str(reads), "--device", "cpu"]) == 0
    with reads.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["plate"] for row in rows) == sorted(truth)
    for row in rows:
        expected = truth[row["plate"]]
        assert float(row["first_s"]) <= float(expected["last_s"])
        assert float(expected["first_s"]) <= float(row["last_s"]) <= float(expected["last_s"]) + SLACK_S
        assert int(row["reads"]) >= 2
