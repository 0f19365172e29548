from datetime import UTC, datetime

import numpy as np
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.gui.reads.correction_dialog import CorrectionDialog
from app.records import Record
from recognizer.readings import Alternative

NOW = datetime.now(UTC)
READ = Record("AB12CDE", "gate", NOW, NOW, confidence=0.87, reads=5)
CROP = np.random.default_rng(3).integers(0, 255, (30, 81, 3), np.uint8)


def test_a_correction_shows_what_was_read_struck_through(qtbot: QtBot) -> None:
    dialog = CorrectionDialog(Record("AB1", "gate", NOW, NOW, alternatives=(Alternative("A81", 0.2),)), QImage())
    qtbot.addWidget(dialog)
    dialog.show()
    assert "<s>" not in dialog._was.text()
    qtbot.keyClicks(dialog.field, "ab 12 c")
    assert dialog.plate == "AB 12 C" and "<s>AB1</s>" in dialog._was.text()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.result() == CorrectionDialog.DialogCode.Accepted


def test_an_empty_correction_cannot_be_saved(qtbot: QtBot) -> None:
    dialog = CorrectionDialog(Record("AB1", "gate", NOW, NOW), QImage())
    qtbot.addWidget(dialog)
    dialog.field.clear()
    assert not dialog.save.isEnabled()
