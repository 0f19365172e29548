from collections.abc import Sequence
from pathlib import Path

import pytest

from app.config.settings import Live
from app.pipeline.engine import Engine
from app.pipeline.file_scheduler import FileScheduler, QueuedSource, queue_sources
from app.pipeline.stats import StageTimes
from app.pipeline.types import Image
from app.sinks.csv import csv_file
from app.sources.source import SourceKind, SourceSpec
from app.sources.stream import NetworkStream
from detector.types import Detection
from tests.app.runs import Networks, Watched, picture, pipeline, read_files, rows_of
from tests.app.sources.clips import write_clip
from tests.app.sources.test_capture import until


def test_faulty_sources_are_one_line_each_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("this is no video")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8 no")
    cut = write_clip(tmp_path / "cut.avi", frames=60)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    good = write_clip(tmp_path / "good.avi", frames=10)
    names = ["empty.mp4", "text.mp4", "bad.jpg", "cut.avi", "good.avi"]
    out = tmp_path / "out.csv"
    errors = read_files([tmp_path / name for name in names], {"csv": csv_file(out)}).errors
    assert len(errors) == 4
    for name, error in zip(names, errors, strict=False):
        assert name in error and "\n" not in error
    assert {row["source"] for row in rows_of(out)} == {str(cut), str(good)}, "what could be read of cut.avi is kept"


def test_words_that_stand_for_nothing_are_errors(tmp_path: Path) -> None:
    items, errors = queue_sources([str(tmp_path / "nowhere.mp4"), str(write_clip(tmp_path / "a.avi"))])
    assert len(items) == 1 and "nowhere.mp4" in errors[0]


def test_a_picture_the_networks_refuse_is_an_error_of_that_picture(tmp_path: Path) -> None:
    class Picky(Networks):
        def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
            if images[0].shape[0] == 1:
                raise ValueError("a picture of one line is none")
            return super().detect(images)

    paths = [picture(tmp_path / "a.png", (1, 50)), picture(tmp_path / "b.png")]
    run = read_files(paths, networks=Picky())
    assert run.errors == [f"{paths[0]}: a picture of one line is none"] and len(run.events) == 1


@pytest.mark.parametrize("jobs", [1, 3])
def test_jobs_change_the_batches_not_the_result(tmp_path: Path, jobs: int) -> None:
    paths = [write_clip(tmp_path / f"{n}.avi", 8 + n) for n in range(4)]
    out = tmp_path / "o.csv"
    run = read_files(paths, {"csv": csv_file(out)}, jobs=jobs)
    assert run.report.frames == sum(8 + n for n in range(4)) and not run.errors
    assert sorted(row["source"] for row in rows_of(out)) == [str(path) for path in paths]


def test_the_progress_rises_with_the_media_time(tmp_path: Path) -> None:
    watched = Watched()
    read_files([write_clip(tmp_path / "a.avi", 20), write_clip(tmp_path / "b.avi", 60)], None, watched)
    assert watched.shares == sorted(watched.shares)
    assert watched.shares[19] == pytest.approx(0.25, abs=0.08) and watched.shares[-1] > 0.97
    assert len(watched.ended) == 2


def test_a_paused_run_waits(tmp_path: Path) -> None:
    watched, pipe = Watched(), pipeline()
    items, _ = queue_sources([str(write_clip(tmp_path / "a.avi", 5))])
    engine = Engine(pipe, FileScheduler(items, pipe.stages), [watched])
    engine.pause()
    engine.start()
    assert not until(lambda: bool(watched.frames), 0.2)
    engine.resume()
    assert until(lambda: len(watched.frames) == 5 and bool(watched.closed))
    assert engine.stop()


def test_a_camera_is_waited_for_as_long_as_is_set() -> None:
    item = QueuedSource(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"))
    source = FileScheduler([item], StageTimes(), cameras=Live(stall_s=60))._capture(item)._source
    assert isinstance(source, NetworkStream) and source.patience_s == 60
