import os
import threading
from pathlib import Path

import pytest

from app.sinks.csv import csv_file
from app.sinks.jsonl import jsonl_file
from app.sinks.resume import StateFile
from app.sinks.row_file import OutputError, RowFile
from app.sources.identify import identify
from app.sources.source import SourceSpec
from app.sources.video_file import VideoFile
from tests.app.runs import Networks, Watched, read_files, rows_of
from tests.app.sources.clips import write_clip


def test_stopping_keeps_what_was_read(tmp_path: Path) -> None:
    out, paths = tmp_path / "o.csv", [write_clip(tmp_path / "a.avi", 30), write_clip(tmp_path / "b.avi", 30)]
    before = threading.active_count()
    run = read_files(
        paths,
        {"csv": csv_file(out)},
        networks=Networks(stop_after=6),
        video=tmp_path / "o.mp4",
        state=StateFile.beside(out),
    )
    assert run.report.interrupted and 4 <= run.report.frames <= 16
    assert len(rows_of(out)) == 1 and threading.active_count() == before
    source = VideoFile(identify(str(tmp_path / "o_a.mp4")))
    assert source.open().frames == run.report.frames
    source.close()


def test_a_run_that_was_stopped_goes_on_without_repeating_or_losing(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{n}.avi", 12) for n in range(5)]
    (tmp_path / "1.avi").write_bytes(b"broken")
    texts, out = [str(path) for path in paths], tmp_path / "o.csv"

    def rows() -> dict[str, RowFile]:
        return {"csv": csv_file(out), "jsonl": jsonl_file(tmp_path / "o.jsonl")}

    first = read_files(paths, rows(), networks=Networks(stop_after=15), state=StateFile.beside(out))
    assert first.report.interrupted
    with out.open("ab") as file:
        file.write(b"half a row that a crash lef")
    with StateFile.beside(out).path.open("a") as file:
        file.write('{"source": "cut o')
    second = read_files(paths, rows(), state=StateFile.beside(out), resume=True)
    assert not second.report.interrupted and len(second.outputs.skipped) == 3 and second.report.frames == 24
    assert [row["source"] for row in rows_of(out)] == [texts[0], texts[2], texts[3], texts[4]]
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 4
    assert len(second.errors) == 1 and "1.avi" in second.errors[0], "what failed before is told again at the end"
    assert not StateFile.beside(out).path.exists()


def test_a_file_that_changed_since_is_read_again(tmp_path: Path) -> None:
    path, out = write_clip(tmp_path / "a.avi", 6), tmp_path / "o.csv"
    paths, state = [path, write_clip(tmp_path / "b.avi", 30)], StateFile.beside(out)
    read_files(paths, {"csv": csv_file(out)}, networks=Networks(stop_after=6), state=state)
    os.utime(path, (1, 1))
    assert read_files(paths, {"csv": csv_file(out)}, state=state, resume=True).outputs.skipped == []


class StopsAfterOne(Watched):
    """Stops a run once its first source is done."""

    def __init__(self, networks: Networks) -> None:
        super().__init__()
        self._networks = networks

    def on_source_kept(self, source: SourceSpec, error: str) -> None:
        assert self._networks.stop is not None
        self._networks.stop()


@pytest.mark.parametrize("fate", ["cut", "gone", "another output"])
def test_outputs_that_changed_since_the_stop_are_begun_anew(clips: Path, fate: str) -> None:
    """A power cut may take the end of a file; to fill the gap with nothing would be no row of anything."""
    out, more, watched, networks = clips.parent / "o.csv", clips.parent / "o.jsonl", Watched(), Networks()
    paths, state = sorted(clips.iterdir()), StateFile.beside(out, "r")
    run = read_files(paths, {"csv": csv_file(out)}, StopsAfterOne(networks), networks=networks, state=state)
    assert run.report.interrupted and state.load().sources and state.load().run == "r"
    rows = {"csv": csv_file(out)}
    if fate == "cut":
        os.truncate(out, 100)
    elif fate == "gone":
        out.unlink()
    else:
        rows["jsonl"] = jsonl_file(more)
    run = read_files(paths, rows, watched, state=state, resume=True)
    assert not run.outputs.skipped and not run.errors and len(rows_of(out)) == 3 and b"\0" not in out.read_bytes()
    assert "read anew" in watched.troubles[0]
    if fate == "another output":
        assert len(more.read_text().splitlines()) == 3


def test_a_state_that_cannot_be_read_or_written_is_told_and_stops_nothing(clips: Path) -> None:
    out = clips.parent / "o.csv"
    state = StateFile.beside(out)
    state.path.mkdir()
    run = read_files(sorted(clips.iterdir()), {"csv": csv_file(out)}, state=state, resume=True)
    assert len(rows_of(out)) == 3
    assert run.errors and all(str(state.path) in error for error in run.errors)


def test_what_does_not_fit_to_the_end_is_told_and_read_again_with_resume(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, paths, real = clips.parent / "o.csv", sorted(clips.iterdir()), RowFile.write

    def full(file: RowFile) -> None:
        if file.length - len(file._waiting) > 250:
            raise OutputError(f"{file.path}: the disk is full; free some space")
        real(file)

    with monkeypatch.context() as patched:
        patched.setattr(RowFile, "write", full)
        run = read_files(paths, {"csv": csv_file(out)}, state=StateFile.beside(out, "r"))
    assert [error for error in run.errors if "last rows are missing" in error and str(out) in error]
    done = StateFile.beside(out).load()
    assert 0 < len(done.sources) < 3
    again = read_files(paths, {"csv": csv_file(out)}, state=StateFile.beside(out, "r"), resume=True)
    assert len(again.outputs.skipped) == len(done.sources) and not again.errors
    assert len(rows_of(out)) == 3
