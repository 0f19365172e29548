from datetime import datetime
from pathlib import Path

import pytest

from app.pipeline.file_scheduler import QueuedSource, queue_sources
from app.pipeline.pipeline import Pipeline
from app.records import CSV_COLUMNS
from app.sinks.csv import csv_file
from tests.app.pipeline.made import ScriptedDetector, ScriptedReader, plate, says
from tests.app.runs import START, picture, read_files, rows_of
from tests.app.sources.clips import write_clip


def test_a_video_gives_one_row_a_vehicle_in_the_fixed_columns(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    out = tmp_path / "out.csv"
    run = read_files([clip], {"csv": csv_file(out)})
    assert not run.errors and run.report.frames == 20
    data = out.read_bytes()
    assert data.startswith(
        b"\xef\xbb\xbftime,source,plate,confidence,reads,track,first_s,last_s,x1,y1,x2,y2,region,list,crop,"
    )
    (row,) = rows_of(out)
    assert tuple(row) == CSV_COLUMNS
    assert (row["plate"], row["source"], row["track"]) == ("AB123C", str(clip), "1")
    assert datetime.fromisoformat(row["time"]) == START and row["time"][-6] in "+-"
    assert float(row["first_s"]) == 0 and float(row["last_s"]) == pytest.approx(1.9, abs=0.01)
    assert [float(row[name]) for name in ("x1", "y1", "x2", "y2")] == [30, 40, 90, 56]
    assert (row["region"], row["list"], row["crop"]) == ("", "", "")
    assert (row["sure"], row["closed"], row["time_from"]) == ("yes", "yes", "given")


def test_a_read_that_is_withdrawn_gives_no_row(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    reader = ScriptedReader(lambda i: says("AB123C" if i < 2 else f"Q{i:02}W{i * 3:02}", 0.9))
    networks = Pipeline(ScriptedDetector([[plate(30, 20, 60, 16)]] * 20), reader)
    run = read_files([clip], {"csv": csv_file(tmp_path / "out.csv")}, pipe=networks)
    assert run.events == [] and rows_of(tmp_path / "out.csv") == []


def test_pictures_give_one_row_a_plate_and_a_folder_names_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("b.png", "a.jpg"):
        picture(folder / name)
    out, (items, _) = tmp_path / "out.csv", queue_sources([str(folder)], START)
    assert all(isinstance(item, QueuedSource) for item in items)
    run = read_files(items, {"csv": csv_file(out)})
    assert [row["source"] for row in rows_of(out)] == [str(folder / "a.jpg"), str(folder / "b.png")]
    assert [row["reads"] for row in rows_of(out)] == ["1", "1"] and len(run.events) == 2


def test_live_rows_come_as_a_plate_is_decided_and_when_it_has_left(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    out = tmp_path / "out.csv"
    read_files([clip], {"csv": csv_file(out, live=True)})
    first, *_, last = rows = rows_of(out)
    assert (first["closed"], last["closed"]) == ("no", "yes") and len(rows) == 2
    assert {(row["plate"], row["track"], row["source"]) for row in rows} == {("AB123C", "1", str(clip))}
    assert float(first["last_s"]) < float(last["last_s"])
