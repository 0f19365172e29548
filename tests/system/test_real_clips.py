"""The shipped networks on real clips: each vehicle once, and exactly."""

import json
from pathlib import Path

import pytest

from app.pipeline.engine import read_sources
from app.pipeline.file_scheduler import queue_sources
from app.pipeline.loading import load_pipeline
from app.sinks.read_list import ReadList

MANIFEST = Path(__file__).parents[2] / "assets" / "weights" / "manifest.json"
CLIPS = {"Video140_2.avi": "72VGX6", "Video2_2.avi": "RPNL93", "Video5_2.avi": "96NDJB"}


@pytest.mark.data
def test_each_vehicle_is_read_once_and_exactly(shared_data: Path) -> None:
    if not MANIFEST.is_file() or set(json.loads(MANIFEST.read_text())) < {"detector", "reader"}:
        pytest.skip("the trained weights are not in assets/weights")
    items, errors = queue_sources([str(shared_data / "videos" / name) for name in CLIPS])
    reads = ReadList()
    report = read_sources(items, load_pipeline("cpu"), [reads])
    assert not errors and not report.errors
    assert {Path(event.source).name: event.text.plate for event in reads.events} == CLIPS
    assert len(reads.events) == len(CLIPS) and report.frames == 108
