"""The search table over a log of two hundred thousand visits, or of a million when asked: see conftest."""

import threading
import time
from datetime import UTC, datetime

import pytest
from PyQt5.QtCore import QModelIndex, Qt
from PyQt5.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from app.gui.reads.read_rows import ROW_ROLE
from app.gui.search.visits_model import KEPT_WINDOWS, WINDOW_ROWS, VisitTableModel
from app.records import Record
from app.store.errors import LogUnavailable
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry
from tests.app.gui.large_log import HOW_MANY as VISITS


def plate_at(row: int) -> str:
    """The plate in a row: newest first."""
    return f"AB{VISITS - 1 - row:06d}C"


@pytest.fixture
def table(qtbot: QtBot, large_log: Store) -> VisitTableModel:
    """A table that shows everything there is."""
    table = VisitTableModel(large_log)
    with qtbot.waitSignal(table.found, timeout=20_000):
        table.search(Query())
    return table


def text(table: VisitTableModel, row: int) -> str:
    return str(table.data(table.index(row, 0), Qt.ItemDataRole.DisplayRole))


def test_rows_far_apart_come_when_asked_for(qtbot: QtBot, table: VisitTableModel) -> None:
    assert table.rowCount() == VISITS and table.rowCount(table.index(0, 0)) == 0
    for row in (0, WINDOW_ROWS - 1, WINDOW_ROWS, 77_777, VISITS // 2, VISITS - 1, 1):
        qtbot.waitUntil(lambda row=row: text(table, row) == plate_at(row))


def test_a_row_on_its_way_shows_a_placeholder(qtbot: QtBot, table: VisitTableModel) -> None:
    assert text(table, 190_000) == "…" and table.data(table.index(190_000, 0), ROW_ROLE) is None
    with qtbot.waitSignal(table.dataChanged):
        pass
    assert table.data(table.index(190_000, 0), ROW_ROLE).visit.plate == plate_at(190_000)


def test_the_store_is_never_asked_in_the_windows_thread(
    qtbot: QtBot, table: VisitTableModel, large_log: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, page = [], large_log.page
    monkeypatch.setattr(large_log, "page", lambda *args: asked.append(threading.get_ident()) or page(*args))
    qtbot.waitUntil(lambda: text(table, 123_456) == plate_at(123_456))
    assert asked and threading.get_ident() not in asked


def test_memory_is_bounded(qtbot: QtBot, table: VisitTableModel) -> None:
    for row in range(0, VISITS, VISITS // (KEPT_WINDOWS + 20)):
        qtbot.waitUntil(lambda row=row: text(table, row) != "…")
    assert len(table._windows) <= KEPT_WINDOWS * WINDOW_ROWS


def test_scrolling_through_all_of_it_never_stalls(qtbot: QtBot, table: VisitTableModel) -> None:
    view = QTableView()
    qtbot.addWidget(view)
    view.verticalHeader().setSectionResizeMode(view.verticalHeader().Fixed)
    view.setModel(table)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    bar, waits = view.verticalScrollBar(), []
    for step in range(80):
        begin = time.thread_time()  # this thread's own work: what else the machine does is not counted
        bar.setValue(bar.maximum() * step // 79)
        view.viewport().repaint()
        QApplication.processEvents()
        waits.append(time.thread_time() - begin)
    waits.sort()
    assert waits[75] < 0.020 and waits[-1] < 0.050, f"95th percentile {waits[75]:.3f} s, longest {waits[-1]:.3f} s"
    last = table.index(VISITS - 1, 0)
    qtbot.waitUntil(lambda: last.data() == plate_at(VISITS - 1))


def test_a_search_does_not_hold_up_the_window(qtbot: QtBot, large_log: Store) -> None:
    table = VisitTableModel(large_log)
    begin = time.thread_time()
    table.search(Query(min_confidence=0.7))
    assert time.thread_time() - begin < 0.01 and table.total == 0
    with qtbot.waitSignal(table.found, timeout=20_000) as found:
        pass
    assert found.args == [VISITS * 3 // 5]


def test_the_newest_of_several_searches_is_shown(qtbot: QtBot, large_log: Store) -> None:
    table, totals = VisitTableModel(large_log), []
    table.found.connect(totals.append)
    for query in (Query(), Query(min_confidence=0.6), Query(list_name="block")):
        table.search(query)
    qtbot.waitUntil(lambda: totals == [VISITS // 1000])
    qtbot.wait(100)
    assert totals == [VISITS // 1000] and table.query.list_name == "block"


def test_visits_that_come_meanwhile_shift_no_row(qtbot: QtBot, large_log: Store) -> None:
    table = VisitTableModel(large_log)
    with qtbot.waitSignal(table.found, timeout=20_000):
        table.search(Query())
    far = datetime(2030, 1, 1, tzinfo=UTC)
    saved = large_log.save([Entry(Record("NEW1", "Gate north", far, far, run="shift", track="t"))])
    try:
        table._windows.clear()
        for row in (0, WINDOW_ROWS, 50_000):
            qtbot.waitUntil(lambda row=row: text(table, row) == plate_at(row))
    finally:
        assert saved[0].id is not None and large_log.discard_run("shift") == 1


def test_a_changed_visit_is_shown_in_place(qtbot: QtBot, table: VisitTableModel) -> None:
    from dataclasses import replace

    visit = table.visit(3)
    assert visit is not None
    with qtbot.waitSignal(table.dataChanged) as changed:
        table.replace(replace(visit, plate="RIGHT1", original_plate=visit.plate))
    assert changed.args[0].row() == 3 and text(table, 3) == f"RIGHT1  ({plate_at(3)})"


def test_a_log_that_cannot_be_asked_is_told(qtbot: QtBot, large_log: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LogUnavailable("The log is locked.")

    table = VisitTableModel(large_log)
    monkeypatch.setattr(large_log, "page", broken)
    with qtbot.waitSignal(table.failed) as told:
        table.search(Query())
    assert told.args == ["The log is locked."]
    assert table.rowCount(QModelIndex()) == 0
