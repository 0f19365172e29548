"""The batch queue: files in, one CSV out, by the code of `main.py run`; here with networks of cardboard."""

import csv
import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.config.settings import with_value
from app.gui.queue.batch_queue import JobState, choose_csv_path, estimate_time_left
from app.gui.queue.jobs_model import PROGRESS
from app.gui.queue.queue_page import BatchQueuePage
from app.gui.queue.run_cards import format_duration
from app.gui.session.networks_session import NetworksSession
from app.gui.session.window_session import WindowSession
from app.pipeline.pipeline import Pipeline
from app.pipeline.types import Image
from app.store.journal import Alarm
from app.store.search import Query
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry
from detector.types import Box, Detection
from recognizer.readings import Reading
from tests.app.gui.parts import make_queue_page


class Finder:
    """Finds one plate in every picture, once it may."""

    streams, size = 1, 576

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.asked = threading.Event()

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        """One detection a picture."""
        self.asked.set()
        self.go.wait(20)
        return [[Detection(Box(40, 40, 140, 70), 0.9)] for _ in images]


class Reader:
    """Reads the same plate everywhere."""

    def prefer_region(self, region: str | None) -> None:
        """Nothing to prefer."""

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        """One reading a crop."""
        return [Reading("AB12CDE", 0.97, (0.97,) * 7) for _ in crops]


@pytest.fixture
def finder() -> Finder:
    """The detector of the test's pipeline."""
    return Finder()


@pytest.fixture
def page(qtbot: QtBot, empty_session: WindowSession, finder: Finder, monkeypatch: pytest.MonkeyPatch) -> BatchQueuePage:
    """The page, shown, with cardboard networks."""
    monkeypatch.setattr(NetworksSession, "load_pipeline", lambda _: Pipeline(finder, Reader()))
    page = make_queue_page(empty_session)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three pictures and a broken one."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    picture = np.random.default_rng(5).integers(0, 255, (120, 200, 3), np.uint8)
    for name in ("a.png", "b.png", "d.png"):
        cv2.imwrite(str(folder / name), picture)
    (folder / "c.png").write_bytes(b"this is no picture")
    return folder


def queue(qtbot: QtBot, page: BatchQueuePage, folder: Path) -> None:
    page.add([str(folder)])
    qtbot.waitUntil(lambda: len(page.model.jobs) == 4)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_from_a_folder_to_a_csv(qtbot: QtBot, page: BatchQueuePage, folder: Path, empty_session: WindowSession) -> None:
    queue(qtbot, page, folder)
    assert page.card.csv.text() == str(folder / "plates.csv")
    with qtbot.waitSignal(empty_session.log.changed, timeout=20_000):
        page.card.start_button.click()
    states = {Path(job.item.spec.address).name: job.state for job in page.model.jobs}
    assert states == {"a.png": JobState.DONE, "b.png": JobState.DONE, "c.png": JobState.FAILED, "d.png": JobState.DONE}
    progress = [page.model.index(row, PROGRESS).data() for row in range(4)]
    assert progress == ["100 %", "100 %", "–", "100 %"]
    assert [row["plate"] for row in rows_of(folder / "plates.csv")] == ["AB12CDE"] * 3
    assert not page.summary.isHidden() and page.summary.title.text() == "Done. 3 vehicles"
    assert "c.png" in page.summary.text.text() and page.summary.open_csv.isEnabled()
    assert empty_session.log.store.count(Query(plate="AB12CDE")) == 3


def test_what_was_written_is_replaced_only_after_asking(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, empty_session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a second Start would write over a CSV that was edited, and log every vehicle twice."""
    queue(qtbot, page, folder)
    with qtbot.waitSignal(empty_session.log.changed, timeout=20_000):
        page.card.start_button.click()
    written = folder / "plates.csv"
    written.write_text("edited")
    asked: list[str] = []
    monkeypatch.setattr("app.gui.queue.queue_page.confirm", lambda question, *_: asked.append(question))
    page.card.start_button.click()
    assert not page.running and written.read_text() == "edited" and str(written) in asked[0]
    assert empty_session.log.store.count(Query()) == 3
    monkeypatch.setattr("app.gui.queue.queue_page.confirm", lambda *_: True)
    with qtbot.waitSignal(empty_session.log.changed, timeout=20_000):
        page.card.start_button.click()
    assert len(rows_of(written)) == 3


def test_after_a_run_enter_does_not_clear_the_queue(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, empty_session: WindowSession
) -> None:
    queue(qtbot, page, folder)
    qtbot.waitUntil(page.card.start_button.hasFocus)
    with qtbot.waitSignal(empty_session.log.changed, timeout=20_000):
        qtbot.keyClick(page.card.start_button, Qt.Key.Key_Space)
        assert page.card.pause_button.hasFocus()
    qtbot.waitUntil(page.summary.open_folder.hasFocus)


def test_pause_cancel_and_going_on(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, finder: Finder, empty_session: WindowSession
) -> None:
    finder.go.clear()
    queue(qtbot, page, folder)
    page.start()
    assert page.running and not page.card.start_button.isVisible() and page.card.pause_button.isVisible()
    page.toggle_pause()
    assert page.run.paused and page.card.pause_button.text() == "Resume"
    page.toggle_pause()
    page.cancel()
    finder.go.set()
    qtbot.waitUntil(lambda: not page.running and page.summary.isVisible(), timeout=20_000)
    assert page.summary.title.text().startswith("Stopped")
    page.start()
    qtbot.waitUntil(lambda: not page.running and page.summary.isVisible(), timeout=20_000)
    assert len(rows_of(folder / "plates.csv")) == 3
    assert empty_session.log.store.count(Query(plate="AB12CDE")) == 3, "none twice for having been begun twice"


def test_the_queue_keeps_no_pictures_where_none_are_wanted(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, empty_session: WindowSession
) -> None:
    empty_session.settings.change(with_value(empty_session.settings.current, "log.pictures", False))
    queue(qtbot, page, folder)
    page.start()
    qtbot.waitUntil(lambda: not page.running and page.summary.isVisible(), timeout=20_000)
    visits = list(empty_session.log.store.each(Query(plate="AB12CDE")))
    assert len(visits) == 3 and not any(visit.crop or visit.frame for visit in visits)


def test_hits_of_the_queue_are_told_and_can_be_settled(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, empty_session: WindowSession
) -> None:
    log, hits = empty_session.log, list[Alarm]()
    log.store.watch.add(WatchEntry(BLOCK, "AB12CDE", note="stolen"))
    log.hit.connect(hits.append)
    queue(qtbot, page, folder)
    page.start()
    qtbot.waitUntil(lambda: not page.running and page.summary.isVisible(), timeout=20_000)
    qtbot.waitUntil(lambda: len(hits) == 3)
    assert sorted(Path(hit.visit.source).name for hit in hits) == ["a.png", "b.png", "d.png"]
    qtbot.waitUntil(lambda: all(log.visit(hit.visit.key_text) is not None for hit in hits))


def test_networks_that_cannot_be_loaded_are_said(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: WindowSession) -> Pipeline:
        raise FileNotFoundError("detector.safetensors: no such file")

    monkeypatch.setattr(NetworksSession, "load_pipeline", missing)
    queue(qtbot, page, folder)
    page.start()
    qtbot.waitUntil(lambda: page.summary.isVisible())
    assert "detector.safetensors" in page.summary.text.text()


def test_what_is_no_recording_is_told(
    qtbot: QtBot, page: BatchQueuePage, empty_session: WindowSession, tmp_path: Path
) -> None:
    with qtbot.waitSignal(empty_session.requests.message) as told:
        page.add([str(tmp_path / "missing.mp4")])
    assert "missing.mp4" in told.args[0] and page._stack.currentIndex() == 0


def test_files_are_taken_out_of_the_queue(qtbot: QtBot, page: BatchQueuePage, folder: Path) -> None:
    queue(qtbot, page, folder)
    page.view.selectRow(1)
    page.remove()
    assert [Path(job.item.spec.address).name for job in page.model.jobs] == ["a.png", "c.png", "d.png"]
    page.clear()
    assert page.model.rowCount() == 0 and page._stack.currentIndex() == 0


def test_folders_asked_for_elsewhere_come_into_the_queue(
    qtbot: QtBot, page: BatchQueuePage, empty_session: WindowSession, folder: Path
) -> None:
    empty_session.requests.queue_wanted.emit((str(folder),))
    qtbot.waitUntil(lambda: len(page.model.jobs) == 4)


def test_a_csv_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    assert choose_csv_path(tmp_path) == tmp_path / "plates.csv"
    (tmp_path / "plates.csv").touch()
    assert choose_csv_path(tmp_path) == tmp_path / "plates-2.csv"
    (tmp_path / "plates.csv.state").touch()
    assert choose_csv_path(tmp_path) == tmp_path / "plates.csv"


@given(st.floats(0, 0.9), st.floats(0.01, 0.99), st.floats(1, 1e5))
def test_the_time_left_follows_the_pace(start: float, done: float, seconds: float) -> None:
    share = start + (1 - start) * done
    left = estimate_time_left(start, share, seconds)
    if left is not None:
        assert left >= 0 and abs(left - seconds * (1 - share) / (share - start)) < 1e-6 * (1 + left)


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (40, "40 s"), (59.7, "1 min"), (7500, "2 h 05 min")])
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_closing_ends_a_run_and_keeps_what_was_read(
    qtbot: QtBot, page: BatchQueuePage, folder: Path, finder: Finder
) -> None:
    finder.go.clear()
    queue(qtbot, page, folder)
    page.start()
    assert finder.asked.wait(20)
    assert not page.shutdown(0.1) and page.running
    finder.go.set()
    assert page.shutdown(20) and (folder / "plates.csv").exists()
