from pathlib import Path

from app.sinks.csv import csv_file
from app.sinks.jsonl import jsonl_file
from tests.app.runs import read_files
from tests.app.sources.clips import write_clip


def test_an_output_that_cannot_be_written_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    rows = {"csv": csv_file(tmp_path / "file" / "o.csv"), "jsonl": jsonl_file(tmp_path / "o.jsonl")}
    run = read_files([write_clip(tmp_path / "a.avi")], rows, video=tmp_path / "file" / "o.mp4")
    assert len(run.errors) == 2 and all("cannot be written" in error for error in run.errors)
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 1
