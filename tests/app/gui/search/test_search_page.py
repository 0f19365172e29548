"""The search page: what the fields ask for, what is found, and what a correction does to it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QDateTime, QPoint, Qt
from PyQt5.QtWidgets import QApplication, QComboBox, QTableView
from pytestqt.qtbot import QtBot

from app.gui.reads.read_rows import ROW_ROLE, SOURCE, TAG
from app.gui.search.filters import TimePreset, preset_limits
from app.gui.search.search_page import SearchPage
from app.gui.session.window_session import WindowSession
from app.store.types import BLOCK
from tests.app.gui.parts import make_search_page
from tests.app.gui.reads_samples import visit_of


@pytest.fixture
def page(qtbot: QtBot, session: WindowSession) -> SearchPage:
    """The page over 40 visits, shown, everything found."""
    page = make_search_page(session)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    qtbot.waitUntil(lambda: page.count.text() == "40 reads")
    return page


def choose(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def found(page: SearchPage) -> list[str]:
    model = page.model
    return [model.index(row, 0).data(ROW_ROLE).visit.plate for row in range(model.rowCount())]


def test_typing_searches_with_wildcards_and_look_alikes(qtbot: QtBot, page: SearchPage) -> None:
    page.filters.plate.setText("5IF9*")
    qtbot.waitUntil(lambda: page.count.text() == "5 reads")
    assert set(found(page)) == {"51F97022"}
    page.filters.look_alikes.setChecked(False)
    page.filters.alternatives.setChecked(False)
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 0)
    assert page._stack.currentIndex() == 0


def test_list_source_and_confidence_narrow_the_search(qtbot: QtBot, page: SearchPage) -> None:
    qtbot.waitUntil(lambda: page.filters.source.count() == 4)
    choose(page.filters.list_name, BLOCK)
    qtbot.waitUntil(lambda: page.count.text() == "6 reads")
    choose(page.filters.source, "Gate north")
    qtbot.waitUntil(lambda: page.count.text() == "2 reads")
    page.filters.confidence.setValue(99)
    qtbot.waitUntil(lambda: page.count.text() == "1 read")
    page.filters.clear()
    qtbot.waitUntil(lambda: page.count.text() == "40 reads")


def test_a_time_range_of_ones_own(qtbot: QtBot, page: SearchPage) -> None:
    assert not page.filters.since.isVisible()
    choose(page.filters.span, TimePreset.CUSTOM)
    assert page.filters.since.isVisible() and page.filters.until.isVisible()
    now = datetime.now().astimezone()
    page.filters.since.setDateTime(now - timedelta(hours=12, minutes=30))
    page.filters.until.setDateTime(now)
    qtbot.waitUntil(lambda: page.count.text() == "4 reads")


def test_the_range_offered_ends_now_not_when_the_program_started(page: SearchPage) -> None:
    filters = page.filters
    filters.since.setDateTime(QDateTime.currentDateTime().addDays(-31))
    filters.until.setDateTime(QDateTime.currentDateTime().addDays(-30))
    filters._offered = filters._between()  # as if the window had been open for a month
    choose(filters.span, TimePreset.CUSTOM)
    assert abs(filters.until.dateTime().secsTo(QDateTime.currentDateTime())) < 120
    assert filters.since.dateTime().secsTo(filters.until.dateTime()) == 24 * 3600
    own = filters.since.dateTime().addDays(-3)
    filters.since.setDateTime(own)
    choose(filters.span, TimePreset.TODAY)
    choose(filters.span, TimePreset.CUSTOM)
    assert filters.since.dateTime() == own


def test_the_calendar_shows_every_week_and_nothing_in_red(qtbot: QtBot, page: SearchPage) -> None:
    choose(page.filters.span, TimePreset.CUSTOM)
    field = page.filters.since
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(field.width() - 10, field.height() // 2))
    calendar = field.calendarWidget()
    qtbot.waitUntil(calendar.isVisible)
    days = calendar.findChild(QTableView)
    last = days.model().rowCount() - 1
    assert days.rowViewportPosition(last) + days.rowHeight(last) <= days.viewport().height()
    picture = calendar.grab().toImage()
    points = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert not [point for point in points if point.red() > point.green() + 60 and point.red() > point.blue() + 60]
    calendar.window().close()


def test_a_correction_is_shown_in_its_row(qtbot: QtBot, page: SearchPage, session: WindowSession) -> None:
    visit = page.model.visit(2)
    session.log.publish_change(session.log.store.correct(visit.id, "RIGHT1"))
    assert found(page)[2] == "RIGHT1"


def test_the_first_found_is_shown_beside_the_list(qtbot: QtBot, page: SearchPage) -> None:
    qtbot.waitUntil(lambda: page.detail.row is not None)
    assert page.detail.row.visit == page.model.visit(0)


def test_what_others_change_is_searched_anew(qtbot: QtBot, page: SearchPage, session: WindowSession) -> None:
    session.log.store.discard_run("old")
    session.log.changed.emit()
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 2 and page.detail.row is None)
    page.filters.plate.setText("AB*")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 0)  # not the log is empty: this search is


def test_a_part_finds_the_plate_marks_it_and_down_leads_into_the_list(qtbot: QtBot, page: SearchPage) -> None:
    qtbot.keyClicks(page.filters.plate, "2cd")
    qtbot.waitUntil(lambda: found(page) != [] and set(found(page)) == {"AB12CDE"})
    assert page.model.index(0, 0).data(ROW_ROLE).match == (3, 6)
    qtbot.keyClick(page.filters.plate, Qt.Key.Key_Down)
    assert page.view.hasFocus() and page.view.currentIndex().row() == 0
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert page.view.currentIndex().row() == 1


def test_one_wrong_character_finds_the_plate_behind_those_that_fit(qtbot: QtBot, page: SearchPage) -> None:
    page.filters.plate.setText("AB13CDE")
    qtbot.waitUntil(lambda: found(page) != [] and set(found(page)) == {"AB12CDE"})


def test_where_nothing_is_found_the_advice_is_about_what_was_asked(qtbot: QtBot, page: SearchPage) -> None:
    page.filters.plate.setText("NOWHERE")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 0)
    assert "?" in page._empty._text.text()
    page.filters.plate.clear()
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)
    choose(page.filters.span, TimePreset.CUSTOM)
    page.filters.until.setDateTime(QDateTime(2001, 1, 1, 0, 0))
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 0)
    assert "?" not in page._empty._text.text() and "confidence" in page._empty._text.text()


def test_what_came_since_is_offered_and_shown_by_itself_where_nothing_was_found(
    qtbot: QtBot, page: SearchPage, session: WindowSession
) -> None:
    def comes(number: int, plate: str) -> None:
        entry = visit_of(number)
        saved = session.log.store.save([replace(entry, visit=replace(entry.visit, plate=plate, track=plate))])[0]
        session.log.publish_change(saved)

    assert not page.newer.isVisible()
    comes(901, "NEW1")
    assert page.newer.isVisible()
    page.newer.click()
    qtbot.waitUntil(lambda: page.count.text() == "41 reads")
    assert not page.newer.isVisible()
    page.filters.plate.setText("NEW2")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 0)
    assert not page.detail.isVisible()
    comes(902, "NEW2")
    qtbot.waitUntil(lambda: found(page) == ["NEW2"])
    assert page.detail.isVisible()


def test_f5_finds_what_another_program_wrote(
    qtbot: QtBot, qapp: QApplication, page: SearchPage, session: WindowSession
) -> None:
    session.log.store.save([visit_of(901)])
    qapp.setActiveWindow(page)
    page.filters.plate.setFocus()
    assert not page.newer.isVisible()
    qtbot.keyClick(page.filters.plate, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.count.text() == "41 reads")


def test_nothing_is_asked_before_the_page_is_shown(qtbot: QtBot, session: WindowSession) -> None:
    page = make_search_page(session)
    qtbot.addWidget(page)
    session.log.changed.emit()
    assert page.model is None


@given(st.datetimes(datetime(2001, 1, 1), datetime(2037, 12, 31)), st.sampled_from(list(TimePreset)))
def test_presets_hold_whole_days_up_to_now(moment: datetime, span: TimePreset) -> None:
    now = moment.astimezone()
    since, until = preset_limits(span, now)
    if span in (TimePreset.ANY, TimePreset.CUSTOM):
        assert since is None and until is None
        return
    assert since is not None and since <= now and (since.hour, since.minute) == (0, 0)
    days = {TimePreset.TODAY: 0, TimePreset.YESTERDAY: 1, TimePreset.WEEK: 6, TimePreset.MONTH: 29}[span]
    assert (now.date() - since.date()).days == days
    assert until is None or (until <= now and until.date() == now.date())


def test_a_narrow_list_still_has_room_for_the_tags(qtbot: QtBot, page: SearchPage) -> None:
    qtbot.waitUntil(lambda: page.model is not None and page.model.rowCount() > 0)
    for width, hidden in ((620, True), (900, False), (620, True)):
        page.view.resize(width, 400)
        assert page.view.isColumnHidden(SOURCE) is hidden
        assert page.view.columnWidth(TAG) >= 90
