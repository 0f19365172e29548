from dataclasses import replace

import pytest

from app.notifications.message import EventName, Message
from app.notifications.rules import DEFAULT_EVENTS, Rule
from app.store.hours import parse_hours
from tests.app.notifications.samples import ALL, NOON, hit, message


def test_a_receiver_without_a_rule_is_told_of_new_vehicles_and_hits() -> None:
    wanted = {event for event in EventName if Rule().wants(message(event=event))}

    assert wanted == DEFAULT_EVENTS | {EventName.TEST}


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (replace(ALL, lists=("block",)), True),
        (replace(ALL, lists=("staff",)), False),
        (replace(ALL, sources=("Ga*",)), True),
        (replace(ALL, sources=("Yard",)), False),
        (replace(ALL, zones=("Lane ?",)), True),
        (replace(ALL, zones=("Lane 2",)), False),
        (replace(ALL, min_confidence=0.97), True),
        (replace(ALL, min_confidence=0.98), False),
    ],
)
def test_each_part_of_a_rule_must_hold(rule: Rule, wanted: bool) -> None:
    assert rule.wants(hit()) is wanted


def test_hours_are_of_the_machines_clock() -> None:
    local = NOON.astimezone()
    within, outside = f"{local:%H}:00-{local:%H}:59", f"{(local.hour + 2) % 24}:00-{(local.hour + 3) % 24}:00"

    assert replace(ALL, hours=parse_hours(within)).wants(message())
    assert not replace(ALL, hours=parse_hours(outside)).wants(message())


def test_a_lost_source_passes_what_only_a_read_can_fail() -> None:
    lost = Message(EventName.SOURCE_LOST, NOON, "Gate")

    assert replace(ALL, min_confidence=0.9, lists=("block",)).wants(lost)
