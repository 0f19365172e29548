"""Files with names that are meant to do harm, read from a folder into everything a run can write."""

import csv
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.pipeline import loading
from app.store.export import to_crops, to_csv, to_jsonl
from app.store.search import Query
from app.store.store import Store
from tests.app.runs import command, pipeline
from tests.app.sources.clips import write_clip
from tests.app.store.samples import JPEG, entry

ROOT = Path(__file__).parents[2]

NAMES = (
    "=cmd|' !A0.avi",
    "+1+1.avi",
    "-rf.avi",
    "@SUM(A1).avi",
    "\tx.avi",
    "a\nb.avi",
    "[red]x[.avi",
    "ü 车 🚗.avi",
    "rtsp:u:hunter2@cam.avi",
    "n" * 240 + ".avi",
)
NO_TEXT = os.fsdecode(b"\xff\xfe.avi")  # OpenCV crashes when it is given this name


@pytest.mark.skipif(sys.platform != "linux", reason="other systems forbid such names themselves")
def test_every_export_takes_every_file_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    clip = write_clip(tmp_path / "clip.avi", frames=8).read_bytes()
    for name in (*NAMES, NO_TEXT):
        (folder / name).write_bytes(clip)
    outputs = ["--csv", str(out / "o.csv"), "--jsonl", str(out / "o.jsonl"), "--video", str(out / "v.avi")]
    assert command(str(folder), *outputs, "--log", str(tmp_path / "log" / "l.db")) == 1
    said = "".join(capfd.readouterr())
    assert "udcff" in said and "rename it" in said and said.count("rename it") == 1 and "Traceback" not in said
    with (out / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(NAMES)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert len([json.loads(line) for line in (out / "o.jsonl").read_text("utf-8").splitlines()]) == len(NAMES)
    assert len(list(out.glob("v_*"))) == len(NAMES)
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out", "log", "clip.avi"}
    with Store.open(tmp_path / "log" / "l.db") as store:
        assert store.count(Query()) == len(NAMES)
        assert to_csv(store.each(Query()), out / "log.csv") == to_jsonl(store.each(Query()), out / "log.jsonl")
        assert to_crops(store.each(Query()), store.pictures, out / "crops") == len(NAMES)


@pytest.mark.parametrize(
    "plate", ["A" * 10_000, "=1+1", "‮AB12", "车A1", "\ud800X", "a\x00b", "../..", "CON", "💥" * 300]
)
def test_every_export_takes_every_plate(tmp_path: Path, plate: str) -> None:
    with Store.open(tmp_path / "log" / "l.db") as store:
        store.save([entry(plate, source=plate, note=plate)])
        to_csv(store.each(Query()), tmp_path / "o.csv")
        to_jsonl(store.each(Query()), tmp_path / "o.jsonl")
        assert to_crops(store.each(Query()), store.pictures, tmp_path / "crops") == 1
    [line] = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["plate"]
    [picture] = (tmp_path / "crops").glob("*.jpg")
    assert picture.read_bytes() == JPEG and stat.S_IMODE(picture.stat().st_mode) == 0o600
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        [_, row] = csv.reader(file)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@pytest.mark.parametrize("pictures", [True, False])
def test_no_pictures_keeps_the_text_alone_and_a_new_log_says_what_it_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pictures: bool
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    clip, log = write_clip(tmp_path / "a.avi"), tmp_path / "log" / "l.db"
    assert command(str(clip), "--log", str(log), *([] if pictures else ["--no-pictures"])) == 0
    said = capsys.readouterr().err
    assert str(log) in said and "for 30 days (`log.keep_days`" in said and ("without pictures" in said) is not pictures
    assert bool(list(tmp_path.rglob("*.jpg"))) is pictures
    with Store.open(log) as store:
        [visit] = store.each(Query())
    assert visit.plate == "AB123C" and bool(visit.crop) is pictures
    assert command(str(clip), "--log", str(log)) == 0
    assert "keep_days" not in capsys.readouterr().err


def test_a_console_that_lacks_a_character_ends_no_run(tmp_path: Path) -> None:
    for name in ("гараж.png", "двор.png"):
        (tmp_path / name).write_bytes(cv2.imencode(".png", np.full((48, 64, 3), 90, np.uint8))[1].tobytes())
    words = [sys.executable, str(ROOT / "main.py"), "run", str(tmp_path), str(tmp_path / "нет.mp4")]
    done = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, timeout=120)
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert b"2 frames of 2 sources" in done.stdout
    assert b"\\u043d\\u0435\\u0442.mp4: no such file" in done.stderr
