import getpass
from datetime import datetime
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QApplication
from pytestqt.qtbot import QtBot

from app.config.settings import with_value
from app.gui.reads.reads_page import ReadsPage
from app.gui.watch.hits_page import HitsPage
from app.gui.watch.watch_page import WatchPage
from app.gui.window import MainWindow
from app.records import Record
from app.store.journal import Alarm
from app.store.search import Query
from app.store.types import Entry
from app.store.watchlist import Hit, WatchEntry
from tests.app.gui.fakes import FIRST, SECOND
from tests.app.gui.shell import wait_for


@pytest.fixture
def beeps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(1))
    return heard


def watch_and_play(qtbot: QtBot, window: MainWindow, clip: Path, *plates: str) -> None:
    session = window.session
    assert session.log.store is not None
    session.log.store.watch.add(*(WatchEntry("block", plate, note="stolen 3 May") for plate in plates))
    session.sources.open_names([str(clip)])
    session.sources.set_speed(str(clip), 4.0)
    wait_for(qtbot, lambda: len(window.hits.open) == len(plates))


def test_a_hit_raises_the_banner_with_plate_note_and_source_and_sounds_once(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
) -> None:
    assert not window.banner.isVisible()
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert window.banner.isVisible()
    assert window.banner._plate.text() == FIRST.text
    assert "stolen 3 May" in window.banner._words.text() and clip.name in window.banner._words.text()
    assert FIRST.text in window.banner.accessibleName()
    source = window.session.sources.find(str(clip))
    assert source is not None
    wait_for(qtbot, lambda: source.ended)
    assert beeps == [1]


def test_a_plate_that_was_logged_before_it_was_watched_for_is_tagged_at_once(
    qtbot: QtBot, window: MainWindow, clip: Path, beeps: list[int]
) -> None:
    session, reads = window.session, window.findChild(ReadsPage)
    session.sources.open_names([str(clip)])
    session.sources.set_speed(str(clip), 4.0)
    source = session.sources.find(str(clip))
    assert source is not None and session.log.store is not None
    wait_for(qtbot, lambda: source.ended and session.log.store.count(Query()) == 2)
    session.log.store.watch.add(WatchEntry("block", FIRST.text))
    tagged: list[bool] = []
    session.log.hit.connect(
        lambda alarm: tagged.append(reads.model.row(reads.model.row_of(alarm.visit.key_text)).is_hit)
    )
    session.sources.seek(str(clip), 0.0)
    wait_for(qtbot, lambda: bool(tagged))
    assert tagged == [True] and window.banner.isVisible()


def test_one_click_settles_a_hit_and_the_log_keeps_that(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
) -> None:
    watch_and_play(qtbot, window, clip, FIRST.text, SECOND.text)
    assert "1 more" in window.banner._kind.text()
    for _ in range(2):
        qtbot.mouseClick(window.banner.settle, Qt.MouseButton.LeftButton)
    assert not window.banner.isVisible()
    store = window.session.log.store
    assert store is not None
    wait_for(qtbot, lambda: [visit.settled for visit in store.each(Query())] == [True, True])


def test_a_hit_settled_elsewhere_leaves_the_banner(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
) -> None:
    watch_and_play(qtbot, window, clip, FIRST.text)
    session = window.session
    key = window.hits.open[0].visit.key_text
    wait_for(qtbot, lambda: session.log.visit(key) is not None)
    visit, store = session.log.visit(key), session.log.store
    assert visit is not None and visit.id is not None and store is not None
    session.log.publish_change(store.settle(visit.id))
    assert not window.banner.isVisible()


def test_muted_there_is_no_sound_and_the_banner_all_the_same(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
) -> None:
    window.toggle_sound()
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert window.banner.isVisible() and not beeps


@pytest.mark.parametrize(("how", "wanted"), [("raise", ["showNormal", "raise_"]), ("flash", []), ("nothing", [])])
def test_a_hit_raises_the_window_as_is_set_and_never_takes_the_keyboard(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    wanted: list[str],
) -> None:
    done: list[str] = []
    alerts: list[int] = []
    monkeypatch.setattr(QApplication, "alert", lambda *_: alerts.append(1))
    for name in ("raise_", "activateWindow", "showNormal"):
        monkeypatch.setattr(window, name, lambda name=name: done.append(name))
    monkeypatch.setattr(window, "isMinimized", lambda: True)
    window.session.settings.change(with_value(window.session.settings.current, "appearance.hit_window", how))
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert done == wanted and len(alerts) == (how != "nothing")


def test_a_hit_covers_no_dialog(
    qtbot: QtBot, window: MainWindow, clip: Path, beeps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(window, "raise_", lambda: done.append("raise_"))
    window.sources.add()
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert done == [] and window.banner.isVisible()


def test_the_banner_shows_the_plate_before_the_log_has_it(
    qtbot: QtBot, window: MainWindow, clip: Path, beeps: list[int]
) -> None:
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert window.banner.crop.isVisible() and not window.banner.crop.image.isNull()


def hit_of(plate: str, number: int, day: int) -> Entry:
    seen = datetime(2025, 1, day, 3, 4, number).astimezone()
    return Entry(Record(plate, "Gate", seen, seen, track=str(number), run="before", list_name="block"))


def test_hits_of_an_earlier_start_wait_by_plate_and_are_settled_with_one_click(
    qtbot: QtBot, window: MainWindow
) -> None:
    store, rail = window.session.log.store, window._pages["hits"]
    assert store is not None
    store.save([hit_of("AB1", number, 2) for number in range(12)] + [hit_of("XY9", 20, 1)])
    window.session.log.changed.emit()
    wait_for(qtbot, lambda: rail.number == 13)
    assert rail.accessibleName() == "Hits: 13 waiting"
    page = window.findChild(HitsPage)
    window.show_page("hits")
    texts = [[page.model.index(row, column).data() for column in (0, 1)] for row in range(page.model.rowCount())]
    assert texts == [["AB1", "12"], ["XY9", "1"]]
    page.verdicts[0].click()
    wait_for(qtbot, lambda: store.count(Query(unsettled=True)) == 1)
    settled = list(store.each(Query("AB1")))
    assert {(visit.settled, visit.verdict, visit.settled_by) for visit in settled} == {
        (True, "true", getpass.getuser())
    }
    wait_for(qtbot, lambda: rail.number == 1)
    window.session.undo.undo()
    wait_for(qtbot, lambda: rail.number == 13 and store.count(Query(unsettled=True)) == 13)
    assert {visit.verdict for visit in store.each(Query("AB1"))} == {""}


def test_all_hits_are_settled_at_once_and_that_can_be_undone(qtbot: QtBot, window: MainWindow) -> None:
    store, page = window.session.log.store, window.findChild(HitsPage)
    assert store is not None
    store.save([hit_of("AB1", 1, 2), hit_of("XY9", 2, 1)])
    window.session.log.changed.emit()
    wait_for(qtbot, lambda: page.model.rowCount() == 2)
    window.show_page("hits")
    page.all_button.click()
    wait_for(qtbot, lambda: store.count(Query(unsettled=True)) == 0 and page.model.rowCount() == 0)
    undo = next(action for action in window.findChildren(QAction) if action.text() == "&Undo settling 2 hits")
    undo.trigger()
    wait_for(qtbot, lambda: page.model.rowCount() == 2)


def test_a_hit_that_comes_waits_in_the_inbox_and_the_log_learns_its_verdict(
    qtbot: QtBot, window: MainWindow, clip: Path, beeps: list[int]
) -> None:
    store, page = window.session.log.store, window.findChild(HitsPage)
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert [group.plate for group in window.hits.groups] == [FIRST.text]
    window.show_page("hits")
    page.verdicts[1].click()
    assert not window.banner.isVisible() and window.hits.groups == ()
    assert store is not None
    wait_for(qtbot, lambda: [visit.verdict for visit in store.each(Query(FIRST.text))] == ["misread"])


def test_a_hit_leaves_the_banner_when_its_entry_is_removed(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
) -> None:
    watch_and_play(qtbot, window, clip, FIRST.text, SECOND.text)
    page = window.findChild(WatchPage)
    window.show_page("watch")
    wait_for(qtbot, lambda: page.model.rowCount() == 2)
    page.view.selectRow(next(row for row in range(2) if page.model.entry(row).plate == SECOND.text))
    page.remove_button.click()
    wait_for(qtbot, lambda: [alarm.visit.plate for alarm in window.hits.open] == [FIRST.text])
    assert window.banner.isVisible() and window.banner._plate.text() == FIRST.text
    page.view.selectRow(0)
    page.remove_button.click()
    wait_for(qtbot, lambda: not window.banner.isVisible())


def test_a_hit_of_an_old_recording_says_the_day_and_names_its_file(window: MainWindow) -> None:
    """The clock alone would be taken for today's, and who was seen a year ago for somebody who is here now."""
    seen = datetime(2025, 1, 2, 3, 4, 5).astimezone()
    visit = Record("AB1", "/long/way/to/gate.mp4", seen, seen, track="t", list_name="block")
    window.session.log.hit.emit(Alarm(visit, (Hit(WatchEntry("block", "AB1"), "AB1", 0),)))
    assert window.banner._words.text() == "gate.mp4  ·  2025-01-02 03:04:05"
