"""Measures recordings and pictures: stage by stage without threads, and whole, from file to log, as `run` does it."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.bench.figures import DETECT_SIZE, Measured, Timing
from app.bench.memory import peak_mb
from app.pipeline.engine import Engine, EngineReport
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.file_scheduler import FileScheduler, QueuedSource
from app.pipeline.loading import load_networks, load_pipeline
from app.pipeline.overlay import annotate
from app.pipeline.pipeline import Pipeline
from app.pipeline.sink import Sink
from app.pipeline.stats import StageTimes
from app.pipeline.types import Frame, FrameResult
from app.sinks.log import LogSink
from app.sinks.read_list import ReadList
from app.sources.identify import identify
from app.sources.registry import make_source
from app.store.journal import Journal, open_journal
from detector.preprocess import apply_letterbox, plan_letterbox
from detector.weights import default_weights, open_weights

EVERYTHING = 10**9
_DETECT = f"detect at {DETECT_SIZE}"
_WARM_UP = 4  # frames left out of the times of the stages
_FLUSH_S = 60.0
OTHER = ("decode", "track", "crop", "vote", "draw", "store")  # beside the two networks; resizing is the detector's


@contextmanager
def temporary_journal() -> Iterator[Journal]:
    """A log of its own in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="platescribe-bench-") as folder:
        journal = open_journal(str(Path(folder) / "plates.sqlite3"))
        try:
            yield journal
        finally:
            journal.close(_FLUSH_S)


def stages(clip: Path, device: str, most: int = EVERYTHING) -> Measured:
    """Each stage by itself over at most so many frames of a clip, one after the other in one thread.

    Detecting is timed a second time, with an input of DETECT_SIZE, at which detectors are compared.
    """
    pipeline = load_pipeline(device, stages=StageTimes())
    other = load_networks(device, pipeline.tuning, DETECT_SIZE)[0]
    source = make_source(identify(str(clip)))
    source.open()
    size = open_weights(default_weights()).size
    with temporary_journal() as journal:
        for number in range(most):
            if number in (0, _WARM_UP):
                pipeline.stages = StageTimes(window=EVERYTHING)
            with pipeline.stages.measure("decode"):
                frame = source.read()
            if frame is None:
                break
            with pipeline.stages.measure(_DETECT):
                other.detect([frame.image])
            _one_by_one(frame, pipeline, journal, size)
        _store(pipeline.finish(source.spec.source_id), journal, pipeline.stages)
    source.close()
    return _of_stages(pipeline.stages)


def recording(clip: Path, device: str, most: int = EVERYTHING) -> Measured:
    """A clip from file to log, with what `run` does at the same time, in frames a second; and the peak memory."""
    pipeline = load_pipeline(device)
    processor_s = time.process_time()
    report, reads, seconds = _run([clip], pipeline, most)
    values = {
        "fps": report.frames / seconds,
        "frames": report.frames,
        "visits": len(reads),
        "seconds": seconds,
        "processor_ms": 1000 * (time.process_time() - processor_s) / report.frames,
        "peak_mb": peak_mb(),
    }
    return Measured("recording", (), values, {"reads": " ".join(event.text.plate for event in reads)})


def stills(pictures: Sequence[Path], device: str) -> Measured:
    """Pictures from file to log, in milliseconds a picture."""
    pipeline = load_pipeline(device)
    _run(pictures, pipeline)  # kernels are prepared for each size of a batch, and for each of the streams
    _, reads, seconds = _run(pictures, pipeline)
    values = {"still_ms": 1000 * seconds / len(pictures), "pictures": len(pictures), "reads": len(reads)}
    return Measured("stills", (), values)


def first_frame(clip: Path, device: str) -> Measured:
    """Load the networks and take the first frame of a clip through them; whoever started the process stops the time."""
    pipeline = load_pipeline(device)
    source = make_source(identify(str(clip)))
    source.open()
    frame = source.read()
    pipeline.process([frame] if frame is not None else [])
    source.close()
    return Measured("first frame")


def _one_by_one(frame: Frame, pipeline: Pipeline, journal: Journal, size: int) -> None:
    """All stages for a frame. Resizing to size is part of detecting and is done once more to be timed."""
    with pipeline.stages.measure("resize"):
        apply_letterbox(frame.image, plan_letterbox(frame.image.shape[1], frame.image.shape[0], size))
    step = pipeline.process([frame])
    with pipeline.stages.measure("draw"):
        for result in step.frames:
            annotate(result.frame.image, result.tracks)
    _store(step.events, journal, pipeline.stages)


def _store(events: Sequence[PlateEvent], journal: Journal, times: StageTimes) -> None:
    """Take events to the log; the time of a final one runs until it is on the disk."""
    for event in events:
        if event.kind is EventKind.FINAL:
            with times.measure("store"):
                journal.record_event(event)
                journal.flush(_FLUSH_S)
        else:
            journal.record_event(event)


def _of_stages(times: StageTimes) -> Measured:
    snapshot = times.snapshot()
    frames = snapshot["detect"].items
    timings = tuple(Timing(name, one.median_ms, one.p95_ms, one.calls) for name, one in snapshot.items())
    other_s = sum(snapshot[name].total_s for name in OTHER if name in snapshot)
    values = {
        "frames": frames,
        "visits": snapshot["store"].calls if "store" in snapshot else 0,
        "plates": snapshot["read"].items if "read" in snapshot else 0,
        "detect_ms": snapshot[_DETECT].median_ms,
        "other_ms": 1000 * other_s / frames,
    }
    return Measured("stages", timings, values)


class _Limit(Sink):
    """Ends a run after so many frames."""

    def __init__(self, most: int) -> None:
        self._left = most
        self.engine: Engine | None = None

    def on_frame(self, result: FrameResult) -> None:
        """Count a frame."""
        self._left -= 1
        if self._left <= 0 and self.engine is not None:
            self.engine.request_stop()


def _run(
    paths: Sequence[Path], pipeline: Pipeline, most: int = EVERYTHING
) -> tuple[EngineReport, list[PlateEvent], float]:
    """What `main.py run PATHS --log` does with networks loaded already; its reads, and seconds until all is on disk."""
    items, limit, reads = [QueuedSource(identify(str(path))) for path in paths], _Limit(most), ReadList()
    with temporary_journal() as journal:
        began = time.perf_counter()
        engine = Engine(pipeline, FileScheduler(items, pipeline.stages), [LogSink(journal), reads, limit])
        limit.engine = engine
        report = engine.run()
        journal.flush(_FLUSH_S)
        seconds = time.perf_counter() - began
    if report.errors:
        raise RuntimeError("; ".join(report.errors))
    return report, reads.events, seconds
