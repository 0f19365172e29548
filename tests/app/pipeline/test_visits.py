"""Which tracks are one visit: never two vehicles whose plates differ in a character."""

import pytest

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.tuning import Tuning
from app.pipeline.visits import same_plate
from app.pipeline.voting import Vote
from recognizer.readings import Reading
from tests.app.pipeline.made import says
from tests.app.pipeline.test_pipeline import parked, run

FLEET = ("KR4571A", "KR4572A", "KR4573A")


def vote(text: str, agreeing: int = 3, confidence: float = 0.985, weight: float = 3.0, whole: int = 9) -> Vote:
    return Vote(text, confidence, (confidence,) * len(text), (), agreeing, min(whole, agreeing), agreeing, 1.0, weight)


def last_of_each(events: list[PlateEvent]) -> dict[int, PlateEvent]:
    """The last event of each visit that stands at the end."""
    last = {event.key.number: event for event in events}
    gone = {key.number for event in events for key in event.identity.gone}
    return {number: event for number, event in last.items() if number not in gone}


def test_a_fleet_passing_two_seconds_apart_is_as_many_visits() -> None:
    script = [*parked(3), *[[]] * 20, *parked(3, x=220), *[[]] * 20, *parked(3, x=300)]
    events, _ = run(script, lambda i: says(FLEET[i // 3], 0.985), Tuning(settled_agreement=99))
    visits = last_of_each(events)
    assert sorted(event.text.plate for event in visits.values()) == list(FLEET)
    assert all(event.kind is EventKind.FINAL and event.text.merged == () for event in visits.values())


def test_a_poor_reading_of_the_same_plate_stays_one_visit_and_is_found_by_what_it_read() -> None:
    script = [*parked(6), *[[]] * 20, *parked(2, x=300)]
    events, _ = run(
        script, lambda i: says("KR4571A" if i < 6 else "KR4572A", 0.97 if i < 6 else 0.8), Tuning(settled_agreement=99)
    )
    (visit,) = last_of_each(events).values()
    assert visit.text.plate == "KR4571A" and visit.text.merged == ("KR4572A",)
    assert "KR4572A" in {other.text for other in visit.text.alternatives}
    assert all(other.confidence <= visit.text.confidence for other in visit.text.alternatives)
    assert visit.text.confidence + max(other.confidence for other in visit.text.alternatives) <= 1 + 1e-9


def test_a_track_whose_text_grows_sure_leaves_the_visit_it_had_joined() -> None:
    def reads(i: int) -> Reading:
        if i < 6:
            return says("KR4571A", 0.97)
        return says("KR4572A", 0.7 if i < 9 else 0.99)

    script = [*parked(6), *[[]] * 20, *parked(12, x=300)]
    events, _ = run(script, reads, Tuning(settled_agreement=99))
    visits = last_of_each(events)
    assert {number: event.text.plate for number, event in visits.items()} == {1: "KR4571A", 2: "KR4572A"}
    first = visits[1]
    assert (first.kind, first.text.merged, first.span.last_s) == (EventKind.FINAL, (), 0.5)
    assert [event.identity.revision for event in events if event.key.number == 1] == sorted(
        event.identity.revision for event in events if event.key.number == 1
    )


@pytest.mark.parametrize(
    ("weaker", "same"),
    [
        (vote("KR4572A", weight=1), False),
        (vote("KR4572A", agreeing=1, weight=1), True),
        (vote("KR4572A", confidence=0.7, weight=1), True),
        (vote("KR457IA", weight=1), True),
        (vote("KR457", weight=1), False),
        (vote("KR457", weight=1, whole=0), True),
        (vote("XY98765", agreeing=1, weight=1), False),
    ],
    ids=["sure", "one reading", "unsure", "look-alike", "a shorter plate", "cut off", "another"],
)
def test_only_a_poor_reading_is_taken_for_another_plates(weaker: Vote, same: bool) -> None:
    stronger = vote("KR4571A", agreeing=8, weight=8)
    assert same_plate(stronger, weaker) is same and same_plate(weaker, stronger) is same


def test_alternatives_are_kept_when_nothing_was_merged() -> None:
    reading = says("KR4571A", 0.9, ("KR4577A", 0.05))
    events, _ = run(parked(3), lambda _: reading)
    assert events[-1].text.alternatives and events[-1].text.merged == ()
