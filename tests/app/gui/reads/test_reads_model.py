"""The live list: one row a vehicle, in place, newest first, with what the log holds below."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PyQt5.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from app.gui.reads import reads_model as reads
from app.gui.reads.read_rows import ROW_ROLE
from app.gui.reads.reads_model import ReadTableModel
from app.pipeline.events import EventKind, PlateEvent
from app.records import Record
from app.store.store import Store
from app.store.types import Entry
from tests.app.made_events import key as track_key
from tests.app.made_events import made_event

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def event(
    track: int, text: str = "AB123C", kind: EventKind = EventKind.NEW, revision: int = 1, **more: object
) -> PlateEvent:
    """An event of a track."""
    return made_event(track, text, kind, revision, **more)


def plates(table: ReadTableModel) -> list[str]:
    return [table.index(row, 0).data() for row in range(table.rowCount())]


def test_a_read_appears_provisional_and_settles_in_its_row(qtbot: QtBot) -> None:
    table = ReadTableModel(None)
    with qtbot.waitSignal(table.arrived) as arrived:
        table.take([event(1), event(2, "XY9")])
    assert arrived.args == [2] and plates(table) == ["XY9", "AB123C"]
    assert table.index(1, 0).data(ROW_ROLE).provisional
    with qtbot.assertNotEmitted(table.arrived):
        table.take([event(1, "AB128C", EventKind.FINAL, 2)])
    assert plates(table) == ["XY9", "AB128C"] and not table.index(1, 0).data(ROW_ROLE).provisional


def test_a_late_older_revision_changes_nothing(qtbot: QtBot) -> None:
    table = ReadTableModel(None)
    table.take([event(1, "NEWER", EventKind.FINAL, 3), event(1, "OLDER", EventKind.UPDATE, 2)])
    assert plates(table) == ["NEWER"]


def test_an_absorbed_track_leaves_the_list(qtbot: QtBot) -> None:
    table = ReadTableModel(None)
    table.take([event(1), event(2), event(3, absorbed=(track_key(1), track_key(99)))])
    assert [table.row(row).key for row in range(table.rowCount())] == ["gate#3", "gate#2"]


def test_a_withdrawn_read_leaves_the_list(qtbot: QtBot) -> None:
    table = ReadTableModel(None)
    table.take([event(1), event(2), event(1, kind=EventKind.WITHDRAWN, revision=2)])
    assert [table.row(row).key for row in range(table.rowCount())] == ["gate#2"]
    with qtbot.assertNotEmitted(table.arrived):
        table.take([event(99, kind=EventKind.WITHDRAWN)])
    assert table.rowCount() == 1


def test_a_correction_outlives_later_events(qtbot: QtBot) -> None:
    table = ReadTableModel(None)
    table.take([event(1)])
    before = table.row(0).visit
    table.put("gate#1", replace(before, plate="AB128C", original_plate="AB123C", id=5, note="seen by eye"))
    table.take([event(1, "AB123D", EventKind.FINAL, 2)])
    visit = table.row(0).visit
    assert (visit.plate, visit.original_plate, visit.id, visit.note) == ("AB128C", "AB123D", 5, "seen by eye")


def test_the_list_is_bounded(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "MOST_ROWS", 10)
    table = ReadTableModel(None)
    table.take(event(number, f"P{number}") for number in range(25))
    assert plates(table) == [f"P{number}" for number in range(24, 14, -1)]


def test_what_the_log_holds_comes_below_and_only_once(qtbot: QtBot, tmp_path: Path) -> None:
    with Store.open(tmp_path / "plates.sqlite3") as store:
        visits = [
            Record(f"OLD{number}", "gate", NOON + timedelta(seconds=number), NOON, track=str(number), run="r")
            for number in range(450)
        ]
        store.save([Entry(visit) for visit in visits])
        store.save([Entry(Record("OLDEST", "gate", NOON - timedelta(days=1), NOON, track="449", run="yesterday"))])
        table = ReadTableModel(store, run="r")
        table.take([event(449, "OLD449"), event(1000, "FRESH")])
        while table.canFetchMore(QModelIndex()):
            with qtbot.waitSignal(table.rowsInserted):
                table.fetchMore(QModelIndex())
    assert plates(table) == ["FRESH", *(f"OLD{number}" for number in range(449, -1, -1)), "OLDEST"]


def test_a_read_that_the_log_has_since_an_earlier_run_takes_the_place_of_its_row(qtbot: QtBot, tmp_path: Path) -> None:
    with Store.open(tmp_path / "plates.sqlite3") as store:
        old = [Record(plate, "gate", NOON, NOON, track=str(at), run="r") for at, plate in enumerate(("AB1", "CD2"))]
        first, second = store.save([Entry(visit) for visit in old])
        table = ReadTableModel(store, run="now")
        with qtbot.waitSignal(table.rowsInserted):
            table.fetchMore(QModelIndex())
        table.take([event(7, "CD2")])
        table.put("gate#7", replace(second, track="7", run="now"))
        assert plates(table) == ["CD2", "AB1"]
        table.put("gate#7", replace(first, plate="AB7", original_plate="AB1"))  # corrected, under the key it had then
        assert plates(table) == ["CD2", "AB7  (AB1)"]
