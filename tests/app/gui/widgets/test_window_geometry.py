"""On a screen of fractional density a whole repaint follows the repaint of parts."""

import pytest
from PyQt5.QtGui import QPaintEvent
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gui.widgets import window_geometry as fractional
from app.gui.window import MainWindow
from tests.app.gui.shell import wait_for


class Painted(QWidget):
    """Counts how often it is painted."""

    times = 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self.times += 1


@pytest.mark.parametrize(("ratio", "is_so"), [(1.0, False), (1.0003, False), (2.0, False), (1.25, True), (1.5, True)])
def test_what_a_screen_tells_may_be_a_little_off(ratio: float, is_so: bool) -> None:
    assert fractional.is_fractional(ratio) is is_so


@pytest.mark.parametrize("is_so", [True, False])
def test_a_repaint_of_one_part_is_followed_by_one_of_all(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, is_so: bool
) -> None:
    other = Painted(window)
    other.setGeometry(700, 300, 40, 40)
    other.show()
    qtbot.wait(fractional._AFTER_MS + 200)
    monkeypatch.setattr(fractional, "is_fractional", lambda _ratio: is_so)
    before = other.times
    window.rail.update()
    if is_so:
        wait_for(qtbot, lambda: other.times == before + 1)
    qtbot.wait(2 * fractional._AFTER_MS)
    assert other.times == before + (1 if is_so else 0)
