import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PyQt5 import sip
from PyQt5.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt5.QtGui import QDropEvent
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QAction,
    QApplication,
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QShortcut,
    QSlider,
    QTableView,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import saved_sources as known
from app.config.settings import Settings, default_path
from app.gui import startup as gui_main
from app.gui.dialogs.about_dialog import AboutDialog
from app.gui.dialogs.retention_dialog import RetentionDialog
from app.gui.live import source_actions as opening
from app.gui.live.live_view import SourceTile
from app.gui.live.source_actions import list_names
from app.gui.reads.reads_page import ReadsPage
from app.gui.search.search_page import SearchPage
from app.gui.session.log_session import RetentionTimer, open_log
from app.gui.startup import make_window
from app.gui.widgets import theme
from app.gui.widgets.message_boxes import confirm
from app.gui.widgets.notice import Notice
from app.gui.window import MainWindow
from app.records import Record
from app.saved_sources import SavedSource, SavedSources
from app.sinks.window import WindowFeed
from app.sources.source import SourceKind
from app.store.errors import LogUnavailable
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry, LogState
from app.version import __version__
from tests.app.gui.fakes import pipeline
from tests.app.gui.shell import wait_for
from tests.app.store.samples import log_as_of


def dropped(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) if "://" in url else QUrl.fromLocalFile(url) for url in urls])
    return data


def opened(window: MainWindow) -> list[str]:
    return [source.spec.address for source in window.session.sources.opened]


OPEN_AND_LOOK = """
import sys
from app.config import bootstrap
bootstrap.prepare()
from PyQt5.QtCore import QTimer
from app.cli import main as cli
from app.gui.live.source_actions import OpenActions
from app.gui.window import MainWindow

def look(opening, _names):
    window = opening.parent()
    print(window.notice.isVisible() and window.notice.words.text(), flush=True)
    QTimer.singleShot(0, window.close)

OpenActions.begin = look
sys.exit(cli.main(["gui", "--log", sys.argv[1]]))
"""


def test_the_first_start_plays_the_demo(
    window: MainWindow,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "DEMO_CLIP", clip)
    window.opening.known = SavedSources()
    window.opening.begin([])
    assert opened(window) == [str(clip)]


def test_a_newcomer_is_told_what_is_kept_for_how_long_and_where_to_change_it(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "DEMO_CLIP", clip)
    assert not window.notice.isVisible()
    window.opening.begin([])
    assert window.notice.isVisible() and "30 days" in window.notice.words.text()
    qtbot.mouseClick(window.notice.more, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: bool(window.findChildren(RetentionDialog)))
    assert not window.notice.isVisible()


def test_trouble_is_shown_for_as_long_as_it_lasts(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_news("OpenLog for 30 days.", "Change…", lambda: None)
    notice.show_trouble("The disk is full.")
    assert notice.words.text() == "The disk is full." and not notice.read.isVisibleTo(notice)
    notice.show_trouble("")
    assert notice.words.text() == "OpenLog for 30 days." and notice.read.isVisibleTo(notice)
    notice.read.click()
    assert not notice.isVisibleTo(None)


def test_what_cannot_be_opened_is_told_until_it_was_read(window: MainWindow) -> None:
    window.notice.show_news("OpenLog for 30 days.", "Change…", lambda: None)
    window.opening.open(["nowhere.mp4", "neither.avi"])
    assert "nowhere.mp4" in window.notice.words.text() and "neither.avi" in window.notice.words.text()
    assert not window.notice.more.isVisible()
    assert window.notice.grab().toImage().pixelColor(4, 4) == theme.colour("notice_soft")
    window.notice.read.click()
    assert window.notice.grab().toImage().pixelColor(4, 4) == theme.colour("accent_soft")
    assert window.notice.words.text() == "OpenLog for 30 days."


@pytest.mark.parametrize("text", ["192.168.1.20/stream", "rtps://192.168.1.20/stream"])
def test_a_wrong_address_is_told_with_what_one_looks_like_and_not_remembered(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (f" {text}", True))
    window.opening.ask_address()
    said = window.notice.words.text()
    assert text in said and "rtsp://" in said
    assert text not in window.opening.known.recent


@pytest.mark.parametrize(("which", "answer"), [(0, True), (1, False)])
def test_before_something_is_done_a_button_names_it(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, which: int, answer: bool
) -> None:
    names: list[str] = []

    def press(box: QMessageBox) -> int:
        names.extend(button.text() for button in box.buttons())
        assert box.defaultButton() is box.buttons()[1] and not box.iconPixmap().isNull()
        box.show()
        qtbot.mouseClick(box.buttons()[which], Qt.MouseButton.LeftButton)
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert confirm("Delete it?", "Delete", window) is answer
    assert names == ["Delete", "Cancel"]


def test_old_reads_are_deleted_while_the_window_is_open(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = window.session.log.store
    assert store is not None
    now = datetime.now(UTC)
    month, year = now - timedelta(days=31), now - timedelta(days=365)
    store.save([Entry(Record("OLD", "gate", now, now, track="a"))])
    log_as_of(store, month)
    store.save([Entry(Record("NEW", "last-year.mp4", year, year, time_from="container", track="b"))])
    told: list[str] = []
    window.session.requests.message.connect(told.append)
    RetentionTimer(window.session.settings, window.session.log, window.session.requests, first_ms=1)
    wait_for(qtbot, lambda: told == ["1 read logged more than 30 days ago was deleted."])
    assert [visit.plate for visit in store.each(Query())] == ["NEW"]


def test_a_later_start_opens_the_cameras_that_were_set_up(window: MainWindow, clip: Path) -> None:
    window.opening.known = SavedSources((SavedSource("Gate", SourceKind.VIDEO, str(clip)),))
    window.opening.begin([])
    assert [source.name for source in window.session.sources.opened] == ["Gate"]


def test_with_nothing_open_the_next_step_is_told(window: MainWindow) -> None:
    assert window.live.empty.isVisible()
    steps = [button.text() for button in window.live.empty.findChildren(QAbstractButton)]
    assert len(steps) == 4 and all(steps)


def test_dropped_files_and_addresses_are_opened(window: MainWindow, clip: Path) -> None:
    data = dropped(str(clip), "rtsp://127.0.0.1:1/live")  # the event does not own it
    drop = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(drop)
    assert opened(window) == [str(clip), "rtsp://127.0.0.1:1/live"]


def test_a_dropped_folder_goes_to_the_queue(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    window.opening.open(list_names(dropped(str(tmp_path / "clips"))))
    assert window._pages["queue"].isChecked()


def test_an_address_in_the_clipboard_is_opened_with_ctrl_v(
    qtbot: QtBot,
    window: MainWindow,
    qapp: QApplication,
) -> None:
    clipboard = qapp.clipboard()
    assert clipboard is not None
    clipboard.setText("rtsp://admin:secret@127.0.0.1:1/live")
    window.opening.paste()
    assert opened(window) == ["rtsp://admin:secret@127.0.0.1:1/live"]
    assert not any("secret" in name for name in window.opening.known.recent)
    clipboard.setText("not an address")
    window.opening.paste()
    assert len(opened(window)) == 1


def test_what_was_opened_is_in_the_menu_open_again(window: MainWindow, clip: Path) -> None:
    window.opening.open([str(clip)])
    menu = window.bars.recent
    assert [action.text() for action in menu.actions()] == [str(clip)]
    assert known.load().recent == (str(clip),)
    window.opening.open(["http://127.0.0.1:1/live?channel=1&subtype=0"])
    assert menu.actions()[0].text().endswith("channel=1&&subtype=0")  # one & would underline the s


def test_a_source_that_was_closed_for_now_is_opened_again_from_the_menu(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.opening.add(SavedSource("Gate", SourceKind.STREAM, "rtsp://admin:secret@127.0.0.1:1/a"))
    assert not window.bars.recent.isEnabled()
    monkeypatch.setattr(window.sources, "_asked_for_good", lambda _name: False)
    window.sources.close("Gate")
    assert opened(window) == [] and [each.text() for each in window.bars.recent.actions()] == ["Gate"]
    window.bars.recent.actions()[0].trigger()
    assert opened(window) == ["rtsp://admin:secret@127.0.0.1:1/a"] and not window.bars.recent.isEnabled()


def test_an_address_with_a_password_is_not_offered_without_it(window: MainWindow) -> None:
    window.opening.open(["rtsp://admin:secret@127.0.0.1:1/live"])
    assert window.bars.recent.actions() == []


def test_pages_are_reached_by_keys_and_buttons(qtbot: QtBot, window: MainWindow) -> None:
    for key, button in window._pages.items():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.stack.currentIndex() == list(window._pages).index(key)
        assert button.isChecked()


def test_the_theme_changes_at_once_and_is_kept(window: MainWindow) -> None:
    before = theme.current().name
    window.toggle_theme()
    assert theme.current().name != before
    assert window.session.settings.current.appearance.theme == theme.current().name
    window.toggle_theme()


def test_every_control_has_a_name_and_can_have_the_focus(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    window.session.sources.open_names([str(clip)])
    for key in window._pages:
        window.show_page(key)
        for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider):
            for control in window.findChildren(kind):
                if control.isVisible() and control.parent() is not None and not _is_part(control):
                    assert _name(control), f"{key}: {type(control).__name__} {control.objectName()} has no name"
                    assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, f"{key}: {_name(control)} takes no focus"


def test_who_reports_a_problem_finds_version_licence_and_places_and_can_copy_them(
    window: MainWindow, qapp: QApplication, tmp_path: Path
) -> None:
    about = next(action for action in window.findChildren(QAction) if action.text() == "&About Platescribe")
    about.trigger()
    (dialog,) = window.findChildren(AboutDialog)
    shown = " ".join(each.text() for each in dialog.findChildren(QLabel))
    expected = (
        f"Platescribe {__version__}",
        "AGPL-3.0-or-later",
        str(tmp_path / "log" / "plates.sqlite3"),
        str(default_path()),
    )
    assert all(words in shown for words in (*expected, "Nothing is sent anywhere"))
    dialog.copy.click()
    assert all(words in qapp.clipboard().text() for words in expected)


def test_no_key_means_two_things(window: MainWindow) -> None:
    """Qt does neither of two things that one key stands for."""
    keys: dict[str, list[str]] = {}
    for action in window.findChildren(QAction):
        for sequence in action.shortcuts():
            keys.setdefault(sequence.toString(), []).append(action.text())
    for shortcut in window.findChildren(QShortcut):
        keys.setdefault(shortcut.key().toString(), []).append(type(shortcut.parent()).__name__)
    for button in window.findChildren(QAbstractButton):
        if not button.shortcut().isEmpty():
            keys.setdefault(button.shortcut().toString(), []).append(button.text())
    shared = {key: users for key, users in keys.items() if len(users) > 1}
    assert set(shared) <= {"Del"}, shared  # each list has its own, for itself alone
    assert {"Ctrl+N", "Ins", "F5", "Ctrl+O"} <= set(keys)


def test_the_window_leaves_room_for_its_frame(window: MainWindow, qapp: QApplication) -> None:
    window._state.clear()
    window.placing.restore()
    room = qapp.primaryScreen().availableSize()
    assert window.height() <= max(room.height() - 40, window.minimumHeight())


def test_tab_goes_round_through_every_visible_control(qtbot: QtBot, window: MainWindow) -> None:
    window.show_page("live")
    chain: list[QWidget] = [window]
    while (following := chain[-1].nextInFocusChain()) is not None and following is not window:
        chain.append(following)
    buttons = [button for button in window.findChildren(QAbstractButton) if button.isVisible()]
    assert buttons and all(button in chain for button in buttons)


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
def test_the_focus_is_seen_on_every_control(
    qtbot: QtBot, window: MainWindow, clip: Path, qapp: QApplication, look: theme.Theme
) -> None:
    theme.apply(qapp, look)
    window.session.sources.open_names([str(clip)])
    window.session.sources.set_paused(str(clip), True)
    window.activateWindow()
    unseen = []
    for key in window.pages:
        window.show_page(key)
        qtbot.wait(50)
        for control in focusable(window):
            away, there = window.rail, control
            away.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            away.setFocus(Qt.FocusReason.TabFocusReason)
            before = outline(control)
            there.setFocus(Qt.FocusReason.TabFocusReason)
            if before == outline(control):
                unseen.append(f"{key}: {type(control).__name__} {_name(control)}")
    theme.apply(qapp, theme.LIGHT)
    assert not unseen, "; ".join(unseen)


def focusable(window: MainWindow) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider, QTableView, SourceTile)
    found = [control for kind in kinds for control in window.findChildren(kind)]
    return [each for each in found if each.isVisible() and each.isEnabled() and not _is_part(each)]


def outline(control: QWidget) -> list[int]:
    """Return the colours at the edge of a control, where no blinking cursor is; of a slider, all of it."""
    image = control.grab().toImage()
    across, down = range(image.width()), range(image.height())
    edge = [(x, y) for x in across for y in (0, 1, image.height() - 2, image.height() - 1)]
    edge += [(x, y) for y in down for x in (0, 1, image.width() - 2, image.width() - 1)]
    if isinstance(control, QSlider):
        edge = [(x, y) for x in across for y in down]
    return [image.pixel(x, y) for x, y in edge]


def test_size_and_splitters_are_remembered(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for attempt in range(2):
        feed = WindowFeed()
        kept = open_log(Settings(), feed, str(tmp_path / "plates.sqlite3"))
        made = make_window(Settings(), kept, feed, pipeline, state=tmp_path / "window.ini")
        made.show()
        if attempt == 0:
            made.resize(1111, 700)
            made.live.across.setSizes([600, 400])
            qapp.processEvents()
        sizes.append((made.size(), made.live.across.sizes()))
        made.close()
        sip.delete(made)
    assert sizes[0] == sizes[1]


def test_closing_during_a_run_asks_first(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("app.gui.window.confirm", lambda question, *_: bool(asked.append(question)))
    monkeypatch.setattr(window, "_extras", replace(window._extras, busy=lambda: True))  # type: ignore[type-var]
    assert not window.close()
    assert "still being read" in asked[0] and window.isVisible()
    monkeypatch.undo()


def test_closing_asks_while_reads_cannot_be_written_but_not_who_ends_it_from_outside(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_entries: object) -> None:
        raise LogUnavailable("The disk of /log is full.")

    asked: list[str] = []
    session = window.session
    assert session.log.store is not None
    monkeypatch.setattr(session.log.store, "save", full)
    monkeypatch.setattr("app.gui.window.confirm", lambda question, *_: bool(asked.append(question)))
    window.opening.open([str(clip)])
    wait_for(qtbot, lambda: session.log.unwritten == 2)
    wait_for(qtbot, window.notice.isVisible)
    assert not window.close() and window.isVisible()
    assert asked[0].startswith("2 reads wait in memory")
    window.leave()
    assert len(asked) == 1 and not window.isVisible()


def _is_part(control: QWidget) -> bool:
    """Whether a control is a part that Qt puts into another one."""
    within = isinstance(control.parent(), QComboBox | QLineEdit | QAbstractSpinBox)
    return control.objectName().startswith("qt_") or within


def _name(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    placeholder = control.placeholderText() if isinstance(control, QLineEdit) else ""
    return control.accessibleName() or text or control.toolTip() or placeholder


def test_trouble_with_the_log_reaches_the_window(qtbot: QtBot, window: MainWindow) -> None:
    journal = window.session.log.journal
    assert journal is not None
    journal.writer._set_state(LogState.WAITING, "The disk of the log is full.")
    wait_for(qtbot, lambda: window.notice.words.text() == "The disk of the log is full.")


@pytest.mark.parametrize("wanted", [True, False])
def test_a_second_window_offers_to_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gui_main, "_read_only_wanted", lambda reason: asked.append(reason) or wanted)
    log = tmp_path / "l.db"
    with Store.open(log):
        kept = gui_main.ask_for_log(Settings(), WindowFeed(), str(log), False)
        assert "being written by" in asked[0]
        assert (kept is not None) is wanted
        if kept is not None:
            assert kept.journal is None and kept.reading is not None and "another Platescribe" in kept.notice
            kept.reading.close()


def test_the_window_opens_with_faulty_settings_and_says_so_until_it_was_read(tmp_path: Path) -> None:
    settings = tmp_path / "platescribe" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('[reading]\ncountries = ["XX"]\n[decision]\nagreement = 0\n')
    run = subprocess.run(
        [sys.executable, "-c", OPEN_AND_LOOK, str(tmp_path / "l.db")],
        cwd=gui_main._TRANSLATIONS.parents[1],
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert run.returncode == 0, run.stderr
    for words in ("'reading.countries': no plate format for region 'XX'", "'decision.agreement' must lie between"):
        assert f"{settings}: {words}" in run.stdout and "correct that line" in run.stdout


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_Slash])
def test_a_plate_is_found_from_every_page_by_one_key(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    window.show_page("watch")
    modifier = Qt.KeyboardModifier.ControlModifier if key == Qt.Key.Key_F else Qt.KeyboardModifier.NoModifier
    page = window.findChild(SearchPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.rail, key, modifier)
    assert window.stack.currentWidget() is page and page.filters.plate.hasFocus()
    qtbot.keyClicks(page.filters.plate, "A/B")
    assert page.filters.plate.text() == "A/B"


def test_panels_hide_by_key_and_stay_so_at_the_next_start(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    window.session.sources.open_names([str(clip)])
    reads = window.findChild(ReadsPage)
    assert reads.isVisible() and window.live.sources.isVisible()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for key in (Qt.Key.Key_F8, Qt.Key.Key_F9):
        qtbot.keyClick(window.live.grid, key)
    assert not reads.isVisible() and not window.live.sources.isVisible()
    window.live.show_panel("reads", True)
    window._restore_view()
    assert not reads.isVisible()


def test_f11_gives_the_whole_screen_to_the_pictures_and_escape_ends_it(
    qtbot: QtBot, window: MainWindow, clip: Path
) -> None:
    window.session.sources.open_names([str(clip)])
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    reads = window.findChild(ReadsPage)
    bars = (window.menuBar(), window.statusBar(), *window.findChildren(QToolBar))
    parts = (*bars, window.rail, window.live.sources, reads)
    f11, escape = Qt.Key.Key_F11, Qt.Key.Key_Escape
    for key, full in ((f11, True), (escape, False), (f11, True), (f11, False)):
        qtbot.keyClick(window.live.grid, key)
        assert window.isFullScreen() is full
        assert [part.isVisible() for part in parts] == [not full] * len(parts)


def test_the_demo_leaves_when_something_of_ones_own_comes(window: MainWindow, clip: Path) -> None:
    window.opening.demo()
    assert len(opened(window)) == 1
    window.opening.open([str(clip)])
    assert opened(window) == [str(clip)]
