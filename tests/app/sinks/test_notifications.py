import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.notifications.message import EventName, Message
from app.notifications.notifier import Notifier
from app.notifications.outbox import Outbox
from app.notifications.receivers import Receiver
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.sink import WatchHit
from app.sinks.notifications import UPDATE_S, NotificationSink
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.made_events import made_event
from tests.app.notifications.samples import ALL, receiver
from tests.app.notifications.servers import wait_until, web_server


class Told(Notifier):
    """A notifier that keeps what it is given."""

    def __init__(self, folder: Path) -> None:
        super().__init__([], Outbox(folder / "outbox"))
        self.start()
        self.messages: list[Message] = []

    def notify(self, message: Message, make_pictures: object = None) -> None:
        self.messages.append(message)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(message.event.value, message.plate) for message in self.messages]


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def event(plate: str = "AB123C", kind: EventKind = EventKind.NEW, revision: int = 1) -> PlateEvent:
    return made_event(plate=plate, kind=kind, revision=revision)


def test_a_vehicle_is_told_when_it_comes_changes_and_goes(told: Told) -> None:
    sink = NotificationSink(told)
    sink.on_event(event())
    sink.on_event(event("AB123D", EventKind.UPDATE, 2))
    sink.on_event(event("AB123D", EventKind.FINAL, 3))

    assert told.told == [("new", "AB123C"), ("update", "AB123D"), ("final", "AB123D")]


def test_a_still_vehicle_is_told_again_once_a_minute(told: Told) -> None:
    clock = Clock()
    sink = NotificationSink(told, clock=clock)
    sink.on_event(event())
    for revision in range(2, 20):
        clock.now_s += UPDATE_S / 4
        sink.on_event(event(kind=EventKind.UPDATE, revision=revision))

    assert told.told == [("new", "AB123C")] + [("update", "AB123C")] * 4


def test_a_picture_is_new_and_final_at_once(told: Told) -> None:
    NotificationSink(told).on_event(event(kind=EventKind.FINAL))

    assert [name for name, _ in told.told] == ["new", "final"]


def test_what_turns_out_to_be_none_is_taken_back(told: Told) -> None:
    sink = NotificationSink(told)
    sink.on_event(event())
    sink.on_event(event(kind=EventKind.WITHDRAWN, revision=2))

    assert told.told == [("new", "AB123C"), ("withdrawn", "AB123C")]


def test_a_late_event_is_told_to_nobody(told: Told) -> None:
    sink = NotificationSink(told)
    sink.on_event(event("AB123D", revision=2))
    sink.on_event(event("AB123C", revision=1))

    assert told.told == [("new", "AB123D")]


def test_hits_and_lost_sources_are_told(told: Told) -> None:
    sink = NotificationSink(told)
    camera = SourceSpec(SourceKind.STREAM, SourceId("gate"), "rtsp://x")
    sink.on_hit(WatchHit(event(), "block", "AB123?", "stolen"))
    sink.on_source_lost(camera, "refused the password")
    sink.on_source_back(camera)

    hit, lost, back = told.messages
    assert [(found.list_name, found.entry, found.note) for found in hit.hits] == [("block", "AB123?", "stolen")]
    assert hit.read is not None
    assert hit.read["list"] == "block"
    assert (lost.event, lost.detail) == (EventName.SOURCE_LOST, "refused the password")
    assert back.event is EventName.SOURCE_BACK


def test_pictures_are_made_for_who_wants_them(tmp_path: Path) -> None:
    with web_server() as plain, web_server() as rich:
        receivers = [
            receiver("webhook", name="plain", url=plain.url),
            receiver("webhook", ALL, "rich", url=rich.url, crop=True, frame=True),
        ]
        sink = NotificationSink(Notifier(receivers, Outbox(tmp_path / "outbox")).start())
        seen = made_event(frame=np.full((90, 160, 3), 128, np.uint8))
        sink.on_event(seen)
        wait_until(lambda: len(rich.taken) == 2)
        wait_until(lambda: len(plain.taken) == 2)
        assert sink.close(False) == []

    assert "frame" not in plain.taken[0]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(rich.taken[0]["frame"]), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (90, 160, 3)
    assert rich.taken[0]["crop"]


def test_a_receivers_trouble_goes_to_all_sinks(tmp_path: Path) -> None:
    class Bus:
        troubles: list[str] = []  # noqa: RUF012

        def tell_hit(self, hit: WatchHit) -> None: ...

        def tell_trouble(self, text: str) -> None:
            self.troubles.append(text)

    with web_server(lambda _: 503) as server:
        hook = Receiver("office", receiver("webhook").kind, ALL, {"url": server.url})
        sink = NotificationSink(Notifier([hook], Outbox(tmp_path / "outbox")).start())
        bus = Bus()
        sink.connect(bus)
        sink.on_event(event())
        wait_until(lambda: bool(bus.troubles))
        sink.close(False)

    assert bus.troubles[0].startswith("office: cannot be reached")
