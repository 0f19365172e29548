"""What a newcomer wants first takes few clicks, each counted on the window itself."""

import csv
import shutil
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt, QTimer
from PyQt5.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QPushButton, QToolBar, QToolButton, QTreeView
from pytestqt.qtbot import QtBot

from app.gui.queue.queue_page import BatchQueuePage
from app.gui.session.networks_session import NetworksSession
from app.gui.window import MainWindow
from tests.app.gui.fakes import FIRST, SECOND, pipeline
from tests.app.gui.shell import wait_for

FEW = 4  # "under five"


class Mouse:
    """Clicks, and counts."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.clicks = 0

    def click(self, widget: QPushButton | QToolButton) -> None:
        assert widget.isVisible() and widget.isEnabled()
        self._count()
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def click_row(self, view: QTreeView, name: str) -> None:
        model = view.model()
        assert model is not None
        rows = [model.index(row, 0, view.rootIndex()) for row in range(model.rowCount(view.rootIndex()))]
        place: QPoint = next(view.visualRect(index).center() for index in rows if index.data() == name)
        self._count()
        self._qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def _count(self) -> None:
        self.clicks += 1


def test_from_a_folder_of_recordings_to_a_csv_in_under_five_clicks(
    qtbot: QtBot, window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NetworksSession, "load_pipeline", lambda _: pipeline())
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("morning.mp4", "evening.mp4"):
        shutil.copy(clip, folder / name)
    mouse = Mouse(qtbot)

    def choose() -> None:
        dialog = next((each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog)), None)
        tree = dialog.findChild(QTreeView, "treeView") if dialog is not None else None
        if dialog is None or tree is None or not tree.model().rowCount(tree.rootIndex()):
            QTimer.singleShot(50, choose)
            return
        mouse.click_row(tree, folder.name)
        buttons = dialog.findChild(QDialogButtonBox)
        mouse.click(next(each for each in buttons.buttons() if buttons.buttonRole(each) == buttons.AcceptRole))

    QTimer.singleShot(50, choose)
    tools = window.findChild(QToolBar).findChildren(QToolButton)
    mouse.click(next(each for each in tools if each.text() == "Folder"))
    page = window.findChild(BatchQueuePage)
    wait_for(qtbot, lambda: len(page.model.jobs) == 2)
    mouse.click(page.card.start_button)
    wait_for(qtbot, page.summary.isVisible)
    with (folder / "plates.csv").open(encoding="utf-8-sig", newline="") as file:
        plates = [row["plate"] for row in csv.DictReader(file)]
    assert sorted(plates) == sorted([FIRST.text, SECOND.text] * 2)
    assert mouse.clicks <= FEW


def test_the_key_enter_starts_what_was_added(
    qtbot: QtBot, window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NetworksSession, "load_pipeline", lambda _: pipeline())
    shutil.copy(clip, tmp_path / "morning.mp4")
    page = window.findChild(BatchQueuePage)
    window.show_page("queue")
    page.add([str(tmp_path / "morning.mp4")])
    wait_for(qtbot, lambda: len(page.model.jobs) == 1)
    window.activateWindow()
    wait_for(qtbot, page.card.start_button.hasFocus)
    qtbot.keyClick(page.card.start_button, Qt.Key.Key_Return)
    wait_for(qtbot, page.summary.isVisible)
    assert (tmp_path / "plates.csv").is_file()
