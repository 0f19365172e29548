"""Runs of cameras."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from app.batch import opened
from app.batch.outputs import Outputs
from app.batch.progress import Control, Item
from app.batch.runner import run
from app.batch.writers import csv_file
from app.pipeline.core import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.types import Frame, Image, WallClock
from app.sources.source import SourceError, SourceInfo, SourceKind, SourceSpec
from detector.types import Detection
from tests.app.batch.runs import Watched
from tests.app.test_batch import Networks, rows_of


class Seen(Networks):
    """Finds the plate in bright pictures only, and counts them."""

    looks = 0

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.looks += sum(image.max() > 0 for image in images)
        found = super().detect(images)
        return [boxes if image.max() > 0 else [] for boxes, image in zip(found, images, strict=True)]


class Camera:
    """A live source: a vehicle until it was looked at a few times, then an empty road on which a minute passes fast."""

    def __init__(self, spec: SourceSpec, networks: Seen) -> None:
        self.spec, self._networks = spec, networks
        self._index, self._seconds = 0, 0.0

    def open(self) -> SourceInfo:
        return SourceInfo(160, 120, 10, None, None, datetime.now(UTC), WallClock.LIVE)

    def read(self) -> Frame:
        here = self._networks.looks < 4
        self._index += 1
        self._seconds += 0.1 if here else 2.0
        time.sleep(0.02)
        image = np.full((120, 160, 3), 200 if here else 0, np.uint8)
        return Frame(self.spec.source_id, self._index, image, datetime.now(UTC), self._seconds)

    def close(self) -> None: ...


def test_a_camera_that_never_ends_has_its_rows_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, control, networks = tmp_path / "o.csv", Control(), Seen()
    monkeypatch.setattr(opened, "make_source", lambda spec, start: Camera(spec, networks))
    rows: list[dict[str, str]] = []

    class Stopper(Watched):
        def advanced(self, item: Item, media_s: float, share: float) -> None:
            rows[:] = rows_of(out)
            if rows or media_s > 2000:
                control.stop()

    item = Item(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    pipe = Pipeline(networks, networks, Tuning(repeat_s=2.0))
    report = run([item], pipe, Outputs({"csv": csv_file(out)}), Stopper(), control)
    assert len(rows) == 1, "written while the camera goes on"
    assert rows_of(out) == rows and len(report.events) == 1, "and not once more at the end"


def test_a_camera_that_cannot_be_reached_is_told_at_once_and_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Flaky(Camera):
        tries = 0

        def open(self) -> SourceInfo:
            self.tries += 1
            if self.tries == 1:
                raise SourceError(f"{self.spec.source_id}: no connection")
            return super().open()

    networks = Seen()
    monkeypatch.setattr(opened, "make_source", lambda spec, start: Flaky(spec, networks))
    control, watched = Control(), Watched()
    monkeypatch.setattr(watched, "advanced", lambda *_: control.stop() if len(watched.troubles) > 1 else None)
    item = Item(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    report = run([item], Pipeline(networks, networks), Outputs(), watched, control)
    assert watched.troubles == ["gate: no connection; trying again", "gate: is back"]
    assert report.errors == []
