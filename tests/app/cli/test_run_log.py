from pathlib import Path

import pytest

from app.config import settings
from app.pipeline import loading
from app.store.search import Query
from app.store.store import Store
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry
from tests.app.runs import command, pipeline, rows_of
from tests.app.sources.clips import write_clip


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own log, in a folder of this test, and networks that always find one plate."""
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
    settings.save(settings.with_value(settings.Settings(), "log.folder", str(tmp_path / "own")))
    return tmp_path / "own" / "plates.sqlite3"


def test_without_a_log_the_lists_of_the_users_own_are_looked_at_and_nothing_is_written_to_it(
    own_log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(own_log) as store:
        store.watch.add(WatchEntry(BLOCK, "AB123C", note="stolen"))
    clip, out = write_clip(tmp_path / "a.avi", 30), tmp_path / "o.csv"
    assert command(str(clip), "--csv", str(out)) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("HIT")]
    assert len(told) == 1 and "stolen" in told[0]
    assert [row["list"] for row in rows_of(out)] == [BLOCK]
    with Store.open(own_log) as store:
        assert store.count(Query()) == 0


def test_where_there_is_no_log_none_is_made(own_log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(str(write_clip(tmp_path / "a.avi"))) == 0
    assert not own_log.exists() and "HIT" not in capsys.readouterr().out


def test_lists_that_cannot_be_read_are_told_and_the_run_goes_on(
    own_log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_log.parent.mkdir(parents=True)
    own_log.write_bytes(b"no database " * 500)
    assert command(str(write_clip(tmp_path / "a.avi"))) == 0
    said = capsys.readouterr()
    assert "AB123C" in said.out and said.err.count("watch lists") == 1
    assert own_log.read_bytes() == b"no database " * 500, "what is only looked at is not set aside"
