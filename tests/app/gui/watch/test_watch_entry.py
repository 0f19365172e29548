from datetime import UTC, datetime

import numpy as np
from pytestqt.qtbot import QtBot

from app.gui.watch.watch_entry import WatchEntryDialog
from app.records import Record
from app.store.types import ALLOW
from app.store.watchlist import WatchEntry

NOW = datetime.now(UTC)
READ = Record("AB12CDE", "gate", NOW, NOW, confidence=0.87, reads=5)
CROP = np.random.default_rng(3).integers(0, 255, (30, 81, 3), np.uint8)


def test_a_watch_entry_says_what_is_wrong_while_it_is_typed(qtbot: QtBot) -> None:
    dialog = WatchEntryDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.save.isEnabled() and dialog.problem.isHidden()
    dialog.plate.setText("AB")
    dialog.tolerance.setValue(2)
    assert "tolerance" in dialog.problem.text() and not dialog.save.isEnabled()
    dialog.tolerance.setValue(1)
    dialog.hours.setText("whenever")
    assert "whenever" in dialog.problem.text()
    dialog.hours.setText("Mon-Sun 00:00-24:00")
    dialog.tester.setText("A8")
    assert dialog.save.isEnabled() and dialog.verdict.text().startswith("✓")
    dialog.tester.setText("XYZ")
    assert dialog.verdict.text().startswith("✗")


def test_one_character_may_differ_and_two_characters(qtbot: QtBot) -> None:
    dialog = WatchEntryDialog(None)
    qtbot.addWidget(dialog)
    texts = []
    for number in range(3):
        dialog.tolerance.setValue(number)
        texts.append(dialog.tolerance.text())
    assert texts == ["Every character must be right", "1 character may differ", "2 characters may differ"]


def test_a_watch_entry_keeps_its_number_when_changed(qtbot: QtBot) -> None:
    dialog = WatchEntryDialog(WatchEntry(ALLOW, "AB*", 0, False, "Sat 10:00-12:00", "known", id=7))
    qtbot.addWidget(dialog)
    dialog.note.setText("well known")
    assert dialog.entry == WatchEntry(ALLOW, "AB*", 0, False, "Sat 10:00-12:00", "well known", id=7)
