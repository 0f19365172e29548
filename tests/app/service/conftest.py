"""A service over networks that always find the same plate, and a client that has its token."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.config.settings import Settings
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.saved_sources import SavedSource
from app.service.http import create_http_app
from app.service.live_events import LiveEvents
from app.service.service import Service
from app.sinks.log import HitRelay
from app.sinks.notifications import NotificationSink
from app.sources.source import SourceKind
from app.store.journal import open_journal
from tests.app.notifications.servers import wait_until
from tests.app.runs import Networks
from tests.app.sources.clips import write_clip

TOKEN = "a token for the tests"


@dataclass(frozen=True, slots=True)
class Served:
    """A service that runs, its client, and what it streams."""

    service: Service
    client: TestClient
    events: LiveEvents


def make_service(folder: Path, *addresses: str) -> tuple[Service, LiveEvents]:
    networks, hits, events = Networks(), HitRelay(), LiveEvents()
    journal = open_journal(folder / "log" / "plates.sqlite3", on_alarm=hits)
    sources = [SavedSource(f"Gate {number}", SourceKind.VIDEO, each) for number, each in enumerate(addresses, 1)]
    service = Service(
        Settings(),
        sources,
        journal,
        hits,
        more_sinks=[NotificationSink(events, journal.run)],
        make_pipeline=lambda: Pipeline(networks, networks, Tuning()),
    )
    return service, events


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A service that has read one clip into its log."""
    service, events = make_service(tmp_path, str(write_clip(tmp_path / "gate.mp4")))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(create_http_app(service, events, TOKEN), headers=headers) as client:
        service.start()
        wait_until(lambda: service.journal.status.written > 0)
        yield Served(service, client, events)
        service.stop()
