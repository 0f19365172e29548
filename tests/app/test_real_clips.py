"""The shipped networks on real clips: each vehicle once, and exactly."""

import json
from pathlib import Path

import pytest

from app.batch.progress import items_of
from app.batch.runner import run
from app.pipeline.opening import load_pipeline

MANIFEST = Path(__file__).parents[2] / "assets" / "weights" / "manifest.json"
CLIPS = {"Video140_2.avi": "72VGX6", "Video2_2.avi": "RPNL93", "Video5_2.avi": "96NDJB"}


@pytest.mark.data
def test_each_vehicle_is_read_once_and_exactly(shared_data: Path) -> None:
    if not MANIFEST.is_file() or set(json.loads(MANIFEST.read_text())) < {"detector", "reader"}:
        pytest.skip("the trained weights are not in assets/weights")
    items, errors = items_of([str(shared_data / "videos" / name) for name in CLIPS])
    report = run(items, load_pipeline("cpu"))
    assert not errors and not report.errors
    assert {Path(event.source).name: event.text.plate for event in report.events} == CLIPS
    assert len(report.events) == len(CLIPS) and report.frames == 108
