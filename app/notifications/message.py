"""What a receiver is told: one message an event, the same for every kind of receiver."""

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

#: Version of the JSON below; docs/reference/events.md describes it. A change that breaks receivers raises it.
SCHEMA = 1


class EventName(Enum):
    """What a message is about."""

    NEW = "new"
    UPDATE = "update"
    FINAL = "final"
    WITHDRAWN = "withdrawn"
    HIT = "hit"
    SOURCE_LOST = "source_lost"
    SOURCE_BACK = "source_back"
    TEST = "test"


_WORDS = {
    EventName.HIT: "Watch-list hit",
    EventName.FINAL: "Left view",
    EventName.WITHDRAWN: "Taken back, was no plate",
}


@dataclass(frozen=True, slots=True)
class ListHit:
    """A watch-list entry that covers the plate of a message."""

    list_name: str
    entry: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell.

    read: the record of the read as JSON values, None for messages about a source.
    detail: words for a person, such as why a source was lost.
    crop, frame: JPEG bytes, None where there is no picture or none is kept.
    """

    event: EventName
    time: datetime
    source: str
    read: Mapping[str, Any] | None = None
    hits: tuple[ListHit, ...] = ()
    detail: str = ""
    crop: bytes | None = None
    frame: bytes | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def plate(self) -> str:
        """The plate's text, empty for messages about a source."""
        return str(self.read.get("plate", "")) if self.read else ""

    @property
    def confidence(self) -> float | None:
        """The read's confidence, None where there is no read."""
        value = self.read.get("confidence") if self.read else None
        return float(value) if isinstance(value, int | float) else None

    @property
    def zone(self) -> str:
        """Name of the zone the plate was read in, empty where none is known."""
        return str(self.read.get("zone") or "") if self.read else ""

    def to_json(self) -> dict[str, Any]:
        """The message as plain JSON values, without its pictures."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "event": self.event.value,
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            "source": self.source,
            "read": dict(self.read) if self.read is not None else None,
            "hits": [{"list": hit.list_name, "plate": hit.entry, "note": hit.note} for hit in self.hits],
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], crop: bytes | None = None, frame: bytes | None = None) -> "Message":
        """The inverse of to_json; ValueError, KeyError or TypeError for values of another form."""
        hits = tuple(ListHit(hit["list"], hit["plate"], hit["note"]) for hit in values["hits"])
        return cls(
            EventName(values["event"]),
            datetime.fromisoformat(values["time"]),
            values["source"],
            values["read"],
            hits,
            values["detail"],
            crop,
            frame,
            values["id"],
        )

    def describe(self) -> str:
        """One line for a person."""
        if self.event is EventName.TEST:
            return f"This is a test message from Platescribe ({self.source})."
        if self.event is EventName.SOURCE_LOST:
            return f"{self.source}: no connection. {self.detail}".strip()
        if self.event is EventName.SOURCE_BACK:
            return f"{self.source}: connected again."
        lists = ", ".join(dict.fromkeys(hit.list_name for hit in self.hits))
        listed = f" ({lists})" if lists else ""
        word = _WORDS.get(self.event, "Read")
        return f"{word}: {self.plate}{listed} at {self.source}"

    def fields(self) -> dict[str, str]:
        """The values that a template may name, as text: the message's own and those of its read."""
        values = {
            "id": self.id,
            "event": self.event.value,
            "time": self.time.isoformat(timespec="seconds"),
            "source": self.source,
            "detail": self.detail,
            "text": self.describe(),
            "lists": ", ".join(hit.list_name for hit in self.hits),
            "note": "; ".join(hit.note for hit in self.hits if hit.note),
        }
        for name, value in (self.read or {}).items():
            if isinstance(value, str | int | float) and name not in values:
                values[name] = str(value)
        return values


def fill_template(template: str, message: Message, *, in_json: bool = False) -> str:
    """Returns a template with `$name` or `${name}` replaced by the message's fields; unknown names stay as they are.

    Args:
        template: the user's text.
        message: gives the values, see `Message.fields`.
        in_json: escape the values so that they may stand inside JSON strings.
    """
    values = message.fields()
    if in_json:
        values = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    return string.Template(template).safe_substitute(values)
