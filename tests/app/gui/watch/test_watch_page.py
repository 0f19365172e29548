"""The watch lists: shown, changed, tried, and passed on as CSV."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.watch.watch_page import WatchPage
from app.store.watchlist import WatchEntry
from tests.app.gui.parts import make_watch_page


@pytest.fixture
def page(qtbot: QtBot, empty_session: WindowSession) -> WatchPage:
    """The page over two entries, shown."""
    empty_session.log.store.watch.add(WatchEntry("block", "AB12*", note="stolen"), WatchEntry("allow", "GB Z808"))
    page = make_watch_page(empty_session)
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    qtbot.waitUntil(lambda: page.model.total == 2)
    return page


def plates(session: WindowSession) -> list[str]:
    return [entry.plate for entry in session.log.store.watch.entries()]


def test_an_empty_page_says_the_next_step(qtbot: QtBot, empty_session: WindowSession) -> None:
    page = make_watch_page(empty_session)
    qtbot.addWidget(page)
    page.show()
    assert page._stack.currentIndex() == 0 and not page.export_button.isEnabled()


@pytest.mark.parametrize(
    ("text", "mark", "word"),
    [("ab 12 cd", "✓ Hit", "stolen"), ("gbz808", "✓ Known", "allow"), ("XX1", "✗", "Not on a list")],
)
def test_a_plate_can_be_tried(page: WatchPage, text: str, mark: str, word: str) -> None:
    page.tester.setText(text)
    assert page.verdict.text().startswith(mark) and word in page.verdict.text()


def test_an_entry_is_added_changed_and_removed(
    qtbot: QtBot, page: WatchPage, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(dialog: WatchEntryDialog) -> int:
        dialog.plate.setText("NEW1")
        return int(WatchEntryDialog.DialogCode.Accepted)

    monkeypatch.setattr(WatchEntryDialog, "exec_", fill)
    page.add_button.click()
    qtbot.waitUntil(lambda: page.model.total == 3)
    page.view.selectRow(0)
    page.edit_button.click()
    qtbot.waitUntil(lambda: sorted(plates(empty_session)) == ["GB Z808", "NEW1", "NEW1"])
    page.view.selectRow(1)
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.remove_button.click()
    assert told.args == ["GB Z808 was taken off the watch lists."]
    qtbot.waitUntil(lambda: page.model.total == 2)
    assert plates(empty_session) == ["NEW1", "NEW1"]


@pytest.mark.parametrize("rows", [1, 2], ids=["one", "all"])
def test_what_was_removed_is_put_back_whole(
    qtbot: QtBot, page: WatchPage, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr("app.gui.watch.watch_page.confirm", lambda *_: True)
    before = {replace(entry, id=None) for entry in empty_session.log.store.watch.entries()}
    assert not page.undo_button.isVisible()
    page.view.selectRow(0) if rows == 1 else page.view.selectAll()
    page.remove()
    qtbot.waitUntil(lambda: page.model.total == 2 - rows and page.undo_button.isVisible())
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.undo_button.click()
    assert told.args == ["AB12* is on the watch lists again." if rows == 1 else "2 entries are back."]
    qtbot.waitUntil(lambda: page.model.total == 2)
    assert {replace(entry, id=None) for entry in empty_session.log.store.watch.entries()} == before
    assert not page.undo_button.isVisible()


def test_several_are_removed_only_after_asking(
    page: WatchPage, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gui.watch.watch_page.confirm", lambda *_: False)
    page.view.selectAll()
    page.remove()
    assert len(plates(empty_session)) == 2


def test_lists_go_out_as_csv_and_come_in_again(
    qtbot: QtBot, page: WatchPage, empty_session: WindowSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "watch.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(empty_session.requests.message):
        page.export_button.click()
    page.view.selectAll()
    monkeypatch.setattr("app.gui.watch.watch_page.confirm", lambda *_: True)
    page.remove()
    qtbot.waitUntil(lambda: page.model.total == 0)
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.import_button.click()
    assert told.args == ["2 new entries were imported."] and plates(empty_session) == ["AB12*", "GB Z808"]
    qtbot.waitUntil(lambda: page.model.total == 2)


def test_one_entry_is_told_as_one(
    qtbot: QtBot, page: WatchPage, empty_session: WindowSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_session.log.store.watch.remove("AB12*")
    file = str(tmp_path / "watch.csv")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (file, ""))
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.export_button.click()
    assert told.args == [f"1 entry was written to {file}."]


def test_a_faulty_csv_is_said_and_nothing_is_taken(
    qtbot: QtBot, page: WatchPage, empty_session: WindowSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, said = tmp_path / "watch.csv", []
    file.write_text("plate,tolerance\nAB1,9\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr("app.gui.watch.watch_page.show_error", lambda text, _parent: said.append(text))
    page.read_csv()
    qtbot.waitUntil(lambda: len(said) == 1)
    assert "line 2" in said[0] and len(plates(empty_session)) == 2


def test_entries_are_found_by_plate_and_note(page: WatchPage) -> None:
    page.finder.setText("STOLEN")
    assert page.model.rowCount() == 1 and page.model.entry(0).plate == "AB12*"
