"""Every text of the window can be translated: a made-up language marks each, and what bears no mark is a fault."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5 import sip
from PyQt5.QtCore import QAbstractItemModel, QObject, Qt, QTranslator
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QAction,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.config.settings import Settings
from app.gui.crash import CrashDialog
from app.gui.dialogs.about_dialog import AboutDialog
from app.gui.dialogs.keys_dialog import KeysDialog
from app.gui.session.log_session import open_log
from app.gui.session.window_session import WindowSession
from app.gui.startup import install_translation, make_window
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.window import MainWindow
from app.gui.wizard.source_wizard import SourceWizard
from app.sinks.window import WindowFeed
from app.store.search import Query
from app.store.watchlist import WatchEntry
from tests.app.gui.fakes import pipeline
from tests.app.gui.parts import make_export_dialog, make_retention_dialog, make_settings_dialog
from tests.app.gui.shell import wait_for
from tools import translations

_WORD = re.compile(r"[A-Za-z]{3,}")
# The same in every language: names, addresses, keys, the columns of the CSV, which programs read, and a button of Qt
# that is never shown (Commit).
_SAME_EVERYWHERE = re.compile(
    r"Platescribe|rtsp://|\.mp4|\.csv$|^/|Ctrl|^[a-z_0-9]+$|AB12CDE|auto|Space|Home|AGPL-3|^F1$|^Commit$"
)


class Marks(QTranslator):
    """A language in which every text stands in brackets; notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        if context.startswith("Q"):  # Qt's own texts, which Qt translates itself
            return None
        self.asked.add((context, text))
        return f"«{text}»"


@pytest.fixture
def marks(qapp: QApplication) -> Iterator[Marks]:
    made = Marks()
    qapp.installTranslator(made)
    yield made
    qapp.removeTranslator(made)


@pytest.fixture
def marked(qtbot: QtBot, qapp: QApplication, marks: Marks, tmp_path: Path) -> Iterator[MainWindow]:
    """The window with everything in it, in the made-up language."""
    feed = WindowFeed()
    kept = open_log(Settings(), feed, str(tmp_path / "plates.sqlite3"))
    window = make_window(Settings(), kept, feed, pipeline, state=tmp_path / "window.ini")
    window.show()
    wait_for(qtbot, lambda: window.session.networks.pipeline is not None)
    yield window
    window.close()
    qapp.processEvents()
    sip.delete(window)  # with all its dialogs, before the language goes


def every_text(root: QWidget) -> Iterator[str]:
    """Give what a person can read or hear of a window and everything in it."""
    months = [part for calendar in root.findChildren(QCalendarWidget) for part in calendar.findChildren(QObject)]
    for widget in [root, *root.findChildren(QWidget)]:
        if widget in months:  # Qt names them in the language of the system
            continue
        yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        if isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QAbstractSpinBox):
            yield widget.placeholderText()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(at) for at in range(widget.count()))
        if isinstance(widget, QTableView) and (model := widget.model()) is not None:
            yield from headings(model)
    yield from (action.text() for action in root.findChildren(QAction) if action not in months)


def headings(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def unmarked(root: QWidget) -> list[str]:
    """Return the texts that cannot be translated."""
    plain = (re.sub(r"«[^»]*»", "", text) for text in every_text(root))
    return sorted({text for text in plain if _WORD.search(text) and not _SAME_EVERYWHERE.search(text)})


def test_every_text_of_the_window_is_translated(qtbot: QtBot, marked: MainWindow, marks: Marks) -> None:
    session = marked.session
    assert session.log.store is not None
    session.log.store.watch.add(WatchEntry("block", "AB12CDE"))
    marked.opening.demo()
    for key in marked.pages:
        marked.show_page(key)
        qtbot.wait(50)
    assert len(marks.asked) > 150
    assert unmarked(marked) == []


def dialogs(session: WindowSession, window: MainWindow) -> list[QWidget]:
    store = session.log.store
    assert store is not None
    return [
        make_settings_dialog(session, "", window),
        SourceWizard(session.tasks, [], window),
        make_export_dialog(session, Query(), None, window),
        make_retention_dialog(session, window),
        WatchEntryDialog(None, window),
        KeysDialog(window),
        AboutDialog("/home/log.sqlite3", window),
        CrashDialog("", window),
    ]


def test_every_text_of_the_dialogs_is_translated(qtbot: QtBot, marked: MainWindow) -> None:
    missing = {type(each).__name__: found for each in dialogs(marked.session, marked) if (found := unmarked(each))}
    assert missing == {}


def test_translators_are_given_every_text_under_the_name_it_is_asked_for(
    qtbot: QtBot, marked: MainWindow, marks: Marks
) -> None:
    for key in marked.pages:
        marked.show_page(key)
    dialogs(marked.session, marked)
    assert marks.asked - set(translations.texts()) == set()


def test_the_template_is_up_to_date() -> None:
    kept = (translations.FOLDER / "platescribe.ts").read_text(encoding="utf-8")
    assert kept == translations.template(), "run: python tools/translations.py"


def test_what_was_translated_stays_when_texts_are_added(tmp_path: Path) -> None:
    some = translations.texts()[0]
    file = tmp_path / "platescribe_de.ts"
    file.write_text(translations.template("de", {some: "Übersetzt"}), encoding="utf-8")
    assert translations.translations_in(file)[some] == "Übersetzt"
    assert translations.translations_in(file).keys() == set(translations.texts())


def test_without_a_translation_the_window_is_english(qapp: QApplication, tmp_path: Path) -> None:
    assert not install_translation(qapp, tmp_path)
