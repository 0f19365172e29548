"""The probe that measures how late the window answers must tell a stalled window from a free one."""

import time

from PyQt5.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.app.gui.responsiveness import Probe
from tests.app.gui.test_end_to_end import SMOOTH_MS


def test_the_probe_sees_a_window_that_is_held_up(qtbot: QtBot) -> None:
    held = QTimer()
    held.timeout.connect(lambda: time.sleep(0.12))
    held.start(150)
    found = Probe().measure(1.5)
    held.stop()
    assert found["p95"] > SMOOTH_MS
