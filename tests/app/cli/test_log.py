import csv
from pathlib import Path

import pytest

from app.cli.main import main
from app.store.benchmark import main as benchmark
from app.store.search import Query
from app.store.store import Store
from tests.app.store.samples import entry


@pytest.fixture
def log(log_file: Path) -> str:
    with Store.open(log_file) as store:
        store.save([entry("AB12CDE", 1), entry("A812CDE", 2, source="yard"), entry("XY99ABC", 3, list_name="block")])
    return str(log_file)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_search_shows_what_matches(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "log", "search", "ab1*", "--log", log)
    assert status == 0
    assert "AB12CDE" in out
    assert "A812CDE" in out
    assert "2 of 2 visits" in out
    _, out, _ = run(capsys, "log", "search", "AB1*", "--exact", "--no-alternatives", "--log", log)
    assert "A812CDE" not in out
    _, out, _ = run(capsys, "log", "search", "--list", "any", "--log", log)
    assert "1 of 1 visit\n" in out
    _, out, _ = run(capsys, "log", "search", "--since", "2026-05-04T12:00:02+00:00", "--source", "y*", "--log", log)
    assert "1 of 1 visit\n" in out
    _, out, _ = run(capsys, "log", "search", "--until", "9000d", "--log", log)
    assert "No visit matches" in out


def test_search_by_region_and_by_what_is_unsure(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(log_file) as store:
        store.save([entry("7ABC123", 1, region="US-CA", sure=False), entry("AB12CDE", 2, region="GB")])
    for words, found in ((("--region", "us"), "7ABC123"), (("--unsure",), "7ABC123"), (("--sure",), "AB12CDE")):
        _, out, _ = run(capsys, "log", "search", *words, "--log", str(log_file))
        assert found in out and "1 of 1 visit\n" in out


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--limit", "0"), ("--since", "9" * 30 + "d")])
def test_wrong_arguments_are_named(log: str, capsys: pytest.CaptureFixture[str], words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        main(["log", "search", *words, "--log", log])
    assert words[1] in capsys.readouterr().err


def test_export_writes_what_is_asked_for(log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, lines, crops = tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "crops"
    where = ("--csv", str(table), "--jsonl", str(lines), "--crops", str(crops))
    status, out, _ = run(capsys, "log", "export", "*CDE", *where, "--log", log)
    assert status == 0
    assert "2 visits written" in out
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [row["plate"] for row in csv.DictReader(file)] == ["A812CDE", "AB12CDE"]
    assert len(lines.read_text().splitlines()) == 2
    assert len(list(crops.glob("*.jpg"))) == 2
    status, _, err = run(capsys, "log", "export", "--log", log)
    assert (status, "--csv FILE" in err) == (1, True)


def test_correct_purge_and_retain(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "log", "correct", "1", "AB12CDF", "--log", log)
    assert (status, "AB12CDF" in out, "AB12CDE" in out) == (0, True, True)
    status, out, _ = run(capsys, "log", "purge", "--plate", "XY99ABC", "--dry-run", "--log", log)
    assert out.startswith("Would delete 1 visit, 2 pictures")
    run(capsys, "log", "purge", "--plate", "XY99ABC", "--log", log)
    _, out, _ = run(capsys, "log", "search", "XY99ABC", "--log", log)
    assert "No visit matches" in out
    _, out, _ = run(capsys, "log", "retain", "--days", "0.0000001", "--log", log)
    with Store.open(log) as store:
        left = store.count(Query())
    assert (left, "Deleted 2 visits, " in out) == (0, True)
    status, _, err = run(capsys, "log", "correct", "99", "AB", "--log", log)
    assert (status, "no visit number 99" in err) == (1, True)


def test_watch_lists(log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--tolerance", "1", "--hours", "Mon-Fri 08:00-18:00", "--note", "stolen [red]")
    assert run(capsys, "watch", "add", "AB12CDE", *words, "--log", log)[0] == 0
    assert run(capsys, "watch", "add", "OK*", "--list", "allow", "--exact", "--log", log)[0] == 0
    _, out, _ = run(capsys, "watch", "list", "--log", log)
    assert "stolen [red]" in out
    assert "Mon-Fri 08:00-18:00" in out
    file = str(tmp_path / "lists.csv")
    assert "2 entries written" in run(capsys, "watch", "export", file, "--log", log)[1]
    assert "1 removed" in run(capsys, "watch", "remove", "ab12 cde", "--log", log)[1]
    assert "1 new, 1 changed" in run(capsys, "watch", "import", file, "--log", log)[1]
    status, _, err = run(capsys, "watch", "remove", "NOPE", "--log", log)
    assert (status, "is on no list" in err) == (1, True)
    status, _, err = run(capsys, "watch", "import", str(tmp_path / "missing.csv"), "--log", log)
    assert (status, "missing.csv" in err, "--log" in err) == (1, True, False)


def test_a_log_that_is_written_can_be_searched_corrected_and_watched(
    log: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with Store.open(log) as store:
        lists = tmp_path / "lists.csv"
        lists.write_text("plate,list\nXY98ZZZ,allow\n")
        assert run(capsys, "log", "search", "--log", log)[0] == 0
        assert run(capsys, "log", "correct", "1", "AB 99", "--log", log)[0] == 0
        assert run(capsys, "watch", "add", "AB99", "--log", log)[0] == 0
        assert run(capsys, "watch", "import", str(lists), "--log", log)[0] == 0
        assert run(capsys, "watch", "remove", "XY98ZZZ", "--log", log)[0] == 0
        assert store.get(1).plate == "AB 99"
        store.watch.forget()
        assert [entry.plate for entry in store.watch.entries()] == ["AB99"]
        for words in (("log", "purge", "--plate", "AB99"), ("log", "retain", "--days", "9")):
            status, _, err = run(capsys, *words, "--log", log)
            assert (status, "is being written" in err) == (1, True)


def test_a_damaged_log_is_set_aside_before_its_lists_are_changed(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(log).write_bytes(b"rubbish" * 999)
    status, out, err = run(capsys, "watch", "add", "AB99", "--log", log)
    assert (status, "is kept as" in err, "is now on the block list" in out) == (0, True, True)


def test_the_lists_of_a_log_that_is_not_there_yet_are_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "watch", "add", "AB99", "--log", str(tmp_path / "new" / "l.db"))[0] == 0


def test_a_damaged_log_is_told_once(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(log).write_bytes(b"rubbish" * 999)
    status, _, err = run(capsys, "log", "retain", "--days", "9", "--log", log)
    assert (status, "is kept as" in err) == (0, True)


def test_the_benchmark_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark(["--rows", "300", "--writes", "2", "--store", str(tmp_path / "b.db")]) == 0
    assert '"rows": 300' in capsys.readouterr().out
