from concurrent.futures import Future

import pytest

from app.pipeline.events import EventKind, PlateEvent
from app.records import Record, record_of
from app.store.open_visits import REVISED_EVERY_S, Action, OpenVisits
from tests.app.made_events import changed, key, made_event

WRITE, NOTHING, WITHDRAW = Action.WRITE, Action.NOTHING, Action.WITHDRAW


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visits(clock: Clock) -> OpenVisits:
    return OpenVisits(clock)


def new(revision: int = 1, **parts: object) -> PlateEvent:
    kind = EventKind.NEW if revision == 1 else EventKind.UPDATE
    return changed(made_event(1, "AB12CDE", kind, revision), **parts)


def act(visits: OpenVisits, event: PlateEvent, list_name: str = "", hold: bool = False) -> Action:
    return visits.decide(event, record_of(event, "run", list_name), hold).action


def test_a_visit_is_written_at_once_and_then_once_a_minute(visits: OpenVisits, clock: Clock) -> None:
    assert act(visits, new()) is WRITE
    written = 0
    for second in range(1, 601):
        clock.now += 1
        written += act(visits, new(1 + second)) is WRITE
    assert written == 600 // REVISED_EVERY_S


@pytest.mark.parametrize(("parts", "list_name"), [({"plate": "AB12CDF"}, ""), ({}, "block")], ids=["plate", "list"])
def test_another_plate_or_list_is_written_at_once(visits: OpenVisits, parts: dict[str, object], list_name: str) -> None:
    act(visits, new())
    assert act(visits, new(2)) is NOTHING
    assert act(visits, new(3, **parts), list_name) is WRITE


def test_the_end_is_written_whenever_it_comes(visits: OpenVisits) -> None:
    act(visits, new())
    assert act(visits, made_event(1, revision=2)) is WRITE
    assert act(visits, made_event(2)) is WRITE, "a visit may begin with its end"


def test_what_was_left_out_is_due_after_a_minute(visits: OpenVisits, clock: Clock) -> None:
    act(visits, new())
    clock.now += 1
    act(visits, new(2, last_s=9.0))
    assert visits.take_due() == []
    clock.now += REVISED_EVERY_S
    assert [record.last_s for record in visits.take_due()] == [9.0]
    assert visits.take_due() == []
    clock.now += REVISED_EVERY_S
    assert visits.take_due() == [], "nothing new has come"


def test_while_the_log_cannot_be_written_a_new_visit_waits_and_its_end_does_not(
    visits: OpenVisits, clock: Clock
) -> None:
    assert act(visits, new(), hold=True) is NOTHING
    assert act(visits, new(2, plate="AB12CDF"), hold=True) is NOTHING
    assert [record.plate for record in visits.take_due()] == ["AB12CDF"], "once it can be written, at once"
    assert act(visits, made_event(1, revision=3), hold=True) is WRITE


def test_only_what_was_told_is_withdrawn(visits: OpenVisits) -> None:
    gone = made_event(1, kind=EventKind.WITHDRAWN, revision=2)
    assert act(visits, gone) is NOTHING
    act(visits, new())
    assert act(visits, gone) is WITHDRAW
    act(visits, new())
    other = made_event(2, kind=EventKind.WITHDRAWN, absorbed=(key(1),))
    assert act(visits, other) is WITHDRAW, "it had absorbed one that was told"


def test_a_visit_that_absorbs_another_is_written_at_once(visits: OpenVisits) -> None:
    act(visits, new())
    act(visits, made_event(2, kind=EventKind.NEW))
    assert act(visits, made_event(2, kind=EventKind.UPDATE, revision=2, absorbed=(key(1),))) is WRITE


@pytest.mark.parametrize(
    ("crop", "frame", "again"), [("c.jpg", 7, False), ("", 7, True), ("c.jpg", 8, True)],
    ids=["the same", "not kept", "a better frame"],
)  # fmt: skip
def test_images_are_written_again_only_where_they_are_not_there_or_others(
    visits: OpenVisits, crop: str, frame: int, again: bool
) -> None:
    event = new()
    decision = visits.decide(event, record_of(event))
    assert decision.with_images
    answer: Future[Record] = Future()
    visits.note_answer(event.key, answer)
    changed_text = new(2, plate="AB12CDF")
    assert visits.decide(changed_text, record_of(changed_text)).with_images, "nobody knows yet whether they are kept"
    visits.note_answer(event.key, answer)
    answer.set_result(Record("AB12CDE", "gate", event.span.first_time, event.span.last_time, crop=crop))
    final = made_event(1, revision=3, frame_index=frame)
    assert visits.decide(final, record_of(final)).with_images is again
