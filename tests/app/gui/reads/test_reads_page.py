"""The reads of now: newest chosen, the pill, the detail of one, and what can be done with it by keyboard."""

from datetime import UTC, datetime

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QFontMetricsF
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.reads import read_pictures as pictures
from app.gui.reads.correction_dialog import CorrectionDialog
from app.gui.reads.delegates import MARGIN, THUMBNAIL, fit_font, pill_font, pill_width
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_rows import CONFIDENCE, PLATE, ROW_ROLE, SOURCE, TAG, TIME, round_percent
from app.gui.reads.read_view import SLIM
from app.gui.reads.reads_page import ReadsPage
from app.gui.session.log_session import LogSession
from app.gui.session.sources_session import SourcesSession
from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_entry import WatchEntryDialog
from app.pipeline.events import EventKind
from app.store.search import Query
from tests.app.gui.parts import make_reads_page
from tests.app.gui.reads_samples import PLATES, event_of, visit_of
from tests.app.made_events import changed


@pytest.fixture
def page(qtbot: QtBot, empty_session: WindowSession) -> ReadsPage:
    """The page over an empty log, shown."""
    page = make_reads_page(empty_session)
    qtbot.addWidget(page)
    page.resize(560, 900)
    page.show()
    return page


def plate_at(page: ReadsPage, row: int) -> str:
    return str(page.model.index(row, 0).data())


def test_while_there_is_nothing_the_next_step_is_said(page: ReadsPage) -> None:
    assert page._stack.currentIndex() == 0 and page.detail.row is None


def test_the_newest_is_chosen_until_the_user_chooses_another(page: ReadsPage, empty_session: WindowSession) -> None:
    empty_session.sources.events.emit((event_of(1), event_of(2)))
    assert page.view.currentIndex().row() == 0 and page.detail.row.visit.plate == plate_at(page, 0)
    empty_session.sources.events.emit((event_of(3),))
    assert page.view.currentIndex().row() == 0 and page.pill.isHidden()
    page.view.setCurrentIndex(page.model.index(2, 0))
    chosen = page.detail.row.visit.plate
    empty_session.sources.events.emit((event_of(4), event_of(5)))
    assert page.detail.row.visit.plate == chosen
    assert page.pill.text() == "2 new" and not page.pill.isHidden()
    page.pill.click()
    assert page.view.currentIndex().row() == 0 and page.pill.isHidden()
    assert page.detail.row.visit.plate == plate_at(page, 0)


def test_a_read_that_is_withdrawn_is_no_choice_of_the_user(page: ReadsPage, empty_session: WindowSession) -> None:
    """Where the newest row goes, Qt chooses its neighbour: the list follows what comes all the same."""
    empty_session.sources.events.emit(tuple(map(event_of, (1, 2, 3))))
    empty_session.sources.events.emit((event_of(3, EventKind.WITHDRAWN, 2),))
    assert page.model.rowCount() == 2 and page.view.currentIndex().row() == 0
    empty_session.sources.events.emit((changed(event_of(4), absorbed=(event_of(2).key,)),))
    assert page.view.currentIndex().row() == 0 and page.pill.isHidden()
    assert page.detail.row.visit.plate == event_of(4).text.plate
    page.view.setCurrentIndex(page.model.index(1, 0))
    empty_session.sources.events.emit((changed(event_of(5), absorbed=(event_of(4).key,)),))
    assert page.detail.row.visit.plate == event_of(1).text.plate and page.pill.text() == "1 new"


def test_the_row_and_the_detail_settle_in_place(page: ReadsPage, empty_session: WindowSession) -> None:
    empty_session.sources.events.emit((event_of(1, EventKind.NEW),))
    assert page.model.index(0, 0).data(ROW_ROLE).provisional and "still being read" in page.detail.facts.text()
    empty_session.sources.events.emit((changed(event_of(1, EventKind.FINAL, 2), plate="SETTLED1"),))
    assert page.model.rowCount() == 1 and page.detail.row.visit.plate == "SETTLED1"
    assert "still being read" not in page.detail.facts.text()


def test_the_detail_shows_frame_crop_characters_and_every_reading(
    page: ReadsPage, empty_session: WindowSession
) -> None:
    empty_session.sources.events.emit((event_of(1),))
    detail = page.detail
    assert detail.frame.image.width() == 640 and detail.crop.image.width() == 162
    assert detail.track.table.rowCount() == 5 and not detail.track.isHidden()
    assert "%" in detail.bars.accessibleName() and detail.plate.accessibleName() == detail.row.visit.plate
    assert not detail.guesses[0].isHidden()


def test_enter_corrects_and_what_was_read_stays(
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_session.log.store
    saved = store.save([visit_of(3)])[0]
    page = make_reads_page(empty_session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)

    def type_plate(dialog: CorrectionDialog) -> int:
        dialog.field.setText("right1")
        return int(CorrectionDialog.DialogCode.Accepted)

    monkeypatch.setattr(CorrectionDialog, "exec_", type_plate)
    with qtbot.waitSignal(empty_session.log.visit_changed):
        qtbot.keyClick(page.view, Qt.Key.Key_Return)
    visit = store.get(saved.id)
    assert (visit.plate, visit.original_plate) == ("RIGHT1", saved.plate)
    assert plate_at(page, 0) == f"RIGHT1  ({saved.plate})"
    assert page.detail.plate.accessibleName() == f"RIGHT1, corrected from {saved.plate}"


def test_another_text_is_taken_with_one_click(qtbot: QtBot, empty_session: WindowSession) -> None:
    store = empty_session.log.store
    saved = store.save([visit_of(2)])[0]
    page = make_reads_page(empty_session)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.detail.row is not None)
    with qtbot.waitSignal(empty_session.log.visit_changed):
        page.detail.guesses[0].click()
    assert store.get(saved.id).plate == saved.alternatives[0].text


def test_a_read_that_is_not_in_the_log_yet_cannot_be_corrected(
    qtbot: QtBot, page: ReadsPage, empty_session: WindowSession
) -> None:
    empty_session.sources.events.emit((event_of(1, EventKind.NEW),))
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.detail.correct_button.click()
    assert "still being read" in told.args[0]


def test_a_hit_is_red_and_settled_with_one_click(qtbot: QtBot, empty_session: WindowSession) -> None:
    store = empty_session.log.store
    saved = store.save([visit_of(0)])[0]
    page = make_reads_page(empty_session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.detail.row is not None)
    assert page.detail.row.is_hit and not page.detail.settle.isHidden()
    with qtbot.waitSignal(empty_session.log.visit_changed):
        page.detail.settle.click()
    assert store.get(saved.id).settled and page.detail.settle.isHidden()


def test_the_pictures_of_an_old_read_come_from_the_log(qtbot: QtBot, session: WindowSession) -> None:
    page = make_reads_page(session)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.detail.row is not None)
    qtbot.waitUntil(lambda: page.detail.frame.image.width() == 640 and not page.detail.crop.image.isNull())


def test_a_note_is_kept(qtbot: QtBot, session: WindowSession) -> None:
    page = make_reads_page(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.detail.row is not None)
    number = page.detail.row.visit.id
    page.detail.note.setText("seen twice")
    with qtbot.waitSignal(session.log.visit_changed):
        qtbot.keyClick(page.detail.note, Qt.Key.Key_Return)
    assert session.log.store.get(number).note == "seen twice"


def test_the_plate_goes_to_the_clipboard_and_the_moment_is_shown(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, shown = make_reads_page(session), []
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.detail.row is not None)
    monkeypatch.setattr(SourcesSession, "show_moment", lambda _self, source, at: shown.append((source, at)))
    page.detail.copy.click()
    page.detail.moment.click()
    visit = page.detail.row.visit
    assert QApplication.clipboard().text() == visit.plate and shown == [(visit.source, visit.first_s)]


def test_a_plate_goes_onto_a_watch_list(qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch) -> None:
    page = make_reads_page(session)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.detail.row is not None)
    monkeypatch.setattr(WatchEntryDialog, "exec_", lambda _: WatchEntryDialog.DialogCode.Accepted)
    with qtbot.waitSignal(session.requests.message):
        page.detail.watch_button.click()
    assert [entry.plate for entry in session.log.store.watch.entries()] == [page.detail.row.visit.plate]


def test_double_click_asks_what_the_network_saw(
    qtbot: QtBot, page: ReadsPage, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(ReadActions, "explain", lambda _self, row, crop: asked.append((row.visit.plate, crop.width())))
    empty_session.sources.events.emit((event_of(1),))
    page.view.doubleClicked.emit(page.model.index(0, 0))
    assert asked == [(PLATES[1], 162)]


def test_a_tick_on_the_seek_bar_chooses_its_read(page: ReadsPage, empty_session: WindowSession) -> None:
    empty_session.sources.events.emit((event_of(1), event_of(2), event_of(3)))
    empty_session.requests.read_wanted.emit("Gate north#2")
    assert page.detail.row.key == "Gate north#2"


def test_everything_is_forgotten_in_the_list_when_the_log_forgets(qtbot: QtBot, session: WindowSession) -> None:
    page = make_reads_page(session)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.model.rowCount() == 40)
    for visit in list(session.log.store.each(Query())):
        session.log.store.discard_run(visit.run)
    session.log.changed.emit()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0 and page.detail.row is None)


def test_a_log_that_opens_later_fills_the_list(
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_session.log.store
    store.save([visit_of(3)])
    monkeypatch.setattr(LogSession, "store", None)
    page = make_reads_page(empty_session)
    qtbot.addWidget(page)
    empty_session.log._had_store = False
    empty_session.check_state()
    assert page.model.rowCount() == 0
    monkeypatch.setattr(LogSession, "store", store)
    empty_session.check_state()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    qtbot.waitUntil(lambda: not page.detail.crop.image.isNull())


def test_no_character_is_surer_than_its_number_says(
    page: ReadsPage, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plate of 99 % whose every character was called 100 is hard to explain."""
    drawn: list[int] = []
    monkeypatch.setattr(pictures, "round_percent", lambda value: drawn.append(round_percent(value)) or drawn[-1])
    page.detail.bars.show_characters("AB1", (0.9999, 1.0, 0.42))
    page.detail.bars.grab()
    assert drawn == [99, 100, 42]


def test_the_narrow_list_shows_time_and_source_whole(page: ReadsPage, empty_session: WindowSession) -> None:
    old = changed(event_of(1), first_time=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC))
    empty_session.sources.events.emit((old,))
    room = page.view.columnWidth(TIME) - MARGIN - 6
    words = QFontMetricsF(page.view.font())
    assert words.horizontalAdvance(page.model.index(0, TIME).data()) <= room
    assert words.horizontalAdvance("entrance-north.mp4") <= room
    tip = page.model.index(0, TIME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert page.view.isColumnHidden(SOURCE) and tip.endswith("Gate north")


def test_what_can_be_done_stays_in_view_in_a_low_window(page: ReadsPage, empty_session: WindowSession) -> None:
    empty_session.sources.events.emit((event_of(1),))
    page.resize(460, 520)
    QApplication.processEvents()
    for made in (page.detail.correct_button, page.detail.watch_button):
        corner = made.mapTo(page, made.rect().bottomRight())
        assert page.rect().contains(corner) and not made.visibleRegion().isEmpty()
        assert made.visibleRegion().boundingRect() == made.rect()


@pytest.mark.parametrize(
    ("width", "hidden"),
    [
        (895, []),
        (753, []),
        (548, [SOURCE]),  # what a screen of 1366 pixels leaves it
        (430, [SOURCE, CONFIDENCE]),
        (391, [SOURCE, CONFIDENCE]),  # what a screen of 1024 pixels leaves it
    ],
)
def test_a_narrow_list_keeps_room_for_the_tags(
    page: ReadsPage, empty_session: WindowSession, width: int, hidden: list[int]
) -> None:
    page.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # there are many reads
    empty_session.sources.events.emit((event_of(1),))
    page.view.resize(width, 400)
    assert [at for at in (SOURCE, CONFIDENCE, TAG) if page.view.isColumnHidden(at)] == hidden
    font = pill_font(page.view.font())
    tags = ("Reading…", "Corrected", "Unsure", "Hit", "Allowed", "Hit · settled")
    longest = max(pill_width(font, tag) for tag in tags)
    header = page.view.horizontalHeader()
    assert header is not None
    assert header.sectionViewportPosition(TAG) + MARGIN + longest <= page.view.viewport().width()
    for column in (PLATE, TIME, SOURCE, CONFIDENCE):
        assert page.view.isColumnHidden(column) or header.sectionSizeHint(column) <= page.view.columnWidth(column)


@pytest.mark.parametrize("plate", ["AB12CDE", "UP16CU0006", "ABCDEFGH12345678"])
def test_a_long_plate_is_written_smaller_and_never_cut(qapp: QApplication, plate: str) -> None:
    room = SLIM[PLATE] - MARGIN - THUMBNAIL.width() - 14
    font = fit_font(12.5, plate, room)
    assert QFontMetricsF(font).horizontalAdvance(plate) <= room or font.pointSizeF() == pytest.approx(12.5 * 0.6)
    if len(plate) <= 10:
        assert QFontMetricsF(font).horizontalAdvance(plate) <= room
