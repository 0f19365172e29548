import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store import retention
from app.store.errors import LogError, LogUnavailable
from app.store.retention import Forgotten, purge, retain
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry
from app.store.watchlist import WatchEntry
from recognizer.readings import Alternative
from tests.app.store.samples import JPEG, NOON, entry, log_as_of, made, saved_us

DAY = timedelta(days=1)
SECRET = "QX47PURGE"


def pictures(store: Store) -> list[Path]:
    return list(store.pictures.folder.rglob("*.jpg"))


def aged(store: Store) -> None:
    store.save([entry(number=day, first_time=NOON - day * DAY, last_time=NOON - day * DAY) for day in range(6)])
    log_as_of(store)


def test_old_visits_go_with_their_pictures(store: Store) -> None:
    aged(store)
    done = retain(store, 2.5, now=NOON)
    assert (done.visits, done.pictures, done.picture_bytes) == (3, 6, 6 * len(JPEG))
    assert [visit.track for visit in store.each(Query())] == ["0", "1", "2"]
    assert len(pictures(store)) == 6
    assert len(list(store.pictures.folder.glob("[0-9]*/*/*"))) == 3


def test_a_dry_run_counts_the_same_and_deletes_nothing(store: Store) -> None:
    aged(store)
    planned = retain(store, 2.5, dry_run=True, now=NOON)
    assert store.count(Query()) == 6
    assert len(pictures(store)) == 12
    assert retain(store, 2.5, now=NOON) == planned


def test_an_old_recording_is_kept_for_as_long_as_any(store: Store) -> None:
    last_year = NOON - 365 * DAY
    store.save([entry(first_time=last_year, last_time=last_year, time_from="container"), entry(number=1)])
    logged = datetime.now(UTC)
    assert retain(store, 30) == retain(store, 30, now=logged + 29 * DAY) == Forgotten()
    assert len(pictures(store)) == 4
    assert retain(store, 30, now=logged + 31 * DAY).visits == 2
    assert not pictures(store)


@pytest.mark.parametrize("seen", [timedelta(0), 365 * DAY, -365 * DAY])
def test_what_was_logged_too_long_ago_goes_whenever_it_was_seen(store: Store, seen: timedelta) -> None:
    now = datetime.now(UTC)
    store.save([entry("OLD", 0, first_time=now - seen, last_time=now - seen)])
    log_as_of(store, now - 31 * DAY)
    store.save([entry("NEW", 1, first_time=now - seen, last_time=now - seen)])
    assert retain(store, 30).visits == 1
    assert [visit.plate for visit in store.each(Query())] == ["NEW"]


def test_a_visit_counts_from_when_it_was_first_logged(store: Store, log_file: Path) -> None:
    [visit] = store.save([entry()])
    assert visit.id is not None
    log_as_of(store, NOON)
    before = saved_us(store)
    store.correct(visit.id, "AB12CDF")
    store.annotate(visit.id, "seen it")
    store.settle(visit.id)
    store.save([entry("AB12CDG", revision=2)])
    purge(store, "ZZ99ZZZ")  # an alternative
    store.close()
    with Store.open(log_file) as again:
        again.save([entry("AB12CDG", revision=2)])  # as a resumed run does
        assert saved_us(again) == before


def test_retention_finds_what_is_old_by_an_index(store: Store) -> None:
    aged(store)
    asked: list[str] = []
    engine = store.database._reader
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    retain(store, 2.5, dry_run=True, now=NOON)
    [query] = [text for text in asked if "saved_us <" in text]
    with store.database.reading() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (0,))]
    assert len(plan) == 1 and "COVERING INDEX ix_visit_saved (saved_us<?)" in plan[0]


def test_pictures_no_visit_names_go_too_but_not_fresh_ones(store: Store) -> None:
    [saved] = store.save([entry()])
    orphan = store.pictures.path(saved.crop).with_name("left.jpg")
    orphan.write_bytes(JPEG)
    retain(store, 1, now=NOON)
    assert orphan.exists()
    old = (NOON - 10 * DAY).timestamp()
    os.utime(orphan, (old, old))
    os.utime(store.pictures.path(saved.crop), (old, old))
    assert retain(store, 1, now=NOON).pictures == 1
    assert not orphan.exists()
    assert store.pictures.path(saved.crop).exists()


def test_the_disk_gets_its_space_back(store: Store, log_file: Path) -> None:
    store.save([Entry(made(number=number, note="n" * 3000)) for number in range(300)])
    store.database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    before = log_file.stat().st_size
    retain(store, 0, now=datetime.now(UTC) + DAY)
    assert log_file.stat().st_size < before / 5
    assert log_file.with_name(log_file.name + "-wal").stat().st_size == 0


def test_what_is_deleted_can_be_cut_short_and_gone_on_with(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    aged(store)
    left = store.pictures.path(store.pictures.write(NOON - 9 * DAY, [("crop", JPEG)])[0])
    os.utime(left, (0, 0))
    assert retain(store, 0, now=NOON, enough=lambda: True).visits == 2
    assert store.count(Query()) == 4 and left.exists()
    assert retain(store, 0, now=NOON).visits == 3
    assert not left.exists()


def test_keeping_for_fewer_than_no_days_is_refused(store: Store) -> None:
    with pytest.raises(LogError, match="number of days"):
        retain(store, -1)


def all_bytes(folder: Path) -> bytes:
    return b"".join(str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file())


def with_traces(store: Store) -> None:
    store.save([Entry(made(f"AA{number}", number)) for number in range(50)])
    store.save([entry(SECRET, 100), entry(SECRET[:4] + " " + SECRET[4:], 101, source=f"videos/{SECRET}.mp4")])
    store.save([entry("BB1", 102, alternatives=(Alternative(SECRET, 0.3), Alternative("BB2", 0.1)))])
    store.save([entry("CC1", 103, note=f"follows qx47-purge, and {SECRET}!", source=f"shared/{SECRET}/x")])
    [wrong] = store.save([entry(SECRET, 104)])
    store.correct(wrong.id or 0, "DD1")
    store.watch.add(WatchEntry("block", SECRET, note="stolen"), WatchEntry("block", "EE*", note=f"friend of {SECRET}"))


def test_a_purged_plate_leaves_no_byte_behind(store: Store, log_file: Path) -> None:
    with_traces(store)
    planned = purge(store, "qx47 purge", dry_run=True)
    assert SECRET.encode() in all_bytes(log_file.parent)
    done = purge(store, "qx47 purge")
    assert (done.visits, done.alternatives, done.watch_entries, done.notes, done.sources) == (3, 1, 1, 2, 1)
    assert (done.visits, done.pictures, done.alternatives) == (planned.visits, planned.pictures, planned.alternatives)
    raw = all_bytes(log_file.parent).upper()
    for trace in (SECRET, "QX47-PURGE", "QX47 PURGE", "0X47PUR6E"):
        assert trace.encode() not in raw, trace
    assert store.count(Query()) == 52
    assert store.count(Query("BB2")) == 1
    [noted] = store.page(Query("CC1")).visits
    assert noted.note == "follows ***, and ***!"
    assert noted.source.startswith("shared/***/x")
    assert [entry.note for entry in store.watch.entries()] == ["friend of ***"]
    assert len(pictures(store)) == 4


def test_a_purged_picture_is_overwritten_before_it_goes(store: Store, tmp_path: Path) -> None:
    [saved] = store.save([entry(SECRET)])
    kept = {name: tmp_path / Path(name).name for name in (saved.crop, saved.frame)}
    for name, link in kept.items():
        os.link(store.pictures.path(name), link)  # what a disk has at the place of the picture
    purge(store, SECRET)
    assert [link.read_bytes() for link in kept.values()] == [bytes(len(JPEG))] * 2


def test_a_purge_takes_what_was_deleted_before_rows_were_overwritten(store: Store, log_file: Path) -> None:
    """As another program deletes, or an older version of SQLite."""
    with_traces(store)
    store.database.maintain("PRAGMA secure_delete=OFF", "DELETE FROM spelling", "DELETE FROM watch", "DELETE FROM gram")
    store.database.maintain("DELETE FROM visit", "DELETE FROM source", "PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() in log_file.read_bytes()
    purge(store, SECRET)
    assert SECRET.encode() not in all_bytes(log_file.parent)


def test_what_is_too_old_leaves_no_byte_in_the_database(store: Store, log_file: Path) -> None:
    store.save([entry(SECRET, 1), *(Entry(made(f"AA{number}", number)) for number in range(2, 40))])
    log_as_of(store, NOON)
    with store.database.writing() as connection:  # the others stay, and with them the page on which it stood
        connection.exec_driver_sql("UPDATE visit SET saved_us = saved_us + 86400000000 WHERE track <> '1'")
    assert retain(store, 1, now=NOON + 1.5 * DAY).visits == 1
    assert store.count(Query()) == 38
    assert SECRET.encode() not in all_bytes(log_file.parent)


def test_without_the_wiping_bytes_would_stay(store: Store, log_file: Path) -> None:
    """The test above can fail: plain deletion leaves the plate in the write-ahead log."""
    with_traces(store)
    with store.database.writing() as connection:
        for table in ("gram", "spelling", "visit", "source", "watch"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert SECRET.encode() in all_bytes(log_file.parent)


def test_look_alikes_of_a_purged_plate_stay(store: Store) -> None:
    store.save([entry("AB12", 1), entry("A812", 2)])
    assert purge(store, "AB12").visits == 1
    assert [visit.plate for visit in store.each(Query())] == ["A812"]


def test_a_purge_says_when_a_reader_keeps_old_pages_alive(store: Store) -> None:
    store.save([entry(SECRET)])
    with store.database.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM visit").all()
        with pytest.raises(LogUnavailable):
            purge(store, SECRET)
    purge(store, SECRET)
    assert store.count(Query()) == 0


def test_purging_nothing_is_refused(store: Store) -> None:
    with pytest.raises(LogError, match="no letter or digit"):
        purge(store, "**")


def test_pictures_that_a_killed_writer_left_go_with_a_purge(store: Store) -> None:
    """They may show the plate: the visit that would say so was never saved."""
    store.save([entry(SECRET, 1), entry("AA1", 2)])
    [left] = store.pictures.write(NOON, [("crop", b"\xff\xd8 left \xff\xd9")])
    assert purge(store, SECRET).pictures == 3
    assert not store.pictures.path(left).exists()
    assert len(pictures(store)) == 2


def test_a_purge_names_the_damaged_logs_that_may_hold_the_plate_and_leaves_what_is_theirs(log_file: Path) -> None:
    with Store.open(log_file) as store:
        [saved] = store.save([entry(SECRET, 1)])
        picture = store.pictures.path(saved.crop)
        aside = store.set_aside()
        store.save([entry(SECRET, 2)])
        done = purge(store, SECRET)
        assert (done.visits, done.unsearched) == (1, (aside,))
        assert picture.exists()


def test_a_picture_on_its_way_into_the_log_is_no_left_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A purge in the window runs beside the writer."""
    swept: list[int] = []
    real = store.pictures._sync_all

    def between(folder: Path) -> None:  # the pictures are written, their visit is not
        real(folder)
        thread = threading.Thread(target=lambda: swept.append(purge(store, SECRET).pictures))
        thread.start()
        thread.join(0.3)
        threads.append(thread)

    threads: list[threading.Thread] = []
    monkeypatch.setattr(store.pictures, "_sync_all", between)
    [saved] = store.save([entry("AA1", 1)])
    threads[0].join(20)
    assert swept == [0] and store.pictures.path(saved.crop).exists()
