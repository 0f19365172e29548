"""What a newcomer adds, and how little it takes: a sink is one class, a kind of source a class and a registry line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.pipeline.engine import read_sources
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.file_scheduler import QueuedSource
from app.pipeline.sink import Sink
from app.sinks.csv import csv_file
from app.sources.frame import Frame, WallClock
from app.sources.registry import SOURCE_TYPES, SourceType
from app.sources.source import SourceInfo, SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.runs import Watched, pipeline, rows_of

BEGAN = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


class DoorSign(Sink):
    """Keeps the plate of the vehicle that was seen last in a text file, as a sign at a door would show it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def on_event(self, event: PlateEvent) -> None:
        if event.kind is EventKind.FINAL:
            self._path.write_text(event.text.plate, encoding="utf-8")


class GreyRamp:
    """A source that makes its frames up: as many as its address says, each a little brighter, ten a second."""

    def __init__(self, spec: SourceSpec, _start: datetime | None = None) -> None:
        self.spec = spec
        self._index = 0

    def open(self) -> SourceInfo:
        count = int(self.spec.address)
        return SourceInfo(160, 120, 10.0, count / 10, count, BEGAN, WallClock.GIVEN)

    def read(self) -> Frame | None:
        index, self._index = self._index, self._index + 1
        if index == int(self.spec.address):
            return None
        image = np.full((120, 160, 3), 20 * index % 256, np.uint8)
        when = BEGAN + timedelta(seconds=index / 10)
        return Frame(self.spec.source_id, index, image, when, index / 10, WallClock.GIVEN)

    def close(self) -> None: ...


@pytest.fixture
def ramp(monkeypatch: pytest.MonkeyPatch) -> QueuedSource:
    """A source of a kind that the program does not have."""
    monkeypatch.setitem(SOURCE_TYPES, SourceKind.VIDEO, SourceType("Grey ramp", "image", GreyRamp))
    return QueuedSource(SourceSpec(SourceKind.VIDEO, SourceId("ramp"), "12"))


def test_a_sink_is_one_class(ramp: QueuedSource, tmp_path: Path) -> None:
    report = read_sources([ramp], pipeline(), [DoorSign(tmp_path / "sign.txt")])
    assert (tmp_path / "sign.txt").read_text(encoding="utf-8") == "AB123C" and not report.errors


def test_a_kind_of_source_is_one_class_and_one_line(ramp: QueuedSource, tmp_path: Path) -> None:
    watched, rows = Watched(), csv_file(tmp_path / "o.csv")
    rows.open()
    report = read_sources([ramp], pipeline(), [rows, watched])
    assert [index for _, index in watched.frames] == list(range(12)) and not report.errors
    [row] = rows_of(tmp_path / "o.csv")
    assert (row["source"], row["time"][:10], row["time_from"]) == ("ramp", "2026-05-31", "given")
