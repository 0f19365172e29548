import json
from pathlib import Path

from app.sinks.jsonl import jsonl_file
from tests.app.runs import read_files
from tests.app.sources.clips import write_clip


def test_the_json_lines_hold_what_the_csv_has_no_room_for(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    read_files([write_clip(tmp_path / "a.avi")], {"jsonl": jsonl_file(out)})
    entry = json.loads(out.read_text(encoding="utf-8"))
    assert entry["plate"] == "AB123C" and len(entry["char_confidences"]) == 6
    assert entry["time_from"] == "given" and entry["box"] == [30, 40, 90, 56]
    assert entry["reads"] <= entry["readings"]
