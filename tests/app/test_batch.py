import argparse
import csv
import json
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from app import batch, columns
from app.batch.files import OutputError
from app.batch.opened import Opened
from app.batch.outputs import Outputs
from app.batch.progress import Control, Item, Report, items_of
from app.batch.runner import run
from app.batch.state import StateFile
from app.batch.writers import AnnotatedVideo, annotated_path, csv_file, json_file
from app.config.settings import Live
from app.pipeline import opening
from app.pipeline.core import Pipeline
from app.pipeline.events import PlateEvent
from app.pipeline.stats import StageTimes
from app.pipeline.types import Image
from app.sources.camera import LiveSource
from app.sources.identify import identify
from app.sources.source import SourceError, SourceKind, SourceSpec
from app.sources.video_file import VideoFile
from app.store.search import Query
from app.store.store import Store
from app.store.types import ALLOW
from app.store.watchlist import WatchEntry
from detector.types import Detection
from recognizer.readings import Reading
from tests.app.pipeline.made import ScriptedDetector, ScriptedReader, plate, says
from tests.app.sources.clips import set_durations, write_clip

START = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


class Networks:
    """Fakes: every frame holds one plate, whose text tells how grey the source's first frame was."""

    streams, size = 1, 576

    def prefer_region(self, region: str | None) -> None: ...

    def __init__(self, stop_after: int = 0, control: Control | None = None) -> None:
        self.frames = 0
        self._stop_after, self._control = stop_after, control

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.frames += len(images)  # every other one: a frame that hardly differs is not looked at
        if self._control and self.frames >= self._stop_after:
            self._control.stop()
        return [[plate(30, 40, 60, 16)] for _ in images]

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        return [says("AB123C", 0.95) for _ in crops]


def pipeline(**arguments: object) -> Pipeline:
    networks = Networks(**arguments)  # type: ignore[arg-type]
    return Pipeline(networks, networks)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def picture(path: Path, size: tuple[int, int] = (120, 160)) -> Path:
    cv2.imwrite(str(path), np.full((*size, 3), 90, np.uint8))
    return path


def run_on(paths: Sequence[Path], outputs: Outputs, **arguments: object) -> Report:
    items, errors = items_of([str(path) for path in paths], START)
    assert not errors
    return run(items, pipeline(), outputs, **arguments)  # type: ignore[arg-type]


def test_a_video_gives_one_row_a_vehicle_in_the_fixed_columns(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    out = tmp_path / "out.csv"
    report = run_on([clip], Outputs({"csv": csv_file(out)}))
    assert not report.errors and report.frames == 20
    data = out.read_bytes()
    assert data.startswith(
        b"\xef\xbb\xbftime,source,plate,confidence,reads,track,first_s,last_s,x1,y1,x2,y2,region,list,crop\r\n"
    )
    (row,) = rows_of(out)
    assert tuple(row) == columns.COLUMNS
    assert (row["plate"], row["source"], row["track"]) == ("AB123C", str(clip), "1")
    assert datetime.fromisoformat(row["time"]) == START and row["time"][-6] in "+-"
    assert float(row["first_s"]) == 0 and float(row["last_s"]) == pytest.approx(1.9, abs=0.01)
    assert [float(row[name]) for name in ("x1", "y1", "x2", "y2")] == [30, 40, 90, 56]
    assert (row["region"], row["list"], row["crop"]) == ("", "", "")


def test_a_read_that_is_withdrawn_gives_no_row(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    items, _ = items_of([str(clip)], START)

    reader = ScriptedReader(lambda i: says("AB123C" if i < 2 else f"Q{i:02}W{i * 3:02}", 0.9))
    networks = Pipeline(ScriptedDetector([[plate(30, 20, 60, 16)]] * 20), reader)
    report = run(items, networks, Outputs({"csv": csv_file(tmp_path / "out.csv")}))
    assert report.events == [] and rows_of(tmp_path / "out.csv") == []


def test_pictures_give_one_row_a_plate_and_a_folder_names_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("b.png", "a.jpg"):
        picture(folder / name)
    out = tmp_path / "out.csv"
    report = run_on([folder], Outputs({"csv": csv_file(out)}))
    assert [row["source"] for row in rows_of(out)] == [str(folder / "a.jpg"), str(folder / "b.png")]
    assert [row["reads"] for row in rows_of(out)] == ["1", "1"] and len(report.events) == 2


def test_the_json_lines_hold_what_the_csv_has_no_room_for(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run_on([write_clip(tmp_path / "a.avi")], Outputs({"jsonl": json_file(out)}))
    entry = json.loads(out.read_text(encoding="utf-8"))
    assert entry["plate"] == "AB123C" and len(entry["char_confidences"]) == 6
    assert entry["time_from"] == "given" and entry["box"] == [30, 40, 90, 56]
    assert entry["reads"] <= entry["readings"]


def read_back(path: Path) -> tuple[int, float, list[float]]:
    source = VideoFile(identify(str(path)))
    info, times = source.open(), []
    while (frame := source.read()) is not None:
        times.append(frame.media_time)
    source.close()
    return len(times), info.duration_s or 0, times


@pytest.mark.parametrize(("name", "out"), [("a.mp4", "o.mp4"), ("a.avi", "o.avi"), ("a.avi", "o.mp4")])
def test_the_annotated_video_is_as_long_as_its_input_and_has_the_boxes(tmp_path: Path, name: str, out: str) -> None:
    clip = write_clip(tmp_path / name, frames=24, fps=12)
    report = run_on([clip], Outputs(video=tmp_path / out))
    frames, duration, _ = read_back(tmp_path / out)
    assert frames == 24 and duration == pytest.approx(2.0, abs=0.1)
    capture = cv2.VideoCapture(str(tmp_path / out), cv2.CAP_FFMPEG)
    images = [capture.read()[1] for _ in range(24)]
    assert not np.allclose(images[10][40, 32:88], images[10][100, 32:88], atol=25), "a box is drawn at the plate"
    assert report.written == [tmp_path / out]


def test_the_annotated_video_of_a_variable_rate_shows_frames_as_long_as_they_were(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "vfr.mp4", frames=8, fps=10)
    set_durations(clip, [1, 1, 6, 1, 1, 6, 1, 1])
    run_on([clip], Outputs(video=tmp_path / "o.mp4"))
    _, original, _ = read_back(clip)
    _, duration, _ = read_back(tmp_path / "o.mp4")
    assert duration == pytest.approx(original, abs=0.25)


def test_several_sources_get_an_annotated_video_or_picture_each(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / "a.mp4", 5), write_clip(tmp_path / "b.avi", 5), picture(tmp_path / "c.png")]
    report = run_on(paths, Outputs(video=tmp_path / "out.mp4"))
    assert sorted(path.name for path in report.written) == ["out_a.mp4", "out_b.mp4", "out_c.jpg"]
    assert all(path.stat().st_size > 500 for path in report.written)


def test_names_of_annotated_videos_never_clash(tmp_path: Path) -> None:
    taken: set[Path] = set()
    specs = [SourceSpec(identify("0").kind, name, name) for name in ("x/a.mp4", "y/a.mp4", "rtsp://***@h/p?q=1")]
    names = [annotated_path(tmp_path / "o.mp4", spec, False, False, taken).name for spec in specs]
    assert names == ["o_a.mp4", "o_a_2.mp4", "o_p_q_1.mp4"]


def test_faulty_sources_are_one_line_each_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("this is no video")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8 no")
    cut = write_clip(tmp_path / "cut.avi", frames=60)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    good = write_clip(tmp_path / "good.avi", frames=10)
    names = ["empty.mp4", "text.mp4", "bad.jpg", "cut.avi", "good.avi"]
    out = tmp_path / "out.csv"
    report = run_on([tmp_path / name for name in names], Outputs({"csv": csv_file(out)}))
    assert len(report.errors) == 4
    for name, error in zip(names, report.errors, strict=False):
        assert name in error and "\n" not in error
    assert {row["source"] for row in rows_of(out)} == {str(cut), str(good)}, "what could be read of cut.avi is kept"


def test_words_that_stand_for_nothing_are_errors(tmp_path: Path) -> None:
    items, errors = items_of([str(tmp_path / "nowhere.mp4"), str(write_clip(tmp_path / "a.avi"))])
    assert len(items) == 1 and "nowhere.mp4" in errors[0]


def test_an_output_that_cannot_be_written_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outputs = Outputs({"csv": csv_file(tmp_path / "file" / "o.csv"), "jsonl": json_file(tmp_path / "o.jsonl")})
    outputs.video = tmp_path / "file" / "o.mp4"
    report = run_on([write_clip(tmp_path / "a.avi")], outputs)
    assert len(report.errors) == 2 and all("cannot be written" in error for error in report.errors)
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 1


def test_a_video_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    source = VideoFile(identify(str(write_clip(tmp_path / "a.avi"))))
    with pytest.raises(OutputError, match=r"o\.xyz"):
        AnnotatedVideo(tmp_path / "o.xyz", source.open())
    source.close()


def test_a_picture_the_networks_refuse_is_an_error_of_that_picture(tmp_path: Path) -> None:
    class Picky(Networks):
        def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
            if images[0].shape[0] == 1:
                raise ValueError("a picture of one line is none")
            return super().detect(images)

    paths = [picture(tmp_path / "a.png", (1, 50)), picture(tmp_path / "b.png")]
    items, _ = items_of([str(path) for path in paths])
    report = run(items, Pipeline(Picky(), Picky()))
    assert report.errors == [f"{paths[0]}: a picture of one line is none"] and len(report.events) == 1


def test_stopping_keeps_what_was_read(tmp_path: Path) -> None:
    control, out = Control(), tmp_path / "o.csv"
    items, _ = items_of([str(write_clip(tmp_path / "a.avi", 30)), str(write_clip(tmp_path / "b.avi", 30))])
    outputs = Outputs({"csv": csv_file(out)}, tmp_path / "o.mp4", StateFile.beside(out))
    before = threading.active_count()
    report = run(items, pipeline(stop_after=6, control=control), outputs, control=control)
    assert report.interrupted and 4 <= report.frames <= 12
    assert len(rows_of(out)) == 1 and threading.active_count() == before
    frames, _, _ = read_back(tmp_path / "o_a.mp4")
    assert frames == report.frames


def test_a_run_that_was_stopped_goes_on_without_repeating_or_losing(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{n}.avi", 12) for n in range(5)]
    (tmp_path / "1.avi").write_bytes(b"broken")
    texts, out, control = [str(path) for path in paths], tmp_path / "o.csv", Control()

    def outputs() -> Outputs:
        return Outputs({"csv": csv_file(out), "jsonl": json_file(tmp_path / "o.jsonl")}, None, StateFile.beside(out))

    first = run(items_of(texts)[0], pipeline(stop_after=15, control=control), outputs(), control=control)
    assert first.interrupted
    with out.open("ab") as file:
        file.write(b"half a row that a crash lef")
    with StateFile.beside(out).path.open("a") as file:
        file.write('{"source": "cut o')
    second = run(items_of(texts)[0], pipeline(), outputs(), resume=True)
    assert not second.interrupted and second.skipped == 3 and second.frames == 24
    assert [row["source"] for row in rows_of(out)] == [texts[0], texts[2], texts[3], texts[4]]
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 4
    assert len(second.errors) == 1 and "1.avi" in second.errors[0], "what failed before is told again at the end"
    assert not StateFile.beside(out).path.exists()


def test_a_file_that_changed_since_is_read_again(tmp_path: Path) -> None:
    path, out, control = write_clip(tmp_path / "a.avi", 6), tmp_path / "o.csv", Control()
    other = write_clip(tmp_path / "b.avi", 30)
    items = items_of([str(path), str(other)])[0]
    outputs = Outputs({"csv": csv_file(out)}, None, StateFile.beside(out))
    run(items, pipeline(stop_after=6, control=control), outputs, control=control)
    os.utime(path, (1, 1))
    again = run(items, pipeline(), Outputs({"csv": csv_file(out)}, None, StateFile.beside(out)), resume=True)
    assert again.skipped == 0


@pytest.mark.parametrize("jobs", [1, 3])
def test_jobs_change_the_batches_not_the_result(tmp_path: Path, jobs: int) -> None:
    paths = [write_clip(tmp_path / f"{n}.avi", 8 + n) for n in range(4)]
    out = tmp_path / "o.csv"
    report = run_on(paths, Outputs({"csv": csv_file(out)}), jobs=jobs)
    assert report.frames == sum(8 + n for n in range(4)) and not report.errors
    assert sorted(row["source"] for row in rows_of(out)) == [str(path) for path in paths]


class Watched:
    """Remembers what a run told."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.names: list[str] = []

    def begun(self, item: Item) -> None:
        self.names.append(item.spec.source_id)

    def advanced(self, item: Item, media_s: float, share: float) -> None:
        self.shares.append(share)

    def found(self, event: PlateEvent) -> None:
        self.names.append(event.text.plate)

    def trouble(self, text: str) -> None:
        self.names.append(text)

    def ended(self, item: Item, error: str) -> None:
        self.names.append("ended")


def test_the_progress_rises_with_the_media_time(tmp_path: Path) -> None:
    watched = Watched()
    run_on([write_clip(tmp_path / "a.avi", 20), write_clip(tmp_path / "b.avi", 60)], Outputs(), progress=watched)
    assert watched.shares == sorted(watched.shares)
    assert watched.shares[19] == pytest.approx(0.25, abs=0.08) and watched.shares[-1] > 0.97
    assert watched.names.count("ended") == 2


def test_a_paused_run_waits(tmp_path: Path) -> None:
    control, watched = Control(), Watched()
    control.pause()
    items, _ = items_of([str(write_clip(tmp_path / "a.avi", 5))])
    thread = threading.Thread(target=lambda: run(items, pipeline(), None, watched, control))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive() and not watched.shares
    control.resume()
    thread.join(10)
    assert len(watched.shares) == 5


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    batch.add_arguments(parser)
    return batch.main(parser.parse_args(list(words)))


def test_the_command_prints_a_table_and_tells_errors_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(opening, "load_pipeline", lambda device, tuning: pipeline())
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
    monkeypatch.setattr(opening, "load_pipeline", lambda device, tuning: pipeline())
    clip, log = write_clip(tmp_path / "a.avi"), tmp_path / "log" / "reads.db"
    assert command(str(clip), "--log", str(log)) == 0
    with Store.open(log, read_only=True) as store:
        (visit,) = store.page(Query()).visits
    assert (visit.plate, visit.source) == ("AB123C", str(clip))


def test_rows_name_the_watch_list_a_plate_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "load_pipeline", lambda device, tuning: pipeline())
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

    monkeypatch.setattr(opening, "load_pipeline", load)
    words = ("--device", "cpu", "--min-confidence", "0.99", "--country", "nl", "--country", "DE")
    assert command(str(write_clip(tmp_path / "a.avi")), *words) == 0
    assert seen[0] == "cpu"
    assert (seen[1].min_confidence, seen[1].countries) == (0.99, ("NL", "DE"))  # type: ignore[attr-defined]


def test_a_source_error_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        identify(str(tmp_path))


def test_a_camera_is_waited_for_as_long_as_is_set() -> None:
    item = Item(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    source = Opened([item], 1, StageTimes(), Live(stall_s=60))._capture(item)._source
    assert isinstance(source, LiveSource) and source.patience_s == 60
