"""Correction, watch-list entry, retention and the probability view."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.dialogs import probability
from app.gui.dialogs.correction import CorrectionDialog
from app.gui.reads.newest_events import picture_of, pixels_of
from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.widgets import theme
from app.records import Record
from app.store.search import Query
from app.store.types import ALLOW, Entry
from app.store.watchlist import WatchEntry
from recognizer.readings import Alternative
from tests.app.gui.parts import make_probability_dialog, make_retention_dialog
from tests.app.store.samples import log_as_of

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


def test_old_reads_are_counted_then_deleted_after_asking(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = session.log.store
    ages = (1, 40, 50)
    times = [NOW - timedelta(days=age) for age in ages]
    store.save(
        [Entry(Record(f"P{age}", "gate", when, when, track=str(age))) for age, when in zip(ages, times, strict=True)]
    )
    log_as_of(store)
    dialog = make_retention_dialog(session)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.old.text().startswith("2 "))
    monkeypatch.setattr("app.gui.dialogs.retention.sure", lambda *_: False)
    dialog.delete_old()
    assert store.count(Query()) == 3
    monkeypatch.setattr("app.gui.dialogs.retention.sure", lambda *_: True)
    with qtbot.waitSignal(session.log.changed):
        dialog.delete_old()
    assert [visit.plate for visit in store.each(Query())] == ["P1"]


def test_a_plate_is_forgotten_without_a_trace(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = session.log.store
    store.save([Entry(Record(plate, "gate", NOW, NOW, track=plate)) for plate in ("AB1", "CD2")])
    dialog = make_retention_dialog(session)
    qtbot.addWidget(dialog)
    dialog.plate.setText("ab-1")
    qtbot.waitUntil(dialog.forget_button.isEnabled)
    assert dialog.traces.text().startswith("1 read, 0 pictures, ")
    monkeypatch.setattr("app.gui.dialogs.retention.sure", lambda *_: True)
    with qtbot.waitSignal(session.log.changed, timeout=10_000):
        dialog.forget()
    assert [visit.plate for visit in store.each(Query())] == ["CD2"]


def test_the_time_reads_are_kept_is_a_setting(qtbot: QtBot, session: WindowSession) -> None:
    dialog = make_retention_dialog(session)
    qtbot.addWidget(dialog)
    dialog.days.setValue(7)
    dialog.keep()
    assert session.settings.current.log.keep_days == 7 and dialog.kept.text().endswith("for 7 days.")
    dialog.days.setValue(1)
    dialog.keep()
    assert dialog.days.text() == "1 day" and dialog.kept.text().endswith("for 1 day.")
    qtbot.waitUntil(lambda: not dialog._counting.busy)


def test_pictures_survive_the_way_to_qt_and_back() -> None:
    assert np.array_equal(pixels_of(picture_of(CROP)), CROP)
    assert picture_of(CROP[:0]).isNull()


def test_the_probability_view_is_drawn_in_a_worker(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probability, "drawn", lambda crop, *_: np.repeat(crop, 4, axis=1))
    dialog = make_probability_dialog(session, picture_of(CROP), READ)
    dialog.show()
    assert dialog.picture.isNull() and not dialog.save.isEnabled()
    qtbot.waitUntil(dialog.save.isEnabled)
    assert dialog.picture.width() == CROP.shape[1] * 4
    dialog.reject()


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (READ, ("one reading", "AB12CDE, 87 % sure", "5 of which agree")),
        (replace(READ, plate="XY1", original_plate="AB12CDE"), ("AB12CDE, 87 % sure",)),
        (replace(READ, reads=1), ("Read anew", "AB12CDE, 87 % sure, as it was read")),
    ],
    ids=["a vote", "corrected", "one picture"],
)
def test_the_probability_view_says_why_the_list_has_other_figures(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch, read: Record, said: tuple[str, ...]
) -> None:
    monkeypatch.setattr(probability, "drawn", lambda crop, *_: crop)
    dialog = make_probability_dialog(session, picture_of(CROP), read)
    dialog.show()
    assert dialog.listed.isVisible() and all(words in dialog.listed.text() for words in said)
    qtbot.waitUntil(dialog.save.isEnabled)
    dialog.reject()


def test_the_probability_view_goes_with_the_colours_and_the_density(
    qtbot: QtBot, qapp: QApplication, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, bool]] = []

    def draw(crop: NDArray[np.uint8], _device: str, ratio: float, dark: bool) -> NDArray[np.uint8]:
        asked.append((ratio, dark))
        return np.full((40, 60 + len(asked), 3), 0 if dark else 255, np.uint8)

    monkeypatch.setattr(probability, "drawn", draw)
    dialog = make_probability_dialog(session, picture_of(CROP), READ)
    dialog.show()
    qtbot.waitUntil(dialog.save.isEnabled)
    assert asked == [(dialog.devicePixelRatioF(), False)] and "darker" in dialog._words.text()
    theme.apply(qapp, theme.DARK)
    qtbot.waitUntil(lambda: dialog.picture.width() == 62)
    assert asked[1:] == [(dialog.devicePixelRatioF(), True)] and "lighter" in dialog._words.text()
    dialog.reject()
    theme.apply(qapp, theme.LIGHT)
    assert len(asked) == 2


def test_a_reader_that_cannot_be_loaded_is_said(
    qtbot: QtBot, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise FileNotFoundError("reader.safetensors: no such file; reinstall the program.")

    monkeypatch.setattr(probability, "drawn", missing)
    dialog = make_probability_dialog(session, picture_of(CROP), READ)
    dialog.show()
    qtbot.waitUntil(lambda: "reinstall" in dialog.problem.text())
    dialog.reject()
