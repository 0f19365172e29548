from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.reads import probability_dialog as probability
from app.gui.session.window_session import WindowSession
from app.gui.widgets import theme
from app.gui.widgets.qimages import to_array, to_qimage
from app.records import Record
from tests.app.gui.parts import make_probability_dialog

NOW = datetime.now(UTC)
READ = Record("AB12CDE", "gate", NOW, NOW, confidence=0.87, reads=5)
CROP = np.random.default_rng(3).integers(0, 255, (30, 81, 3), np.uint8)


def test_pictures_survive_the_way_to_qt_and_back() -> None:
    assert np.array_equal(to_array(to_qimage(CROP)), CROP)
    assert to_qimage(CROP[:0]).isNull()


def test_the_probability_view_is_drawn_in_a_worker(
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probability, "draw_explanation", lambda crop, *_: np.repeat(crop, 4, axis=1))
    dialog = make_probability_dialog(empty_session, to_qimage(CROP), READ)
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
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch, read: Record, said: tuple[str, ...]
) -> None:
    monkeypatch.setattr(probability, "draw_explanation", lambda crop, *_: crop)
    dialog = make_probability_dialog(empty_session, to_qimage(CROP), read)
    dialog.show()
    assert dialog.listed.isVisible() and all(words in dialog.listed.text() for words in said)
    qtbot.waitUntil(dialog.save.isEnabled)
    dialog.reject()


def test_the_probability_view_goes_with_the_colours_and_the_density(
    qtbot: QtBot, qapp: QApplication, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, bool]] = []

    def draw(crop: NDArray[np.uint8], _device: str, ratio: float, dark: bool) -> NDArray[np.uint8]:
        asked.append((ratio, dark))
        return np.full((40, 60 + len(asked), 3), 0 if dark else 255, np.uint8)

    monkeypatch.setattr(probability, "draw_explanation", draw)
    dialog = make_probability_dialog(empty_session, to_qimage(CROP), READ)
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
    qtbot: QtBot, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise FileNotFoundError("reader.safetensors: no such file; reinstall the program.")

    monkeypatch.setattr(probability, "draw_explanation", missing)
    dialog = make_probability_dialog(empty_session, to_qimage(CROP), READ)
    dialog.show()
    qtbot.waitUntil(lambda: "reinstall" in dialog.problem.text())
    dialog.reject()
