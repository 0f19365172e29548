from datetime import datetime
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.reads.reads_page import ReadsPage
from app.gui.watch.watch_page import WatchPage
from app.gui.window import MainWindow
from app.records import Record
from app.store.journal import Alarm
from app.store.search import Query
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


def test_a_hit_brings_the_window_to_the_front(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
    beeps: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    for name in ("raise_", "activateWindow", "showNormal"):
        monkeypatch.setattr(window, name, lambda name=name: done.append(name))
    monkeypatch.setattr(window, "isMinimized", lambda: True)
    watch_and_play(qtbot, window, clip, FIRST.text)
    assert done == ["showNormal", "raise_", "activateWindow"]


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
