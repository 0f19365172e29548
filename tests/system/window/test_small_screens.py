"""Nothing of the window is out of reach on a small screen."""

import numpy as np
import pytest
from PyQt5 import sip
from PyQt5.QtCore import QSettings, QSize, Qt
from PyQt5.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.gui.crash import CrashDialog
from app.gui.dialogs.about_dialog import AboutDialog
from app.gui.dialogs.keys_dialog import KeysDialog
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.widgets import window_geometry as placing
from app.gui.window import MainWindow
from app.gui.wizard.source_wizard import SourceWizard
from app.gui.wizard.zones_dialog import ZonesDialog
from app.pipeline.zones import Zones
from app.store.search import Query
from tests.app.gui.parts import make_export_dialog, make_retention_dialog, make_settings_dialog


def test_the_window_fits_a_small_screen_with_large_texts(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    room = QSize(819, 512)  # 1024 x 640 at 125 %
    monkeypatch.setattr("app.gui.window.find_available_size", lambda _window: room)
    other = MainWindow(window.session, lambda _: window.opening, QSettings())
    least = other.minimumSize()
    sip.delete(other)
    assert least.boundedTo(room) == least


def test_the_rail_names_its_pages_where_there_is_room(window: MainWindow) -> None:
    buttons = window.rail.findChildren(QToolButton)
    for height, named in ((900, True), (300, False), (900, True)):
        window.rail.resize(window.rail.width(), height)
        under = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        assert {button.toolButtonStyle() == under for button in buttons} == {named}
        assert all(button.toolTip() == button.accessibleName() for button in buttons)


def test_the_dialogs_fit_a_small_screen(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the buttons at their foot are below its edge, where nobody can press them."""
    room = QSize(1008, 584)  # 1024 x 640 without title bar and borders
    monkeypatch.setattr(placing, "find_available_size", lambda _window: room)
    store = window.session.log.store
    assert store is not None
    made = [
        SourceWizard(window.session.tasks, [], window),
        make_settings_dialog(window.session, "", window),
        ZonesDialog(np.zeros((720, 1280, 3), np.uint8), Zones(), window),
        CrashDialog("", window),
        make_export_dialog(window.session, Query(), None, window),
        make_retention_dialog(window.session, window),
        WatchEntryDialog(None, window),
        KeysDialog(window),
        AboutDialog("/home/" + "long/" * 30 + "log.sqlite3", window),
    ]
    for each in made:
        each.show()
        assert each.size().boundedTo(room) == each.size(), type(each).__name__
