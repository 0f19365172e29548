from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store import migrations
from app.store.database import Database
from app.store.errors import LogTooNew, LogUnavailable
from app.store.location import locate
from app.store.retention import retain
from app.store.rows import to_us
from app.store.schema import METADATA
from app.store.search import Query
from app.store.store import Store
from app.store.watchlist import WatchEntry
from recognizer.readings import Alternative
from tests.app.store.samples import saved_us

VERSION_1_VISIT = """INSERT INTO visit (id, run, source_id, track, revision, first_us, last_us, plate, char_confidences,
alternatives, note, clock_source, region, list_name, crop, frame, first_s, last_s, x1, y1, x2, y2, original_plate,
confidence, reads) VALUES ({id}, 'run', 1, 't{id}', 1, 1000000, 2000000, '{plate}', '0.9 0.8', '{others}', 'old note',
'live', 'GB', 'block', 'a.jpg', '', 0, 1, 1, 2, 3, 4, {original}, 0.87, 4)"""


VERSION_3_VISIT = """INSERT INTO visit (run, source_id, track, revision, first_us, last_us, plate, char_confidences,
note, clock_source, region, list_name, crop, frame, confidence, reads, settled) VALUES ('run', 1, ?, 1, ?, ?, 'AB12CDE',
'0.9', '', ?, '', '', '', '', 0.9, 4, 0)"""


def version_1(file: Path) -> None:
    """A store as the first version left it: two visits, one of them corrected, and a watch-list entry."""
    database = Database(locate(file))
    with database.writing() as connection:
        migrations.STEPS[0](connection)
        connection.exec_driver_sql("INSERT INTO schema_version VALUES (1, 0)")
        connection.exec_driver_sql("INSERT INTO source VALUES (1, 'd', 'gate')")
        connection.exec_driver_sql(
            VERSION_1_VISIT.format(id=1, plate="AB12CDE", others="A812CDE=0.1 AB12CDF=0.05", original="NULL")
        )
        connection.exec_driver_sql(VERSION_1_VISIT.format(id=2, plate="XY99ZZZ", others="", original="'XV99ZZZ'"))
        connection.exec_driver_sql("INSERT INTO watch VALUES (1, 'block', 'XY*', 0, 1, '', 'stolen', 0)")
    database.close()


def test_a_store_of_version_1_is_brought_up_to_date_with_all_it_holds(log_file: Path) -> None:
    version_1(log_file)
    with Store.open(log_file) as store:
        first, second = store.get(1), store.get(2)
        assert (first.plate, first.note, first.confidence, first.list_name) == ("AB12CDE", "old note", 0.87, "block")
        assert first.alternatives == (Alternative("A812CDE", 0.1), Alternative("AB12CDF", 0.05))
        assert (second.plate, second.original_plate, second.settled) == ("XY99ZZZ", "XV99ZZZ", False)
        assert (first.closed, first.sure, first.readings, first.best_s) == (True, True, None, None)
        assert store.count(Query("*12C*")) == 1
        assert store.count(Query("AB12CDF")) == 1
        assert store.count(Query("XV99*", alternatives=False)) == 1
        assert [entry.note for entry in store.watch.entries()] == ["stolen"]
        assert migrations.current_version(store.database) == migrations.LATEST


def version_3(file: Path, visits: dict[str, datetime]) -> None:
    """A store as the third version left it, with visits last seen at these times by these clocks."""
    database = Database(locate(file))
    for number, step in enumerate(migrations.STEPS[:3], start=1):
        with database.writing() as connection:
            step(connection)
            connection.exec_driver_sql("INSERT INTO schema_version VALUES (?, 0)", (number,))
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO source VALUES (1, 'd', 'gate')")
        for name, when in visits.items():
            connection.exec_driver_sql(VERSION_3_VISIT, (name, to_us(when), to_us(when), name.rstrip("0123456789")))
    database.close()


def version_4(file: Path) -> None:
    """A store as the fourth version left it: visits named by source and number, by a number alone, and made up."""
    database = Database(locate(file))
    for number, step in enumerate(migrations.STEPS[:4], start=1):
        with database.writing() as connection:
            step(connection)
            connection.exec_driver_sql("INSERT INTO schema_version VALUES (?, 0)", (number,))
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO source VALUES (1, 'd', 'lane #2')")
        for track in ("lane #2#7", "8", "~1f00", "other#9"):
            connection.exec_driver_sql(VERSION_3_VISIT, (track, 1, 2, "live"))
    database.close()


def test_visits_of_before_open_ones_are_closed_and_sure_and_keep_their_track(log_file: Path) -> None:
    version_4(log_file)
    with Store.open(log_file) as store:
        visits = sorted(store.each(Query()), key=lambda visit: visit.id or 0)
        assert [visit.track for visit in visits] == ["7", "8", "~1f00", "other#9"]
        assert [visit.key.number if visit.key else None for visit in visits] == [7, 8, None, None]
        assert all(visit.closed and visit.sure and visit.readings is None for visit in visits)
        corrected = store.correct(visits[0].id or 0, "NEW 1")
        assert (corrected.track, corrected.plate, corrected.closed) == ("7", "NEW 1", True)


def test_plates_with_marks_that_an_older_log_holds_are_found_without_them(log_file: Path) -> None:
    version_4(log_file)
    database = Database(locate(log_file))
    with database.writing() as connection:
        for number, text in ((1, "WÜ AB 1"), (2, "ТЕ57")):
            compact = text.replace(" ", "")
            connection.exec_driver_sql(
                "INSERT INTO spelling VALUES (?, 0, 0, ?, 0.9, ?, ?)", (number, text, compact, compact)
            )
            for gram in ("^WÜ", "WÜA"):
                connection.exec_driver_sql("INSERT INTO gram VALUES (?, 1, ?)", (gram, number))
    database.close()
    with Store.open(log_file) as store:
        for plate in ("WÜAB1", "WUAB1", "*UAB*", "WÜ*"):
            assert [visit.id for visit in store.page(Query(plate)).visits] == [1], plate
            assert [visit.id for visit in store.page(Query(plate, look_alikes=False)).visits] == [1], plate
        assert [visit.id for visit in store.page(Query("TE57")).visits] == [2]


def test_nothing_goes_early_in_a_log_from_before_saved_times(log_file: Path) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    seen = {"live1": now - 31 * day, "live2": now - 29 * day, "live3": now + 400 * day}
    seen |= {"container": now - 400 * day, "file time": now - 31 * day, "given": now + 400 * day}
    version_3(log_file, seen)
    with Store.open(log_file) as store:
        opened = datetime.now(UTC)
        live1, live2, *rest = saved_us(store)
        assert [live1, live2] == [to_us(seen["live1"]), to_us(seen["live2"])]
        assert len(set(rest)) == 1 and to_us(now) <= rest[0] <= to_us(opened)
        assert retain(store, 30).visits == 1
        assert {visit.track for visit in store.each(Query())} == seen.keys() - {"live1"}
        assert retain(store, 30, now=opened + 31 * day).visits == 5


def test_a_new_store_has_the_tables_the_program_expects(store: Store) -> None:
    with store.database.reading() as connection:
        inspector = sa.inspect(connection)
        assert set(inspector.get_table_names()) == set(METADATA.tables)
        for name, table in METADATA.tables.items():
            assert {column["name"] for column in inspector.get_columns(name)} == {column.name for column in table.c}
            assert {index["name"] for index in inspector.get_indexes(name)} == {index.name for index in table.indexes}
            key = inspector.get_pk_constraint(name)["constrained_columns"]
            assert key == [column.name for column in table.primary_key]


def test_a_step_that_fails_leaves_the_version_before_it(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_1(log_file)

    def half(connection: sa.Connection) -> None:
        migrations._search_tables(connection)
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (migrations._visits, half))
        with pytest.raises(RuntimeError):
            Store.open(log_file)
    with Store.open(log_file) as store:
        assert store.count(Query("AB12CDE")) == 1


def test_a_store_of_a_newer_program_is_left_alone(log_file: Path) -> None:
    with Store.open(log_file) as store, store.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO schema_version VALUES (99, 0)")
    before = log_file.read_bytes()
    for read_only in (False, True):
        with pytest.raises(LogTooNew, match="version 99"):
            Store.open(log_file, read_only=read_only)
    assert log_file.read_bytes() == before


def test_an_old_store_is_not_changed_by_looking_at_it(log_file: Path) -> None:
    version_1(log_file)
    with pytest.raises(LogUnavailable, match="older version"):
        Store.open(log_file, read_only=True)


def test_watch_lists_survive_a_reopening(log_file: Path) -> None:
    with Store.open(log_file) as store:
        store.watch.add(WatchEntry("allow", "AB12*", hours="Mon-Fri 08:00-18:00", note="ours"))
        before = store.watch.entries()
    with Store.open(log_file, read_only=True) as store:
        assert store.watch.entries() == before
