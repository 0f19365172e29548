"""What is done with several reads at once, and what the right mouse button offers."""

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.gui.reads.read_menu import make_read_menu
from app.gui.search.search_page import SearchPage
from app.gui.session.window_session import WindowSession
from app.store.search import Query
from tests.app.gui.parts import make_search_page


@pytest.fixture
def page(qtbot: QtBot, session: WindowSession) -> SearchPage:
    made = make_search_page(session)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitUntil(lambda: made.count.text() == "40 reads")
    return made


def menu_of(page: SearchPage) -> QMenu:
    return make_read_menu(page, page.view.selected_rows(), page._actions, page.detail.correct)


def choose(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()


def test_the_hits_among_many_reads_are_settled_at_once_and_taken_back_at_once(
    qtbot: QtBot, page: SearchPage, session: WindowSession
) -> None:
    store = session.log.store
    before = store.count(Query(list_name="block", unsettled=True))
    page.view.selectAll()
    choose(menu_of(page), f"Settle {before} hits")
    qtbot.waitUntil(lambda: store.count(Query(list_name="block", unsettled=True)) == 0)
    session.undo.undo()
    qtbot.waitUntil(lambda: store.count(Query(list_name="block", unsettled=True)) == before)


def test_what_is_no_plate_is_deleted_by_its_key_after_asking(
    qtbot: QtBot, page: SearchPage, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("app.gui.reads.read_actions.confirm", lambda question, *_: bool(asked.append(question)))
    page.view.selectRow(0)
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    assert len(asked) == 1 and session.log.store.count(Query()) == 40
    monkeypatch.setattr("app.gui.reads.read_actions.confirm", lambda *_: True)
    pictures = page.model.visit(0)
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: session.log.store.count(Query()) == 39 and page.count.text() == "39 reads")
    assert not session.log.store.pictures.path(pictures.crop).exists()


def test_many_plates_go_onto_the_block_list(
    qtbot: QtBot, page: SearchPage, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gui.reads.read_actions.confirm", lambda *_: True)
    page.view.selectAll()
    wanted = {row.visit.plate for row in page.view.selected_rows()}
    choose(menu_of(page), "Put on the block list")
    qtbot.waitUntil(lambda: {entry.plate for entry in session.log.store.watch.entries()} == wanted)


def test_all_reads_of_a_plate_are_one_click_away(qtbot: QtBot, page: SearchPage, session: WindowSession) -> None:
    with qtbot.waitSignal(session.requests.plate_wanted) as wanted:
        page.detail.all_reads.click()
    assert wanted.args == [page.model.visit(0).plate]
    page.view.selectRow(3)
    with qtbot.waitSignal(session.requests.plate_wanted) as wanted:
        choose(menu_of(page), "All reads of")
    assert wanted.args == [page.model.visit(3).plate]


def test_tab_leads_from_the_field_to_the_list_first(qtbot: QtBot, page: SearchPage) -> None:
    page.filters.plate.setFocus()
    qtbot.keyClick(page.filters.plate, Qt.Key.Key_Tab)
    assert page.view.hasFocus()
