"""Runs into the log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.main import main
from app.config import settings
from app.sinks.resume import StateFile
from app.store.errors import LogError, LogUnavailable
from app.store.search import Query
from app.store.store import Store
from tests.app.runs import command
from tests.app.store.samples import entry, log_as_of


def test_the_log_that_is_set_is_the_one_of_every_command(
    clips: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Else a purge would look for a plate where it is not."""
    chosen = settings.with_value(settings.Settings(), "log.folder", str(tmp_path / "elsewhere"))
    settings.save(chosen)
    assert main(["run", str(clips / "a.avi"), "--log"]) == 0
    with Store.open(tmp_path / "elsewhere" / "plates.sqlite3", read_only=True) as store:
        assert store.count(Query()) == 1
    assert main(["log", "purge", "--plate", "AB123C"]) == 0
    assert "Deleted 1 visit, " in capsys.readouterr().out


@pytest.mark.parametrize(("said", "left"), [("", 1), *((f"keep_days = {days}", 2) for days in (40, 0, -1))])
def test_a_run_deletes_what_is_kept_too_long(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, left: int
) -> None:
    settings.default_path().parent.mkdir(parents=True, exist_ok=True)
    settings.default_path().write_text(f"[log]\n{said}\n")
    log = tmp_path / "log" / "l.db"
    with Store.open(log) as store:
        store.save([entry("OLD", 1)])
        log_as_of(store, datetime.now(UTC) - timedelta(days=31))
    assert command(str(clips / "a.avi"), "--log", str(log)) == 0
    with Store.open(log) as store:
        assert store.count(Query()) == left
    told = "1 read logged more than 30 days ago was deleted" in capsys.readouterr().err
    assert told is (left == 1)


def test_a_damaged_log_is_told_with_its_new_name_while_the_run_goes_on(
    clips: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log" / "l.db"
    log.parent.mkdir()
    log.write_bytes(b"no database " * 500)
    assert command(str(clips), "--log", str(log)) == 0
    [aside] = log.parent.glob("l.corrupt-*.db")
    said = capsys.readouterr()
    assert said.err.count(f"is kept as {aside}") == 1
    assert aside.read_bytes() == b"no database " * 500
    with Store.open(log) as store:
        assert store.count(Query()) == 3


def test_trouble_with_the_log_is_told_at_once_and_its_end_too(
    clips: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = Store.save, [2]

    def save(store: Store, entries: object) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise LogUnavailable("The disk of l.db is full. Free some space.")
        return real(store, entries)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "save", save)
    assert command(str(clips), "--log", str(tmp_path / "log" / "l.db")) == 0
    said = capsys.readouterr()
    assert said.err.count("The disk of l.db is full") == 1
    assert said.err.index("is full") < said.err.index("written again")
    assert said.out.count("AB123C") == 6, "each told once when it is kept, and once in the table"


def test_without_room_for_pictures_the_text_is_kept_and_that_is_told(
    clips: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: object, _name: str, _data: bytes) -> None:
        raise LogUnavailable("The disk of the pictures is full.")

    monkeypatch.setattr("app.store.pictures.PictureFolder._write", full)
    monkeypatch.setattr("app.pipeline.engine.COMMIT_TIMEOUT_S", 1.0)
    log = tmp_path / "log" / "l.db"
    assert command(str(clips / "a.avi"), "--log", str(log)) == 1
    said = capsys.readouterr().err
    assert said.count("pictures is full") == 1 and "1 visit is in the log without pictures" in said
    assert "written again" not in said
    with Store.open(log) as store:
        assert store.count(Query()) == 1


def test_a_visit_that_cannot_be_kept_is_not_told_as_kept(
    clips: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(store: Store, entries: object) -> object:
        raise LogError("no store can take it")

    monkeypatch.setattr(Store, "save", save)
    out = tmp_path / "o.csv"
    assert command(str(clips), "--csv", str(out), "--log", str(tmp_path / "log" / "l.db")) == 1
    said = capsys.readouterr()
    assert "3 visits could not be kept" in said.err
    assert said.out.count("AB123C") == 3, "in the table alone"
    assert StateFile.beside(out).load().sources == {}, "--resume reads them again"


def test_a_run_read_anew_leaves_no_visit_that_only_its_first_try_had(clips: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "o.csv", tmp_path / "log" / "l.db"
    source = str(clips / "a.avi")
    StateFile.beside(out, "r").rewrite(StateFile.beside(out).load())
    with Store.open(log) as store:
        for track, note in (("a", ""), ("b", "seen by a person")):
            store.save([entry("ZZ1", run="r", source=source, track=f"{source}#9{track}", note=note)])
        store.save([entry("ZZ2", run="other", source=source, track=f"{source}#9")])
    assert command(str(clips), "--csv", str(out), "--log", str(log), "--resume") == 0
    with Store.open(log) as store:
        kept = sorted((visit.plate, visit.run, visit.note) for visit in store.each(Query(source=source)))
    assert kept == [("AB123C", "r", ""), ("ZZ1", "r", "seen by a person"), ("ZZ2", "other", "")]
