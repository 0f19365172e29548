from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.types import Frame, FrameResult
from app.sinks.window import WindowFeed
from tests.app.made_events import made_event

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
PICTURE = np.zeros((20, 40, 3), np.uint8)


def event(key: str, text: str, first: float, last: float, revision: int = 1, **more: Any) -> PlateEvent:
    kind = more.pop("kind", EventKind.FINAL)
    return made_event(int(key), text, kind, revision, "clip", first_s=first, last_s=last, **more)


def result(number: int, source: str = "clip") -> FrameResult:
    return FrameResult(Frame(source, number, PICTURE, NOW, number / 10), ())


def test_the_slot_holds_the_newest_frame_only() -> None:
    feed = WindowFeed()
    for number in range(1000):
        feed.on_frame(result(number))
    newest = feed.newest("clip")
    assert newest is not None and newest.frame.index == 999
    assert feed.newest("other") is None


def test_events_come_once_and_in_order() -> None:
    feed = WindowFeed()
    for number in range(20):
        feed.on_event(event(str(number), f"AB{number}", number * 10, number * 10 + 1))
    assert [item.text.plate for item in feed.fetch().events] == [f"AB{number}" for number in range(20)]
    assert feed.fetch().events == ()
