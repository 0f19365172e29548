"""The export dialog: counts before, writes the columns chosen, offers the folder after; and pictures blurred."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.gui.search.export_dialog import ExportDialog, ExportFormat
from app.gui.session.window_session import WindowSession
from app.records import Record
from app.store.frames import blurred
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry
from app.store.writer import jpeg
from tests.app.gui.parts import make_export_dialog

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOISE = np.random.default_rng(7).integers(0, 255, (120, 200, 3), np.uint8)


@pytest.fixture
def store(empty_session: WindowSession) -> Store:
    """A log of three visits, two of them with pictures."""
    store = empty_session.log.store
    assert store is not None
    picture = jpeg(NOISE, 90)
    store.save(
        [
            Entry(
                Record(plate, "gate", NOON + timedelta(hours=number), NOON, track=str(number), box=(50, 40, 110, 60)),
                picture if number else b"",
                picture if number else b"",
            )
            for number, plate in enumerate(("AA1", "AB2", "CC3"))
        ]
    )
    return store


def dialog_for(qtbot: QtBot, empty_session: WindowSession, store: Store, query: Query, file: Path) -> ExportDialog:
    """The dialog, counted."""
    dialog = make_export_dialog(empty_session, query)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.target.setText(str(file))
    qtbot.waitUntil(lambda: "will be written" in dialog.number.text())
    return dialog


def export(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.go.click()
    qtbot.waitUntil(lambda: not dialog._busy)


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_it_counts_before_and_writes_what_is_filtered(
    qtbot: QtBot, empty_session: WindowSession, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "out.csv"
    dialog = dialog_for(qtbot, empty_session, store, Query(plate="A*"), file)
    assert dialog.number.text().startswith("2 ") and dialog.folder_button.isHidden()
    for name, box in dialog.columns.items():
        box.setChecked(name in ("plate", "source"))
    export(qtbot, dialog)
    assert rows_of(file) == [["source", "plate"], ["gate", "AB2"], ["gate", "AA1"]]
    assert not dialog.folder_button.isHidden()


def test_all_can_be_exported_instead(qtbot: QtBot, empty_session: WindowSession, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    dialog = dialog_for(qtbot, empty_session, store, Query(plate="A*"), file)
    dialog.everything.setChecked(True)
    qtbot.waitUntil(lambda: dialog.number.text().startswith("3 "))
    dialog.format.setCurrentIndex(dialog.format.findData(ExportFormat.JSONL))
    export(qtbot, dialog)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


def test_folders_of_pictures_stand_beside_the_file(
    qtbot: QtBot, empty_session: WindowSession, store: Store, tmp_path: Path
) -> None:
    dialog = dialog_for(qtbot, empty_session, store, Query(), tmp_path / "out.csv")
    dialog.crops.setChecked(True)
    dialog.frames.setChecked(True)
    export(qtbot, dialog)
    assert len(list((tmp_path / "out-crops").glob("*.jpg"))) == 2
    assert len(list((tmp_path / "out-frames").glob("*.jpg"))) == 2


def test_what_cannot_be_written_is_said_before(
    qtbot: QtBot, empty_session: WindowSession, store: Store, tmp_path: Path
) -> None:
    dialog = dialog_for(qtbot, empty_session, store, Query(), tmp_path / "missing" / "out.csv")
    assert not dialog.go.isEnabled() and "missing" in dialog.problem.text()
    dialog.target.setText(str(tmp_path / "out.csv"))
    assert dialog.go.isEnabled()
    for box in dialog.columns.values():
        box.setChecked(False)
    assert not dialog.go.isEnabled()


def test_only_the_plate_stays_sharp_in_a_blurred_picture() -> None:
    before = cv2.imdecode(np.frombuffer(jpeg(NOISE, 95), np.uint8), cv2.IMREAD_COLOR).astype(int)
    after = cv2.imdecode(np.frombuffer(blurred(jpeg(NOISE, 95), (50, 40, 110, 60)), np.uint8), cv2.IMREAD_COLOR).astype(
        int
    )
    inside, outside = np.s_[42:58, 52:108], np.s_[70:, :]
    assert np.abs(before[inside] - after[inside]).mean() < 20
    assert after[outside].std() < 0.4 * before[outside].std()


def test_a_picture_without_a_known_place_is_blurred_whole_and_a_broken_one_is_left_out() -> None:
    image = cv2.imdecode(np.frombuffer(blurred(jpeg(NOISE, 95), None), np.uint8), cv2.IMREAD_COLOR)
    assert image.std() < 0.4 * NOISE.std() and blurred(b"no picture", None) == b""
