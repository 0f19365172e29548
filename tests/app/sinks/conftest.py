from pathlib import Path

import pytest

from app.pipeline import loading
from tests.app.runs import pipeline
from tests.app.sources.clips import write_clip


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        write_clip(folder / f"{name}.avi", frames=6)
    return folder


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: pipeline())
