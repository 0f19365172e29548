import csv
import json
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.pipeline import loading
from app.pipeline.file_scheduler import queue_sources
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.zones import Zones
from app.saved_sources import SavedSource, SavedSources
from app.sources.identify import identify
from app.sources.source import SourceError, SourceKind, Turn
from app.store.search import Query
from app.store.store import Store
from app.store.types import ALLOW, BLOCK
from app.store.watchlist import WatchEntry
from tests.app.runs import Networks, command, pipeline, rows_of
from tests.app.sources.clips import write_clip


def test_words_that_stand_for_nothing_are_errors(tmp_path: Path) -> None:
    items, errors = queue_sources([str(tmp_path / "nowhere.mp4"), str(write_clip(tmp_path / "a.avi"))])
    assert len(items) == 1 and "nowhere.mp4" in errors[0]


def test_the_command_prints_a_table_and_tells_errors_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    good = write_clip(tmp_path / "good.avi")
    assert command(str(good), "--csv", str(tmp_path / "o.csv")) == 0
    out = capsys.readouterr().out
    assert "AB123C" in out and "o.csv" in out
    assert command(str(good), str(tmp_path / "no.mp4"), "--csv", str(tmp_path / "o.csv")) == 1
    captured = capsys.readouterr()
    assert "no.mp4: no such file" in captured.err and "AB123C" in captured.out
    assert command(str(tmp_path / "no.mp4")) == 1
    assert command(str(good), "--resume") == 2


def test_a_run_can_be_kept_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    clip, log = write_clip(tmp_path / "a.avi"), tmp_path / "log" / "reads.db"
    assert command(str(clip), "--log", str(log)) == 0
    with Store.open(log, read_only=True) as store:
        (visit,) = store.page(Query()).visits
    assert (visit.plate, visit.source) == ("AB123C", str(clip))


def test_rows_name_the_watch_list_a_plate_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    clip, log = write_clip(tmp_path / "a.avi"), tmp_path / "log" / "reads.db"
    with Store.open(log) as store:
        store.watch.add(WatchEntry(ALLOW, "AB123C"))
    table, lines = tmp_path / "o.csv", tmp_path / "o.jsonl"
    assert command(str(clip), "--log", str(log), "--csv", str(table), "--jsonl", str(lines)) == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [row["list"] for row in csv.DictReader(file)] == [ALLOW]
    assert [json.loads(line)["list"] for line in lines.read_text("utf-8").splitlines()] == [ALLOW]


def test_options_reach_the_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def load(device: str, tuning: object) -> Pipeline:
        seen.extend((device, tuning))
        return pipeline()

    monkeypatch.setattr(loading, "load_pipeline", load)
    words = ("--device", "cpu", "--min-confidence", "0.99", "--country", "nl", "--country", "DE")
    assert command(str(write_clip(tmp_path / "a.avi")), *words) == 0
    assert seen[0] == "cpu"
    assert (seen[1].min_confidence, seen[1].countries) == (0.99, ("NL", "DE"))  # type: ignore[attr-defined]


def test_only_sure_reads_are_told_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tuning] = []

    def load(device: str, tuning: Tuning) -> Pipeline:
        seen.append(tuning)
        return pipeline()

    monkeypatch.setattr(loading, "load_pipeline", load)
    assert command(str(write_clip(tmp_path / "a.avi")), "--only-sure") == 0
    assert seen[0].min_confidence == seen[0].sure_confidence == Tuning().sure_confidence


def test_what_is_not_reported_is_written_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rejected.csv"
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline(Tuning(min_confidence=1.0)))
    clip = write_clip(tmp_path / "a.avi")
    assert command(str(clip), "--csv", str(tmp_path / "o.csv"), "--rejected", str(out)) == 0
    assert str(out) in capsys.readouterr().out and rows_of(tmp_path / "o.csv") == []
    (row,) = rows_of(out)
    assert (row["plate"], row["reason"], row["source"]) == ("AB123C", "low confidence", str(clip))
    assert [float(row[name]) for name in ("x1", "y1", "x2", "y2")] == [30, 40, 90, 56]
    assert command(str(clip), "--csv", str(out), "--rejected", str(out)) == 2


def test_a_source_error_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        identify(str(tmp_path))


def test_a_watch_list_hit_is_told_on_the_console_once_a_vehicle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    clips = [write_clip(tmp_path / f"{name}.avi", 30) for name in "ab"]
    log = tmp_path / "log" / "reads.db"
    with Store.open(log) as store:
        store.watch.add(WatchEntry(BLOCK, "AB123C", note="stolen in May"))
        store.watch.add(WatchEntry(BLOCK, "ZZ999Z"))
    assert command(*map(str, clips), "--log", str(log)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("HIT")]
    assert len(lines) == 2 and all("AB123C" in line and "stolen in May" in line for line in lines)
    assert "a.avi" in lines[0] and "b.avi" in lines[1]


@pytest.mark.parametrize(
    ("zones", "plates"),
    [
        ({"include": [[[0, 0], [0.1, 0], [0.1, 0.1]]]}, 0),
        ({"exclude": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, 0),
        ({"include": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, 1),
    ],
)
def test_only_the_zones_of_a_file_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zones: dict[str, object], plates: int
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: Pipeline(Networks(), Networks(), tuning))
    out, file = tmp_path / "o.csv", tmp_path / "zones.json"
    file.write_text(json.dumps(zones))
    assert command(str(write_clip(tmp_path / "a.avi")), "--csv", str(out), "--zones", str(file)) == 0
    assert len(rows_of(out)) == plates


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"zone": []}', '{"include": 3}', '{"include": [[[0, 0], [1, 1]]]}', "null"]
)
def test_a_file_that_holds_no_zones_is_refused_with_an_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "zones.json").write_text(text)
    with pytest.raises(SystemExit):
        command("a.mp4", "--zones", str(tmp_path / "zones.json"))
    said = capsys.readouterr().err
    assert "zones.json: no zones" in said and '"include"' in said


def test_a_camera_is_looked_at_in_the_zones_that_it_was_set_up_with() -> None:
    left = Zones(include=(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)),))
    gate = SavedSource("Gate", SourceKind.STREAM, "rtsp://me:secret@10.0.0.5/live", left)
    saved = SavedSources((gate,))
    assert saved.zones_of(identify("rtsp://you:other@10.0.0.5/live")) == left, "the same address, whoever asks"
    assert saved.zones_of(gate.spec) == left
    assert saved.zones_of(identify("rtsp://10.0.0.6/live")) is None


def test_rows_go_to_the_standard_output_and_all_else_to_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    assert command(str(write_clip(tmp_path / "a.avi")), "--csv", "-") == 0
    told = capfd.readouterr()
    rows = list(csv.DictReader(told.out.lstrip("\ufeff").splitlines()))
    assert [row["plate"] for row in rows] == ["AB123C"]
    assert "1 plate" in told.err and "Written" not in told.err
    assert not Path("-").exists() and not Path("-.state").exists()


def test_rows_go_into_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert command(str(write_clip(tmp_path / "a.avi")), "--jsonl", str(pipe)) == 0
    reader.join(10)
    assert json.loads(read[0])["plate"] == "AB123C"


def test_a_folder_tells_what_it_passes_over_and_notes_what_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    write_clip(tmp_path / "a.avi")
    for name in ("notes.txt", "more.txt", ".hidden"):
        (tmp_path / name).write_text("x")
    (tmp_path / "deep.png").write_bytes(cv2.imencode(".png", np.full((48, 64), 4000, np.uint16))[1].tobytes())
    assert command(str(tmp_path)) == 0
    told = capsys.readouterr()
    assert "Neither video nor picture: 2 .txt, 1 hidden" in told.out
    assert "deep.png: 12 of its 16 bits are used" in told.err


def test_one_start_for_two_recordings_is_counted_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    clips = [str(write_clip(tmp_path / name, frames=20)) for name in ("a.avi", "b.avi")]
    out = tmp_path / "o.csv"
    assert command(*clips, "--start", "2026-05-31T08:00:00+00:00", "--csv", str(out)) == 0
    times = [row["time"] for row in rows_of(out)]
    assert [time[17:19] for time in times] == ["00", "02"]


def test_images_are_turned_and_mirrored_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items, _ = queue_sources([str(write_clip(tmp_path / "a.avi"))], turn=Turn(90, mirror=True))
    assert items[0].spec.turn == Turn(90, mirror=True)
    networks = Networks()
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: Pipeline(networks, networks, tuning))
    out = tmp_path / "o.mp4"
    assert command(str(tmp_path / "a.avi"), "--rotate", "90", "--mirror", "--video", str(out)) == 0
    written = cv2.VideoCapture(str(out), cv2.CAP_FFMPEG)
    assert (int(written.get(cv2.CAP_PROP_FRAME_WIDTH)), int(written.get(cv2.CAP_PROP_FRAME_HEIGHT))) == (120, 160)
