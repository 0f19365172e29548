"""Plate events for tests, made whole from the few things a test says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from app.pipeline.events import EventKind, Evidence, Identity, PlateEvent, PlateText, Span
from app.pipeline.types import WallClock
from app.sources.source_id import SourceId, TrackKey
from detector.types import Box

WALL = datetime(2026, 5, 31, 12, tzinfo=UTC)
_PARTS = ("identity", "text", "span", "evidence")


def key(name: str | int, source: str = "gate") -> TrackKey:
    """A track's key: of a number at a source, or as it is written."""
    return TrackKey(SourceId(source), name) if isinstance(name, int) else TrackKey.parse(name)


def made_event(
    track: str | int = 1,
    plate: str = "AB123C",
    kind: EventKind = EventKind.FINAL,
    revision: int = 1,
    source: str = "gate",
    **parts: Any,
) -> PlateEvent:
    """An event of a car that was in view for a second; parts are fields of its four parts that a test sets."""
    image = np.zeros((20, 60, 3), np.uint8)
    event = PlateEvent(
        Identity(key(track, source), revision, kind),
        PlateText(plate, 0.9, (0.9,) * len(plate)),
        Span(1.0, 2.0, WALL, WALL + timedelta(seconds=1), WallClock.LIVE),
        Evidence(Box(1, 2, 30, 12), image, image, 7, 1.5, 2, 3),
    )
    return changed(event, **parts)


def changed(event: PlateEvent, **parts: Any) -> PlateEvent:
    """The event with some fields of its parts set to others."""
    for name in _PARTS:
        part = getattr(event, name)
        own = {field: parts.pop(field) for field in list(parts) if field in part.__dataclass_fields__}
        event = replace(event, **{name: replace(part, **own)})
    assert not parts, f"no part of an event has {', '.join(parts)}"
    return event
