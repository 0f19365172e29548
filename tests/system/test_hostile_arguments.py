"""Arguments that no reasonable person gives: each ends in a line that says what is wrong, never in a traceback."""

from pathlib import Path

import pytest

from app.cli.main import main
from app.pipeline import engine, loading
from app.store.store import Store
from tests.app.runs import pipeline
from tests.app.sources.clips import write_clip
from tests.app.store.samples import entry

BIG = "9" * 30
REFUSED = (
    *(["log", "retain", "--days", days] for days in ("nan", "1e12", "inf", "-1")),
    ["log", "search", "--limit", BIG],
    ["log", "search", "--since", f"{BIG}d"],
    ["log", "correct", BIG, "X"],
    *(["log", "export", "--csv", name] for name in ("/", ".", "", "..", "n" * 300)),
    ["log", "export", "--crops", "l.db"],
    ["log", "purge", "--plate", "**"],
    *(["watch", "add", *words] for words in ([""], ["A", "--hours", "Mon 25:99"], ["A", "--tolerance", BIG])),
    *(["watch", "import", name] for name in (".", "/dev/null", "a.avi")),
    ["watch", "export", "/"],
    *(["run", "a.avi", "--csv", name] for name in ("/", ".", "", "n" * 300)),
    *(["run", "a.avi", "--video", name] for name in (".", "/", "\udcff.mp4")),
    ["run", "a.avi", "--csv", "", "--resume"],
    ["run", "a.avi", "--start", "0001-01-01"],
    *(["run", "a.avi", "--min-confidence", share] for share in ("nan", "80", "80%")),
    *(["run", "a.avi", "--jobs", number] for number in ("0", "-1", "two")),
    *(["run", "a.avi", "--country", code] for code in ("XX", "")),
    ["log", "search", "--min-confidence", "80"],
    ["log", "search", "--since", "1d", "--until", "2d"],
    ["log", "retain", "--days", "0"],
    ["evaluate", "--country", "XX", "."],
    ["evaluate", "nowhere"],
    *(["run", "a.avi", "--log", place] for place in (".", "/proc/x/y.db", "a\0b", "~nobody-is-called-so/l.db")),
    *(["run", source] for source in ("/dev/null", "/proc/self/mem", "", "." * 5000, "a\0b", "camera:")),
    ["evaluate", "--truth", ".", "a.avi"],
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "load_pipeline", lambda *_, **__: pipeline())
    monkeypatch.setattr(engine, "COMMIT_TIMEOUT_S", 0.2)  # else a run waits for a log that may be there later
    write_clip(Path("a.avi"), frames=4)
    with Store.open("l.db") as store:
        store.save([entry()])


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: ascii(" ".join(words))[1:40])
def test_it_is_refused_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    log = ["--log", "l.db"] if words[0] in ("log", "watch") else []
    try:
        status = main([*words, *log])
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr().err
    assert status in (1, 2) and said.strip() and "Traceback" not in said and " _" not in said  # no name of our own


@pytest.mark.parametrize(
    "words", [["A" * 200_000], ["*?" * 3000], ["["], ["\ud800"], ["--until", "9999-12-31T23:59:59"]]
)
def test_a_strange_search_finds_nothing_or_something_at_once(words: list[str]) -> None:
    assert main(["log", "search", *words, "--log", "l.db"]) == 0
