"""What a run writes: for the user alone, never over what it reads, and whole although a disk is full for a while."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.pipeline.events import EventKind
from app.sinks import row_file
from app.sinks.csv import csv_file
from app.sinks.jsonl import jsonl_file
from app.sinks.resume import StateFile
from app.sinks.row_file import RowFile
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.made_events import made_event
from tests.app.runs import Watched, command, read_files, rows_of
from tests.app.sources.clips import write_clip


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


def test_one_file_for_two_outputs_is_refused(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = clips.parent / "out"
    assert command(str(clips), "--csv", str(out), "--jsonl", f"{clips}/../out") == 2
    assert "two outputs" in capsys.readouterr().err and not out.exists()


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

    monkeypatch.setattr(row_file.os, "fsync", fsync)
    return left


def test_rows_wait_in_memory_while_the_disk_is_full(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, watched = clips.parent / "o.csv", Watched()
    left = no_room(monkeypatch, 2)  # the heading and the first source's row
    run = read_files(sorted(clips.iterdir()), {"csv": csv_file(out)}, watched)
    assert left == [0] and run.errors == []
    assert [Path(row["source"]).name for row in rows_of(out)] == ["a.avi", "b.avi", "c.avi"]
    assert len(watched.troubles) == 1 and "the disk is full" in watched.troubles[0] and str(out) in watched.troubles[0]


def test_a_row_that_does_not_fit_is_not_there_by_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = jsonl_file(tmp_path / "o.jsonl")
    file.open()
    assert file.add_lines("one\n") is None
    left = no_room(monkeypatch, 1)
    receipt = file.add_lines("two\n")
    assert receipt is not None and not receipt.done()
    assert (tmp_path / "o.jsonl").read_text() == "one\n" and file.length == 8 and left == [0]
    assert file.add_lines("three\n") is None and receipt.done()
    assert (tmp_path / "o.jsonl").read_text() == "one\ntwo\nthree\n"


def test_a_run_whose_output_nobody_reads_any_more_keeps_what_it_reads(clips: Path) -> None:
    """`main.py run … --csv reads.csv | head -1`"""
    code = (
        "import sys; from app.config import bootstrap; bootstrap.prepare(); from app.pipeline import loading\n"
        "from app.cli.main import main; from tests.app.runs import pipeline\n"
        "loading.load_pipeline = lambda device, tuning: pipeline()\n"
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
    events = read_files(sorted(clips.iterdir())).events
    assert len(events) == 3
    seen = [event.evidence for event in events]
    assert all(one.frame.size == one.crop.size == len(one.readings) == 0 for one in seen)
    assert all(one.frame.base is None for one in seen), "no view of a picture either"


def test_live_rows_tell_what_is_new_alone(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "o.txt", "", "utf-8", lambda event: f"{event.text.plate} {event.kind.value}\n", live=True)
    file.open()
    told = [
        made_event(1, "AB1", EventKind.NEW),
        made_event(1, "AB1", EventKind.UPDATE, 2),
        made_event(1, "AB12", EventKind.UPDATE, 3),
        made_event(2, "XY9", EventKind.NEW),
        made_event(2, "XY9", EventKind.WITHDRAWN, 2),
        made_event(1, "AB12", EventKind.FINAL, 4),
    ]
    for event in told:
        file.on_event(event)
    file.on_reads(SourceSpec(SourceKind.VIDEO, SourceId("gate"), "gate"), [told[-1]])
    file.close()
    assert (tmp_path / "o.txt").read_text().splitlines() == ["AB1 new", "AB12 update", "XY9 new", "AB12 final"]
