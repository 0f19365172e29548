from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.replays import Replays
from app.sources.source_id import TrackKey
from tests.app.made_events import key as track_key
from tests.app.made_events import made_event

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
PICTURE = np.zeros((20, 40, 3), np.uint8)


def event(key: str, text: str, first: float, last: float, revision: int = 1, **more: Any) -> PlateEvent:
    kind = more.pop("kind", EventKind.FINAL)
    return made_event(int(key), text, kind, revision, "clip", first_s=first, last_s=last, **more)


def clip(number: int) -> TrackKey:
    return track_key(number, "clip")


def test_what_is_seen_again_after_seeking_back_is_the_visit_it_was() -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0, revision=4))
    replays.end_showing("clip")
    again = replays.recognize(event("7", "AB12CDE", 1.5, 2.0, kind=EventKind.NEW))
    assert (again.key, again.identity.revision) == (clip(1), 5)
    later = replays.recognize(event("7", "AB12CDE", 1.5, 2.0, revision=2))
    assert (later.key, later.identity.revision) == (clip(1), 6)


def test_what_was_misread_at_first_goes_once_it_is_known() -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
    replays.end_showing("clip")
    assert replays.recognize(event("7", "A812CDE", 1.0, 1.1, kind=EventKind.NEW)).key == clip(7)
    known = replays.recognize(event("7", "AB12CDE", 1.0, 1.5, revision=2, kind=EventKind.UPDATE))
    assert (known.key, known.identity.absorbed) == (clip(1), (clip(7),))
    assert replays.recognize(event("7", "AB12CDE", 1.0, 1.9, revision=3)).identity.absorbed == ()


@pytest.mark.parametrize(
    ("text", "first"), [("XY34ZKL", 1.0), ("AB12CDE", 30.0)], ids=["another plate there", "the plate elsewhere"]
)
def test_other_plates_and_other_passages_stay_apart(text: str, first: float) -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
    replays.end_showing("clip")
    assert replays.recognize(event("7", text, first, first + 1)).key == clip(7)


@pytest.mark.parametrize(("earlier", "kind"), [(True, EventKind.FINAL), (False, EventKind.WITHDRAWN)])
def test_what_an_earlier_showing_bore_out_is_not_withdrawn(earlier: bool, kind: EventKind) -> None:
    replays = Replays()
    if earlier:
        replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
        replays.end_showing("clip")
    replays.recognize(event("7", "AB12CDE", 1.0, 1.5, kind=EventKind.NEW))
    last = replays.recognize(event("7", "AB12CDE", 1.0, 2.0, revision=2, kind=EventKind.WITHDRAWN))
    assert last.kind is kind and (last.key in last.identity.gone) == (not earlier)


def test_one_earlier_visit_is_taken_up_by_one_track_only() -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
    replays.end_showing("clip")
    keys = [replays.recognize(event(number, "AB12CDE", 1.0, 2.0)).key for number in ("7", "8")]
    assert keys == [clip(1), clip(8)]


def test_absorbed_keys_are_those_that_were_shown() -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
    replays.end_showing("clip")
    replays.recognize(event("7", "AB12CDE", 1.0, 2.0, kind=EventKind.UPDATE))
    merged = replays.recognize(event("6", "XY99", 1.0, 2.0, absorbed=(clip(7),)))
    assert merged.identity.absorbed == (clip(1),)


def test_earlier_visits_are_kept_without_their_pictures() -> None:
    replays = Replays()
    replays.recognize(event("1", "AB12CDE", 1.0, 2.0))
    replays.end_showing("clip")
    assert all(item.event.evidence.frame.size == 0 for item in replays._earlier["clip"])
