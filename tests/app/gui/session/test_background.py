"""Questions in a worker: a newer one supersedes, errors come back, a window that went away is no matter."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from app.gui.session.background import LatestTask
from app.store.errors import LogUnavailable


def test_the_answer_comes_in_the_windows_thread(qtbot: QtBot) -> None:
    asker, threads = LatestTask(), []
    with qtbot.waitSignal(asker.busy_changed, check_params_cb=lambda busy: not busy):
        asker.ask(threading.get_ident, lambda worked: threads.extend((worked, threading.get_ident())))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[1] == threading.get_ident() != threads[0]


def test_a_newer_question_supersedes_an_older_one(qtbot: QtBot) -> None:
    asker, answers, gate = LatestTask(), [], threading.Event()
    asker.ask(lambda: gate.wait(5) and "old", answers.append)
    asker.ask(lambda: "new", answers.append)
    qtbot.waitUntil(lambda: answers == ["new"])
    gate.set()
    qtbot.wait(50)
    assert answers == ["new"] and not asker.busy


def test_asking_does_not_wait(qtbot: QtBot) -> None:
    asker, answers, gate = LatestTask(), [], threading.Event()
    asker.ask(lambda: gate.wait(20), answers.append)
    assert asker.busy and answers == []
    gate.set()
    qtbot.waitUntil(lambda: answers == [True])


def test_an_error_of_the_log_is_told(qtbot: QtBot) -> None:
    asker = LatestTask()

    def work() -> None:
        raise LogUnavailable("The disk of /log is full.")

    with qtbot.waitSignal(asker.failed) as told:
        asker.ask(work, lambda answer: pytest.fail("no answer is due"))
    assert told.args == ["The disk of /log is full."]


def test_any_other_error_reaches_the_windows_thread(qtbot: QtBot) -> None:
    asker = LatestTask()
    with qtbot.captureExceptions() as raised:
        asker.ask(lambda: 1 // 0, lambda answer: None)
        qtbot.waitUntil(lambda: len(raised) == 1)
    assert raised[0][0] is ZeroDivisionError


def test_a_forgotten_question_is_not_answered(qtbot: QtBot) -> None:
    asker, answers = LatestTask(), []
    asker.ask(lambda: 1, answers.append)
    asker.forget()
    qtbot.wait(50)
    assert answers == [] and not asker.busy


def test_an_answer_after_the_asker_has_gone_harms_nothing(qtbot: QtBot) -> None:
    gate, asker = threading.Event(), LatestTask()
    asker.ask(lambda: gate.wait(5), lambda answer: None)
    asker.deleteLater()
    del asker
    qtbot.wait(30)
    gate.set()
    qtbot.wait(50)
