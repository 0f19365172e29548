from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.gui.session.window_session import WindowSession
from app.records import Record
from app.store.search import Query
from app.store.types import Entry
from tests.app.gui.parts import make_retention_dialog
from tests.app.store.samples import log_as_of

NOW = datetime.now(UTC)
READ = Record("AB12CDE", "gate", NOW, NOW, confidence=0.87, reads=5)
CROP = np.random.default_rng(3).integers(0, 255, (30, 81, 3), np.uint8)


def test_old_reads_are_counted_then_deleted_after_asking(
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_session.log.store
    ages = (1, 40, 50)
    times = [NOW - timedelta(days=age) for age in ages]
    store.save(
        [Entry(Record(f"P{age}", "gate", when, when, track=str(age))) for age, when in zip(ages, times, strict=True)]
    )
    log_as_of(store)
    dialog = make_retention_dialog(empty_session)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.old.text().startswith("2 "))
    monkeypatch.setattr("app.gui.dialogs.retention_dialog.confirm", lambda *_: False)
    dialog.delete_old()
    assert store.count(Query()) == 3
    monkeypatch.setattr("app.gui.dialogs.retention_dialog.confirm", lambda *_: True)
    with qtbot.waitSignal(empty_session.log.changed):
        dialog.delete_old()
    assert [visit.plate for visit in store.each(Query())] == ["P1"]


def test_a_plate_is_forgotten_without_a_trace(
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_session.log.store
    store.save([Entry(Record(plate, "gate", NOW, NOW, track=plate)) for plate in ("AB1", "CD2")])
    dialog = make_retention_dialog(empty_session)
    qtbot.addWidget(dialog)
    dialog.plate.setText("ab-1")
    qtbot.waitUntil(dialog.forget_button.isEnabled)
    assert dialog.traces.text().startswith("1 read, 0 pictures, ")
    monkeypatch.setattr("app.gui.dialogs.retention_dialog.confirm", lambda *_: True)
    with qtbot.waitSignal(empty_session.log.changed, timeout=10_000):
        dialog.forget()
    assert [visit.plate for visit in store.each(Query())] == ["CD2"]


def test_the_time_reads_are_kept_is_a_setting(qtbot: QtBot, empty_session: WindowSession) -> None:
    dialog = make_retention_dialog(empty_session)
    qtbot.addWidget(dialog)
    dialog.days.setValue(7)
    dialog.keep()
    assert empty_session.settings.current.log.keep_days == 7 and dialog.kept.text().endswith("for 7 days.")
    dialog.days.setValue(1)
    dialog.keep()
    assert dialog.days.text() == "1 day" and dialog.kept.text().endswith("for 1 day.")
    qtbot.waitUntil(lambda: not dialog._counting.busy)
