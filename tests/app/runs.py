"""Runs for the tests: networks that always find one plate, outputs as `run` opens them, sinks that remember."""

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from app.cli import run as run_command
from app.pipeline.engine import Engine, EngineReport
from app.pipeline.events import PlateEvent
from app.pipeline.file_scheduler import FileScheduler, QueuedSource, queue_sources
from app.pipeline.pipeline import Pipeline
from app.pipeline.sink import Sink, WatchHit
from app.pipeline.tuning import Tuning
from app.pipeline.types import FrameResult, Image
from app.sinks.input_files import InputFiles
from app.sinks.outputs import OpenedOutputs, open_outputs
from app.sinks.read_list import ReadList
from app.sinks.resume import StateFile
from app.sinks.row_file import RowFile
from app.sinks.video import VideoSink
from app.sources.source import SourceSpec
from detector.types import Detection
from recognizer.readings import Reading
from tests.app.pipeline.made import plate, says

START = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


class Networks:
    """Fakes: every frame holds one plate, whose text is always the same. stop is called after some frames."""

    streams, size = 1, 576

    def __init__(self, stop_after: int = 0) -> None:
        self.frames = 0
        self.stop: Callable[[], None] | None = None
        self._stop_after = stop_after

    def prefer_region(self, region: str | None) -> None: ...

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        self.frames += len(images)  # every other one: a frame that hardly differs is not looked at
        if self.stop is not None and self._stop_after and self.frames >= self._stop_after:
            self.stop()
        return [[plate(30, 40, 60, 16)] for _ in images]

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        return [says("AB123C", 0.95) for _ in crops]


class Watched(Sink):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.frames: list[tuple[str, int]] = []
        self.shares: list[float] = []
        self.events: list[PlateEvent] = []
        self.kept: list[PlateEvent] = []
        self.hits: list[WatchHit] = []
        self.troubles: list[str] = []
        self.ended: dict[str, str] = {}
        self.kept_sources: list[str] = []
        self.closed: list[bool] = []
        self.share: Callable[[], float] = lambda: 0.0

    def on_source_begun(self, source: SourceSpec, info: object) -> None:
        self.begun.append(source.source_id)

    def on_frame(self, result: FrameResult) -> None:
        self.frames.append((result.frame.source_id, result.frame.index))
        self.shares.append(self.share())

    def on_event(self, event: PlateEvent) -> None:
        self.events.append(event)

    def on_event_kept(self, event: PlateEvent) -> None:
        self.kept.append(event)

    def on_hit(self, hit: WatchHit) -> None:
        self.hits.append(hit)

    def on_source_lost(self, source: SourceSpec, error: str) -> None:
        self.troubles.append(f"lost: {error}")

    def on_source_back(self, source: SourceSpec) -> None:
        self.troubles.append(f"back: {source.source_id}")

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        self.ended[source.source_id] = error

    def on_source_kept(self, source: SourceSpec, error: str) -> None:
        self.kept_sources.append(source.source_id)

    def on_trouble(self, text: str) -> None:
        self.troubles.append(text)

    def close(self, interrupted: bool) -> Sequence[str]:
        self.closed.append(interrupted)
        return ()


@dataclass
class Run:
    """What a run came to."""

    report: EngineReport
    events: list[PlateEvent]
    outputs: OpenedOutputs

    @property
    def errors(self) -> list[str]:
        return [*self.outputs.errors, *self.report.errors]


def pipeline(tuning: Tuning | None = None) -> Pipeline:
    networks = Networks()
    return Pipeline(networks, networks, tuning)


def read_files(
    paths: Sequence[Path] | Sequence[QueuedSource],
    rows: Mapping[str, RowFile] | None = None,
    *more: Sink,
    networks: Networks | None = None,
    pipe: Pipeline | None = None,
    video: Path | None = None,
    state: StateFile | None = None,
    resume: bool = False,
    jobs: int = 1,
) -> Run:
    """Read files as `run` does, into rows, an annotated version and further sinks."""
    items = [path if isinstance(path, QueuedSource) else QueuedSource(_one(path), START) for path in paths]
    networks = networks or Networks()
    pipe = pipe or Pipeline(networks, networks)
    outputs, reads = open_outputs(items, rows or {}, state, resume), ReadList()
    sinks = [*outputs.sinks, reads, *more]
    if video is not None:
        sinks.append(VideoSink(video, InputFiles(i.spec for i in items), len(items) == 1, pipe.stages))
    scheduler = FileScheduler(outputs.items, pipe.stages, jobs)
    for sink in more:
        if isinstance(sink, Watched):
            sink.share = lambda: scheduler.share
            sink.troubles += outputs.notices
    engine = Engine(pipe, scheduler, sinks)
    networks.stop = engine.request_stop
    report = engine.run()
    outputs.written += [path for sink in sinks for path in sink.written]
    return Run(report, reads.events, outputs)


def _one(path: Path) -> SourceSpec:
    [item], errors = queue_sources([str(path)])
    assert not errors
    return item.spec


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def picture(path: Path, size: tuple[int, int] = (120, 160)) -> Path:
    cv2.imwrite(str(path), np.full((*size, 3), 90, np.uint8))
    return path


def command(*words: str) -> int:
    """`main.py run` with these words."""
    parser = argparse.ArgumentParser()
    run_command.add_arguments(parser)
    return run_command.main(parser.parse_args(list(words)))
