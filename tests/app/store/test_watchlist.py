from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.database import Database
from app.store.errors import LogError, LogUnavailable, NotFound
from app.store.export import WATCH_COLUMNS, watch_from_csv, watch_to_csv
from app.store.hours import parse_hours
from app.store.store import Store
from app.store.watchlist import WatchBook, WatchEntry, WatchTable
from tests.app.store.samples import NOON

MONDAY = datetime(2026, 5, 4, 12, 0).astimezone()  # local time


def test_a_hit_names_its_entry_block_before_allow_and_nearest_first() -> None:
    near = WatchEntry("block", "AB12CDX", tolerance=1, note="one off")
    book = WatchBook([WatchEntry("allow", "AB12CDE"), near, WatchEntry("block", "AB*"), WatchEntry("block", "ZZ*")])
    hits = book.match("ab12 cde", NOON)
    assert [(hit.entry.list_name, hit.entry.plate, hit.distance) for hit in hits] == [
        ("block", "AB*", 0),
        ("block", "AB12CDX", 1),
        ("allow", "AB12CDE", 0),
    ]
    assert book.list_of("AB12CDE", NOON) == "block"
    assert book.list_of("QQ", NOON) == ""


@pytest.mark.parametrize(
    ("entry", "plate", "hit"),
    [
        (WatchEntry("block", "AB12CDE"), "AB12CDE", True),
        (WatchEntry("block", "AB12CDE"), "AB12CDF", False),
        (WatchEntry("block", "AB12CDE"), "A812C0E", True),
        (WatchEntry("block", "AB12CDE", look_alikes=False), "A812CDE", False),
        (WatchEntry("block", "AB12CDE", tolerance=2), "XB12CDX", True),
        (WatchEntry("block", "AB12CDE", tolerance=2), "XX12CXE", False),
        (WatchEntry("block", "AB12CDE", tolerance=1), "AB12CDEE", True),
        (WatchEntry("block", "AB12CDE", tolerance=1), "AB12CE", True),
        (WatchEntry("block", "AB?2*", tolerance=1), "AX92ZZZ", True),
        (WatchEntry("block", "AB?2*"), "AB2", False),
        (WatchEntry("block", "*"), "ANY1", True),
        (WatchEntry("block", "*"), "", False),
    ],
)
def test_what_an_entry_covers(entry: WatchEntry, plate: str, hit: bool) -> None:
    assert bool(WatchBook([entry]).match(plate, NOON)) == hit


@pytest.mark.parametrize(
    ("hours", "at", "covered"),
    [
        ("", "2026-05-04T03:00", True),
        ("Mon-Fri 08:00-18:00", "2026-05-04T08:00", True),
        ("Mon-Fri 08:00-18:00", "2026-05-04T18:00", False),
        ("Mon-Fri 08:00-18:00", "2026-05-09T12:00", False),
        ("Mon-Fri 08:00-18:00; Sat 10:00-13:00", "2026-05-09T12:00", True),
        ("Fri-Mon 08:00-18:00", "2026-05-10T12:00", True),
        ("Mon,Wed 08:00-18:00", "2026-05-05T12:00", False),
        ("22:00-06:00", "2026-05-04T23:00", True),
        ("22:00-06:00", "2026-05-04T05:59", True),
        ("22:00-06:00", "2026-05-04T06:00", False),
        ("Sat 22:00-06:00", "2026-05-10T05:00", True),
        ("Sat 22:00-06:00", "2026-05-09T05:00", False),
        ("Sun", "2026-05-10T23:59", True),
        ("Sun", "2026-05-11T00:00", False),
        ("00:00-24:00", "2026-05-10T23:59", True),
    ],
)
def test_active_hours(hours: str, at: str, covered: bool) -> None:
    assert parse_hours(hours).covers(datetime.fromisoformat(at).astimezone()) == covered
    assert bool(WatchBook([WatchEntry("block", "A*", hours=hours)]).match("A1", datetime.fromisoformat(at))) == covered


@given(start=st.integers(0, 1439), length=st.integers(1, 1439), at=st.integers(0, 7 * 1440 - 1))
def test_hours_cover_just_their_minutes_each_day(start: int, length: int, at: int) -> None:
    end = (start + length) % 1440
    hours = parse_hours(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}")
    local = (datetime(2026, 5, 4) + timedelta(minutes=at)).astimezone()
    assert hours.covers(local) == ((at - start) % 1440 < length)


@pytest.mark.parametrize("hours", ["foo", "Mon-", "25:00-26:00", "8-18", "Mon 08:00", "08:70-09:00", "Mon-Fri-Sun x"])
def test_wrong_hours_are_named(hours: str) -> None:
    with pytest.raises(LogError, match="Hours of 'AB'"):
        WatchEntry("block", "AB", hours=hours)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("grey", "AB"), "no watch list"),
        (("block", "--"), "no letter, digit or wildcard"),
        (("block", "AB12", 9), "0 to 4"),
        (("block", "AB12", -1), "0 to 4"),
        (("block", "A*1", 2), "matches any plate"),
        (("block", "A", 1), "With 1 character of tolerance"),
    ],
)
def test_senseless_entries_are_refused(values: tuple[str, str, int], message: str) -> None:
    with pytest.raises(LogError, match=message):
        WatchEntry(*values)


def test_entries_are_kept_changed_and_removed(store: Store) -> None:
    assert store.watch.add(WatchEntry("block", "AB 12"), WatchEntry("allow", "AB12"), WatchEntry("block", "XY*")) == 3
    assert store.watch.add(WatchEntry("block", "ab-12", note="again", tolerance=1)) == 0
    assert [entry.note for entry in store.watch.entries("block")] == ["again", ""]
    [allowed] = store.watch.entries("allow")
    store.watch.change(allowed.id or 0, WatchEntry("allow", "QQ1"))
    assert store.watch.list_of("QQ1", NOON) == "allow"
    assert store.watch.remove("AB12", "allow") == 0
    assert store.watch.remove("AB12") == 1
    assert [entry.plate for entry in store.watch.entries()] == ["QQ1", "XY*"]
    with pytest.raises(NotFound, match="entry number 99"):
        store.watch.change(99, WatchEntry("allow", "A"))


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=15).map(str.strip)
ENTRIES = st.builds(
    WatchEntry,
    list_name=st.sampled_from(["block", "allow"]),
    plate=st.text("AB12*?", min_size=1, max_size=8).map(lambda text: "Z" + text),
    look_alikes=st.booleans(),
    hours=st.sampled_from(["", "Mon-Fri 08:00-18:00", "Sat 22:00-06:00; Sun"]),
    note=TEXT.filter(lambda text: not text.startswith("'")),
)


@given(entries=st.lists(ENTRIES, max_size=5))
@settings(max_examples=50)
def test_lists_survive_csv(tmp_path_factory: pytest.TempPathFactory, entries: list[WatchEntry]) -> None:
    file = tmp_path_factory.mktemp("watch") / "lists.csv"
    assert watch_to_csv(entries, file) == len(entries)
    assert watch_from_csv(file) == entries


def test_a_list_from_a_european_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("\ufeffNote;PLATE\r\nhalb gelöscht;AB 12\r\n;XY*\r\n;\r\n".encode())
    assert [(entry.plate, entry.note, entry.list_name) for entry in watch_from_csv(file, "allow")] == [
        ("AB 12", "halb gelöscht", "allow"),
        ("XY*", "", "allow"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column 'plate'"),
        (b"a,b\n1,2\n", "no column 'plate'"),
        (b"plate,tolerance\nAB12,0\nAB13,many\n", "line 3: tolerance"),
        (b"plate,list\nAB12,grey\n", "line 2: 'grey'"),
        (b"plate,look_alikes\nAB12,maybe\n", "line 2: look_alikes"),
        (b"plate\n\xff\xfe\n", "not UTF-8"),
        (b'plate\n"' + b"x" * 200_000 + b'"\n', "no CSV that can be read"),
        (b"plate,hours\nAB12,sometimes\n", "line 2: Hours"),
    ],
)
def test_wrong_lists_are_named_with_their_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(LogError, match=message) as caught:
        watch_from_csv(file)
    assert str(file) in str(caught.value)


@given(content=st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_are_a_list_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("fuzz") / "list.csv"
    file.write_bytes(b"plate,tolerance,hours,list\n" + content)
    try:
        watch_from_csv(file)
    except LogError as error:
        assert str(file) in str(error)


def test_exported_notes_are_no_formulas(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    watch_to_csv([WatchEntry("block", "AB", note="=HYPERLINK()")], file)
    assert "'=HYPERLINK()" in file.read_text("utf-8-sig")
    assert file.read_text("utf-8-sig").splitlines()[0] == ",".join(WATCH_COLUMNS)


@pytest.mark.parametrize("plate", ["WÜ AB 123", "wü-ab 123", "WUAB123", "WÜ*", "W?AB123", "ＷＵ AB 123"])
def test_letters_with_marks_are_the_letters_that_are_read(plate: str) -> None:
    for look_alikes in (True, False):
        assert WatchBook([WatchEntry("block", plate, look_alikes=look_alikes)]).match("WUAB123", NOON)


@pytest.mark.parametrize(
    ("plate", "look_alikes", "strange"),
    [("品川300", True, "品 川"), ("ТЕ57", False, "look-alikes count"), ("ΑΒΓ1", True, "Γ"), ("12가3456", True, "가")],
)
def test_an_entry_that_can_match_nothing_is_refused(plate: str, look_alikes: bool, strange: str) -> None:
    with pytest.raises(LogError, match="match nothing") as told:
        WatchEntry("block", plate, look_alikes=look_alikes)
    assert strange in str(told.value)


def test_an_entry_that_can_match_nothing_stays_where_the_log_has_it(store: Store) -> None:
    store.watch.add(WatchEntry("block", "AB12CDE"))
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE watch SET plate = '品川300'")
    store.watch.forget()
    assert [entry.plate for entry in store.watch.entries()] == ["品川300"] and store.notices == ()


def test_what_another_process_changes_counts_within_two_seconds(store: Store, log_file: Path) -> None:
    now = [0.0]
    lists = WatchTable(lambda: store.database, clock=lambda: now[0])
    assert lists.list_of("AB12CDE", NOON) == ""
    before = lists.version()
    with Store.open_beside(log_file) as other:
        number = other.watch.add(WatchEntry("block", "AB12CDE"))
        assert number == 1
        now[0] += 2.0
        assert lists.list_of("AB12CDE", NOON) == "block" and lists.version() > before
        entry = other.watch.entries()[0]
        other.watch.change(entry.id or 0, WatchEntry("allow", "AB12CDE"))
        now[0] += 2.0
        assert lists.list_of("AB12CDE", NOON) == "allow"
        other.watch.remove("AB12CDE")
        now[0] += 2.0
        assert lists.list_of("AB12CDE", NOON) == ""


def test_lists_that_cannot_be_looked_at_count_as_they_were(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    lists = WatchTable(lambda: store.database, clock=lambda: now[0])
    lists.add(WatchEntry("block", "AB12CDE"))
    assert lists.list_of("AB12CDE", NOON) == "block"

    def broken(_: Database) -> NoReturn:
        raise LogUnavailable("gone for now")

    monkeypatch.setattr(Database, "reading", broken)
    now[0] += 5.0
    assert lists.list_of("AB12CDE", NOON) == "block"


def test_nothing_is_opened_beside_a_writer_that_is_not_there_or_older(tmp_path: Path, log_file: Path) -> None:
    with pytest.raises(LogUnavailable, match="no log"):
        Store.open_beside(tmp_path / "none.db")
    with Store.open(log_file) as store, store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM schema_version WHERE version > 4")
    with pytest.raises(LogUnavailable, match="older version"):
        Store.open_beside(log_file)
