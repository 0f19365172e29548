"""Plate events become rows of the CSV and lines of the JSONL."""

import json
from collections.abc import Iterable

from app import columns
from app.pipeline.types import EventKind, PlateEvent


class Reads:
    """The reads of one source: the latest revision of every visit that is not absorbed by another or withdrawn."""

    def __init__(self) -> None:
        self._events: dict[str, PlateEvent] = {}

    def add(self, events: Iterable[PlateEvent]) -> None:
        """Take in further events."""
        for event in events:
            for key in event.gone:
                self._events.pop(key, None)
            known = self._events.get(event.track_key)
            if event.track_key not in event.gone and (known is None or known.revision < event.revision):
                self._events[event.track_key] = event

    def all(self) -> list[PlateEvent]:
        """Return one event a visit, in the order in which the vehicles came."""
        return _ordered(self._events.values())

    def take_settled(self, before_s: float) -> list[PlateEvent]:
        """Return, and forget, the visits that are final and were last seen before a second of the source."""
        settled = [e for e in self._events.values() if e.kind is EventKind.FINAL and e.last_s < before_s]
        for event in settled:
            del self._events[event.track_key]
        return _ordered(settled)


def _ordered(events: Iterable[PlateEvent]) -> list[PlateEvent]:
    return sorted(events, key=lambda event: (event.first_s, event.box.x1, event.track_key))


def track_number(event: PlateEvent) -> int:
    """The number of a visit's track within its source."""
    return int(event.track_key.rpartition("#")[2])


def csv_row(event: PlateEvent, list_name: str = "") -> list[str]:
    """Return the CSV row of a read, in the order of columns.COLUMNS; list_name: the watch list that it is on."""
    box = event.box
    return columns.row(
        event.first_wall,
        event.source_id,
        event.text,
        event.confidence,
        event.agreeing,
        track_number(event),
        (event.first_s, event.last_s),
        (box.x1, box.y1, box.x2, box.y2),
        event.region,
        list_name,
    )


def json_line(event: PlateEvent, list_name: str = "") -> str:
    """Return a read as one line of JSON: the CSV's fields as numbers and texts, and what the CSV has no room for."""
    box = event.box
    fields = {
        "time": columns.iso(event.first_wall),
        "last_time": columns.iso(event.last_wall),
        "time_from": event.wall_clock.value,
        "source": event.source_id,
        "plate": event.text,
        "confidence": round(event.confidence, 4),
        "char_confidences": [round(value, 4) for value in event.char_confidences],
        "alternatives": [[other.text, round(other.confidence, 4)] for other in event.alternatives],
        "reads": event.agreeing,
        "readings": event.readings,
        "track": track_number(event),
        "first_s": round(event.first_s, 3),
        "last_s": round(event.last_s, 3),
        "best_s": round(event.best_s, 3),
        "box": [round(value, 1) for value in (box.x1, box.y1, box.x2, box.y2)],
        "region": event.region,
        "list": list_name,
    }
    return json.dumps(fields, ensure_ascii=False)
