"""Messages and receivers for tests."""

from datetime import UTC, datetime
from typing import Any

from app.notifications.message import EventName, ListHit, Message
from app.notifications.receivers import Receiver
from app.notifications.rules import Rule
from app.notifications.sender import kinds

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)  # a Monday
ALL = Rule(frozenset(EventName))


def message(plate: str = "AB12CDE", event: EventName = EventName.NEW, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "source": "Gate",
        "read": {"plate": plate, "confidence": 0.97, "zone": "Lane 1"},
        "crop": b"\xff\xd8crop",
    }
    return Message(event, NOON, **(values | changes))


def hit(plate: str = "AB12CDE", list_name: str = "block") -> Message:
    return message(plate, EventName.HIT, hits=(ListHit(list_name, plate, "stolen"),))


def receiver(kind: str, rule: Rule = ALL, name: str = "r", **options: Any) -> Receiver:
    return Receiver(name, kinds()[kind], rule, options)
