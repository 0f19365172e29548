"""Receivers told by `run`: from the frame to the receiver, through the real command, log and outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import main
from app.notifications.receivers import default_path
from app.pipeline import loading
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from tests.app.notifications.servers import WebServer, web_server
from tests.app.runs import Networks
from tests.app.sources.clips import write_clip


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as found:
        default_path().parent.mkdir(parents=True, exist_ok=True)
        events = '["new", "final", "hit"]'
        lines = ["[[receiver]]", 'name = "office"', 'kind = "webhook"', f'url = "{found.url}"', f"events = {events}"]
        default_path().write_text("\n".join(lines))
        yield found


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    networks = Networks()

    def load(_device: str, tuning: Tuning, *_: object, **__: object) -> Pipeline:
        return Pipeline(networks, networks, tuning)

    monkeypatch.setattr(loading, "load_pipeline", load)


def test_a_run_tells_vehicles_and_hits_with_the_logs_run(tmp_path: Path, server: WebServer) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    assert main(["watch", "add", "AB123C", "--note", "stolen"]) == 0

    assert main(["run", str(clip), "--log", "--notify"]) == 0

    told = [taken["event"] for taken in server.taken]
    assert sorted(told) == ["final", "hit", "new"]
    hit = next(taken for taken in server.taken if taken["event"] == "hit")
    assert hit["hits"] == [{"list": "block", "plate": "AB123C", "note": "stolen"}]
    assert hit["read"]["plate"] == "AB123C"


def test_without_notify_nobody_is_told(tmp_path: Path, server: WebServer) -> None:
    assert main(["run", str(write_clip(tmp_path / "clip.mp4")), "--log"]) == 0

    assert server.requests == []


def test_notify_without_receivers_says_where_they_would_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(write_clip(tmp_path / "clip.mp4")), "--notify"]) == 1

    assert f"no receiver is set up in {default_path()}" in capsys.readouterr().err
