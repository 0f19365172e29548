"""What a run writes: for the user alone, never over what it reads, and whole although a disk is full for a while."""

import errno
import os
import stat
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from app.batch import files, writers
from app.batch.files import OutputError
from app.batch.outputs import Outputs
from app.batch.progress import Control, Item, items_of
from app.batch.runner import run
from app.batch.state import StateFile
from app.batch.writers import csv_file, json_file
from app.sources.identify import identify
from app.sources.video_file import VideoFile
from tests.app.batch.runs import Watched
from tests.app.sources.clips import write_clip
from tests.app.test_batch import command, pipeline, rows_of


@pytest.mark.parametrize("output", ["--csv", "--jsonl", "--video"])
@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_no_output_overwrites_what_is_read(
    clips: Path, capsys: pytest.CaptureFixture[str], output: str, link: Callable[[Path, Path], None] | None
) -> None:
    target = clips / "a.avi"
    if link is not None:
        link(target, target := clips.parent / "other.avi")
    before = target.read_bytes()
    assert command(str(clips / "a.avi"), output, str(target)) == 1
    assert "is one of the sources" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_an_annotated_video_never_replaces_another_source(clips: Path) -> None:
    """`--video in/v.avi` beside a source v_a.avi, as left by the run before."""
    before = write_clip(clips / "v_a.avi", frames=3).read_bytes()
    assert command(str(clips), "--video", str(clips / "v.avi")) == 1
    assert (clips / "v_a.avi").read_bytes() == before


def test_one_file_for_two_outputs_is_refused(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = clips.parent / "out"
    assert command(str(clips), "--csv", str(out), "--jsonl", f"{clips}/../out") == 2
    assert "two outputs" in capsys.readouterr().err and not out.exists()


def test_a_text_named_for_the_video_stays(clips: Path) -> None:
    (clips.parent / "notes.txt").write_text("mine")
    assert command(str(clips / "a.avi"), "--video", str(clips.parent / "notes.txt")) == 1
    assert (clips.parent / "notes.txt").read_text() == "mine"


def test_what_a_run_writes_is_the_users_alone(clips: Path) -> None:
    out = clips.parent / "out"
    write_clip(clips / "d.avi")
    outputs = ["--csv", "o.csv", "--jsonl", "o.jsonl", "--video", "v.mp4"]
    before = os.umask(0)
    try:
        assert command(str(clips), *(word if word.startswith("-") else str(out / word) for word in outputs)) == 0
        state = StateFile(out / "s.state")
        state.rewrite(state.load())
    finally:
        os.umask(before)
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert len(made) == 7 and set(made.values()) == {0o600}


def no_room(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Make so many writes of rows fail as on a full disk, after half of the row is written."""
    left, real = [times], os.fsync

    def fsync(descriptor: int) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    return left


def test_rows_wait_in_memory_while_the_disk_is_full(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, watched = clips.parent / "o.csv", Watched()
    items, _ = items_of([str(clips)])
    left = no_room(monkeypatch, 2)  # the heading and the first source's row
    report = run(items, pipeline(), Outputs({"csv": csv_file(out)}), watched)
    assert left == [0] and report.errors == []
    assert [Path(row["source"]).name for row in rows_of(out)] == ["a.avi", "b.avi", "c.avi"]
    assert len(watched.troubles) == 1 and "the disk is full" in watched.troubles[0] and str(out) in watched.troubles[0]


def test_a_row_that_does_not_fit_is_not_there_by_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = json_file(tmp_path / "o.jsonl")
    file.open()
    file._line = lambda event: str(event) + "\n"
    file.add(["one"])  # type: ignore[list-item]
    left = no_room(monkeypatch, 1)
    with pytest.raises(OutputError, match="disk is full"):
        file.add(["two"])  # type: ignore[list-item]
    assert (tmp_path / "o.jsonl").read_text() == "one\n" and file.length == 8 and left == [0]
    file.add(["three"])  # type: ignore[list-item]
    assert (tmp_path / "o.jsonl").read_text() == "one\ntwo\nthree\n"


def test_what_does_not_fit_to_the_end_is_told_and_read_again_with_resume(
    clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = clips.parent / "o.csv"
    items, _ = items_of([str(clips)])
    real = files.RowFile.write

    def full(file: files.RowFile) -> None:
        if file.written > 250:
            raise OutputError(f"{file.path}: the disk is full; free some space")
        real(file)

    with monkeypatch.context() as patched:
        patched.setattr(files.RowFile, "write", full)
        report = run(items, pipeline(), Outputs({"csv": csv_file(out)}, None, StateFile.beside(out, "r")))
    assert [error for error in report.errors if "last rows are missing" in error and str(out) in error]
    done = StateFile.beside(out).load()
    assert 0 < len(done.sources) < 3
    again = run(items, pipeline(), Outputs({"csv": csv_file(out)}, None, StateFile.beside(out, "r")), resume=True)
    assert again.skipped == len(done.sources) and not again.errors
    assert len(rows_of(out)) == 3


class StopsAfterOne(Watched):
    """Stops a run once its first source is done."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control

    def ended(self, item: Item, error: str) -> None:
        self._control.stop()


@pytest.mark.parametrize("fate", ["cut", "gone", "another output"])
def test_outputs_that_changed_since_the_stop_are_begun_anew(clips: Path, fate: str) -> None:
    """A power cut may take the end of a file; to fill the gap with nothing would be no row of anything."""
    out, more, watched = clips.parent / "o.csv", clips.parent / "o.jsonl", Watched()
    items, _ = items_of([str(clips)])
    state = StateFile.beside(out, "r")
    stopper = StopsAfterOne(control := Control())
    report = run(items, pipeline(), Outputs({"csv": csv_file(out)}, None, state), stopper, control)
    assert report.interrupted and state.load().sources and state.load().run == "r"
    outputs = Outputs({"csv": csv_file(out)}, None, state)
    if fate == "cut":
        os.truncate(out, 100)
    elif fate == "gone":
        out.unlink()
    else:
        outputs.rows["jsonl"] = json_file(more)
    report = run(items, pipeline(), outputs, watched, resume=True)
    assert report.skipped == 0 and not report.errors and len(rows_of(out)) == 3 and b"\0" not in out.read_bytes()
    assert "read anew" in watched.troubles[0]
    if fate == "another output":
        assert len(more.read_text().splitlines()) == 3


def test_a_state_that_cannot_be_read_or_written_is_told_and_stops_nothing(clips: Path) -> None:
    out = clips.parent / "o.csv"
    StateFile.beside(out).path.mkdir()
    items, _ = items_of([str(clips)])
    report = run(items, pipeline(), Outputs({"csv": csv_file(out)}, None, StateFile.beside(out)), resume=True)
    assert len(rows_of(out)) == 3
    assert report.errors and all(str(StateFile.beside(out).path) in error for error in report.errors)


def test_a_video_ends_before_the_disk_is_full_and_can_be_played(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, out = write_clip(clips / "long.avi", frames=20), clips.parent / "v.mp4"
    usage, left = namedtuple("usage", "free"), [9]

    def disk_usage(_: Path) -> object:
        left[0] -= 1
        return usage(1 << 40 if left[0] > 0 else 1 << 20)

    monkeypatch.setattr(writers.shutil, "disk_usage", disk_usage)
    items, _ = items_of([str(clip)])
    report = run(items, pipeline(), Outputs(video=out))
    assert report.frames == 20
    [error] = report.errors
    assert str(out) in error and "nearly full" in error
    source = VideoFile(identify(str(out)))
    assert source.open().frames == 7
    source.close()


def test_a_run_whose_output_nobody_reads_any_more_keeps_what_it_reads(clips: Path) -> None:
    """`main.py run … --csv reads.csv | head -1`"""
    code = (
        "import sys; from app.config import bootstrap; bootstrap.prepare(); from app.pipeline import opening\n"
        "from app.cli.main import main; from tests.app.test_batch import pipeline\n"
        "opening.load_pipeline = lambda device, tuning: pipeline()\n"
        f"raise SystemExit(main(['run', {str(clips)!r}, '--csv', {str(clips.parent / 'o.csv')!r}]))"
    )
    read_end, write_end = os.pipe()
    os.close(read_end)
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    assert done.returncode == 0, done.stderr
    assert len(rows_of(clips.parent / "o.csv")) == 3


def test_what_a_run_remembers_holds_no_pictures(clips: Path) -> None:
    """Ten thousand vehicles with a picture each would fill the memory."""
    items, _ = items_of([str(clips)])
    report = run(items, pipeline(), Outputs())
    assert len(report.events) == 3
    assert all(
        event.evidence.frame.size == event.evidence.crop.size == len(event.evidence.readings) == 0
        for event in report.events
    )
    assert all(event.evidence.frame.base is None for event in report.events), "no view of a picture either"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of file size on Windows")
def test_a_video_that_a_limit_cuts_is_told_and_not_said_to_be_written(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from app.batch.outputs import Outputs
from app.batch.progress import items_of
from app.batch.runner import run
from tests.app.test_batch import pipeline
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
items, _ = items_of([sys.argv[1]])
report = run(items, pipeline(), Outputs(video=Path(sys.argv[2])))
print(report.written, report.errors)
"""
    clip, out = write_clip(tmp_path / "a.avi", 40), tmp_path / "o.mp4"
    words = [sys.executable, "-c", code, str(clip), str(out)]
    done = subprocess.run(words, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[] ") and f"{out}: the video could not be finished" in done.stdout
