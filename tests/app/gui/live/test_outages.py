"""Cameras that are lost, or hardly read, are told at a glance: on the real engine, with a stand-in for the camera."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PyQt5 import sip
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.config.settings import Settings
from app.gui.live.live_view import SourceTile
from app.gui.live.outages import OutagesDialog
from app.gui.session import source_health
from app.gui.session.log_session import open_log
from app.gui.startup import make_window
from app.gui.window import MainWindow
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.sinks.window import WindowFeed
from app.sources.frame import Frame, WallClock
from app.sources.source import SourceError, SourceInfo, SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.gui.fakes import BlockDetector, BlockReader, frame
from tests.app.gui.shell import wait_for

GATE = SourceSpec(SourceKind.STREAM, SourceId("Gate"), "rtsp://127.0.0.1/gate")


class CameraStandIn:
    """A camera that sends the made-up street 20 times a second, until it is lost."""

    def __init__(self, spec: SourceSpec) -> None:
        self.spec = spec
        self.error = ""
        self._index = 0

    def open(self) -> SourceInfo:
        if self.error:
            raise SourceError(f"{self.spec.source_id}: {self.error}")
        return SourceInfo(320, 180, 20.0, None, None, datetime.now().astimezone(), WallClock.LIVE)

    def read(self) -> Frame:
        time.sleep(0.05)
        if self.error:
            raise SourceError(f"{self.spec.source_id}: {self.error}")
        self._index += 1
        at = self._index / 20
        return Frame(self.spec.source_id, self._index, frame(at % 4), datetime.now().astimezone(), at)

    def close(self) -> None:
        pass


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> CameraStandIn:
    made = CameraStandIn(GATE)
    monkeypatch.setattr("app.gui.session.open_source.OpenSource._source", lambda _self, _make, _hold: made)
    monkeypatch.setattr("app.sources.capture.Backoff.delay", lambda *_: 0.1)
    return made


def tile_of(window: MainWindow) -> SourceTile:
    return window.live.grid.tiles[0]


def test_a_lost_camera_is_dimmed_says_since_when_and_is_told_over_all_pages(
    qtbot: QtBot, window: MainWindow, camera: CameraStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    tones: list[int] = []
    monkeypatch.setattr("app.gui.live.outages.tone.play_tone", lambda: tones.append(1))
    window.session.sources.open(GATE, "Gate")
    tile = tile_of(window)
    wait_for(qtbot, lambda: tile.view.result is not None and bool(tile.view.result.tracks))
    bright = np.mean([tile.view.grab().toImage().pixelColor(x, 90).lightness() for x in range(20, 200, 20)])
    camera.error = "no connection; check the address"
    wait_for(qtbot, lambda: "No connection since" in tile._state.text())
    since = window.session.sources.find("Gate").health.outage.since
    words = f"No connection since {since:%H:%M:%S}"
    assert tile._state.text() == tile.view._stale_text == words
    dimmed = np.mean([tile.view.grab().toImage().pixelColor(x, 90).lightness() for x in range(20, 200, 20)])
    assert dimmed < 0.6 * bright
    window.show_page("search")
    wait_for(qtbot, lambda: window.notice.isVisible() and f"Gate: {words}" in window.notice.words.text())
    window.outages.check(since + timedelta(seconds=29))
    assert tones == []
    for _ in range(2):
        window.outages.check(since + timedelta(seconds=31))
    assert tones == [1]
    camera.error = ""
    wait_for(qtbot, lambda: tile._state.text() == "Live" and tile.view._stale_text == "")
    wait_for(qtbot, lambda: not window.notice.isVisible())
    dialog = OutagesDialog(window.session.sources, window)
    texts = [dialog.table.item(0, column).text() for column in range(5)]
    assert dialog.table.rowCount() == 1 and texts[0] == "Gate" and "no connection" in texts[4]
    status = window.session.sources.find("Gate").status
    assert status is not None and status.reconnects == 1, "a try is not a reconnect"


def test_a_wrong_password_is_told_apart_from_no_connection(
    qtbot: QtBot, window: MainWindow, camera: CameraStandIn
) -> None:
    camera.error = "no connection: the user or the password is wrong (401)"
    window.session.sources.open(GATE, "Gate")
    tile = tile_of(window)
    wait_for(qtbot, lambda: "Login refused since" in tile._state.text())
    assert "Change this source" in tile.view._placeholder


class SlowDetector(BlockDetector):
    """A network on a machine too weak for it."""

    def detect(self, images):  # type: ignore[no-untyped-def]
        time.sleep(0.6)
        return super().detect(images)


@pytest.fixture
def slow_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setattr(source_health, "_SETTLE_S", 2.0)
    feed = WindowFeed()
    opened = open_log(Settings(), feed, str(tmp_path / "plates.sqlite3"))
    loads = threading.Lock()

    def load() -> Pipeline:
        with loads:
            return Pipeline(SlowDetector(), BlockReader(), Tuning())

    made = make_window(Settings(), opened, feed, load, state=tmp_path / "window.ini")
    made.show()
    yield made
    made.leave()
    qapp.processEvents()
    sip.delete(made)


def test_where_little_is_read_it_says_so_and_the_picture_goes_on(
    qtbot: QtBot, slow_window: MainWindow, camera: CameraStandIn
) -> None:
    slow_window.session.sources.open(GATE, "Gate")
    tile = tile_of(slow_window)
    wait_for(qtbot, lambda: tile._state.text().startswith("Reads "))
    assert tile._state.text().endswith(" a second") and "too few pictures" in tile._state.toolTip()
    shown: set[int] = set()
    boxes: set[int] = set()

    def look() -> bool:
        result = tile.view.result
        if result is not None:
            (boxes if result.tracks else shown).add(result.frame.index)
        return len(shown) >= 15 and bool(boxes)

    wait_for(qtbot, look)
    panel = slow_window.live.sources
    row = {panel.headings()[at]: panel._table.item(0, at).text() for at in range(7)}
    assert " of " in row["Read/s"] and row["Skipped"].endswith("%")
