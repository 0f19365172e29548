"""What dialogs have done in threads holds nothing of the window's."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gui.dialogs import retention_dialog as retention
from app.gui.session import background
from app.gui.session.window_session import WindowSession
from app.store.search import Query
from tests.app.gui.parts import make_export_dialog, make_retention_dialog
from tests.system.window.test_threads import Pool, of_the_window


@pytest.fixture
def work(empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Whatever is given to a thread; nothing of it is done."""
    pool = Pool()
    monkeypatch.setattr(background, "shared_pool", lambda: pool)
    monkeypatch.setattr(empty_session.tasks, "start", lambda work, _done, _failed: pool.work.append(work))
    return pool.work


def shown(qtbot: QtBot, dialog: QWidget) -> None:
    qtbot.addWidget(dialog)
    dialog.show()


def test_an_export(
    qtbot: QtBot, empty_session: WindowSession, work: list[Callable[[], object]], tmp_path: Path
) -> None:
    assert empty_session.log.store is not None
    dialog = make_export_dialog(empty_session, Query())
    shown(qtbot, dialog)
    dialog.target.setText(str(tmp_path / "o.csv"))
    dialog.accept()
    assert len(work) > 1 and isinstance(work[-1], partial), "counting, then writing"
    assert [of_the_window(one) for one in work] == [[]] * len(work)


def test_deleting(
    qtbot: QtBot, empty_session: WindowSession, work: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert empty_session.log.store is not None
    monkeypatch.setattr(retention, "confirm", lambda *_: True)
    dialog = make_retention_dialog(empty_session)
    shown(qtbot, dialog)
    dialog.plate.setText("AB123C")
    before = len(work)
    dialog.delete_old()
    dialog.forget()
    assert len(work) == before + 2 and before >= 1
    assert [of_the_window(one) for one in work] == [[]] * len(work)
