"""Runs of cameras."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from app.pipeline import file_scheduler
from app.pipeline.file_scheduler import QueuedSource
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.types import Frame, FrameResult, Image, WallClock
from app.sinks.csv import csv_file
from app.sources.source import SourceError, SourceInfo, SourceKind, SourceSpec
from detector.types import Detection
from tests.app.runs import Networks, Watched, read_files, rows_of


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
    out, networks = tmp_path / "o.csv", Seen()
    monkeypatch.setattr(file_scheduler, "make_source", lambda spec, start: Camera(spec, networks))
    rows: list[dict[str, str]] = []

    class Stopper(Watched):
        def on_frame(self, result: FrameResult) -> None:
            rows[:] = rows_of(out)
            if (rows or result.frame.media_time > 2000) and networks.stop is not None:
                networks.stop()

    item = QueuedSource(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    pipe = Pipeline(networks, networks, Tuning(repeat_s=2.0))
    run = read_files([item], {"csv": csv_file(out)}, Stopper(), networks=networks, pipe=pipe)
    assert len(rows) == 1, "written while the camera goes on"
    assert rows_of(out) == rows and len(run.events) == 1, "and not once more at the end"


def test_a_camera_that_cannot_be_reached_is_told_at_once_and_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Flaky(Camera):
        tries = 0

        def open(self) -> SourceInfo:
            self.tries += 1
            if self.tries == 1:
                raise SourceError(f"{self.spec.source_id}: no connection")
            return super().open()

    networks = Seen()
    monkeypatch.setattr(file_scheduler, "make_source", lambda spec, start: Flaky(spec, networks))

    class Stopper(Watched):
        def on_source_back(self, source: SourceSpec) -> None:
            super().on_source_back(source)
            assert networks.stop is not None
            networks.stop()

    watched = Stopper()
    item = QueuedSource(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    run = read_files([item], None, watched, networks=networks)
    assert watched.troubles == ["lost: gate: no connection", "back: gate"]
    assert run.errors == []
