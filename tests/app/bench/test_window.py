"""The probe that measures how late the window answers must tell a stalled window from a free one."""

from pytestqt.qtbot import QtBot

from app.bench.window import PROBE_MS, LatenessProbe


def test_the_probe_sees_how_late_each_call_is(qtbot: QtBot) -> None:
    times = iter((10.0, 10.020, 10.045, 10.165))
    probe = LatenessProbe(lambda: next(times))
    for _ in range(3):
        probe.note_call()
    assert [round(late) for late in probe.late_ms] == [0, 5, 120 - PROBE_MS]


def test_a_window_that_is_held_up_is_called_less_often(qtbot: QtBot) -> None:
    probe = LatenessProbe()
    assert len(probe.measure(0.3)) >= 2
