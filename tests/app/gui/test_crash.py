import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.gui.crash import CrashGuard, format_report
from app.gui.session.background import BackgroundTasks
from app.version import __version__
from tests.app.gui.shell import wait_for

ADDRESS = "rtsp://admin:hunter2@192.168.1.20/live"


@pytest.fixture
def guard(qtbot: QtBot) -> Iterator[CrashGuard]:
    before = sys.excepthook, threading.excepthook
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = CrashGuard(parent)
    made.install()
    yield made
    if made.dialog is not None:
        made.dialog.accept()
    sys.excepthook, threading.excepthook = before


def fail() -> None:
    raise ConnectionError(f"cannot reach {ADDRESS}")


def in_slot(_guard: CrashGuard) -> None:
    QTimer.singleShot(0, fail)


def in_thread(_guard: CrashGuard) -> None:
    threading.Thread(target=fail, name="capture gate").start()


def in_task(guard: CrashGuard) -> None:
    BackgroundTasks(guard).start(fail, lambda _result: None)


@pytest.mark.parametrize("start", [in_slot, in_thread, in_task])
def test_an_exception_anywhere_ends_in_the_dialog_without_secrets(
    qtbot: QtBot, guard: CrashGuard, start: Callable[[CrashGuard], None]
) -> None:
    start(guard)
    wait_for(qtbot, lambda: guard.dialog is not None)
    assert guard.dialog is not None and guard.dialog.isVisible()
    text = guard.dialog.text.toPlainText()
    assert "ConnectionError" in text and "in fail" in text
    assert "hunter2" not in text and "192.168.1.20" in text


def test_the_report_can_be_copied(qtbot: QtBot, guard: CrashGuard, qapp: QApplication) -> None:
    in_slot(guard)
    wait_for(qtbot, lambda: guard.dialog is not None)
    assert guard.dialog is not None
    guard.dialog.copy.click()
    clipboard = qapp.clipboard()
    assert clipboard is not None and clipboard.text() == guard.dialog.text.toPlainText()


def test_a_fault_that_repeats_itself_shows_one_dialog(qtbot: QtBot, guard: CrashGuard) -> None:
    for _ in range(5):
        in_slot(guard)
    wait_for(qtbot, lambda: len(guard.reports) == 5)
    assert sum(type(widget).__name__ == "CrashDialog" for widget in QApplication.topLevelWidgets()) == 1


def test_the_report_tells_the_versions_and_the_thread() -> None:
    try:
        fail()
    except ConnectionError as error:
        text = format_report(error, "capture gate")
    assert (
        f"Platescribe {__version__} on" in text
        and "Python 3" in text
        and "Qt 5" in text
        and "in capture gate" in text
        and "numpy" in text
    )
