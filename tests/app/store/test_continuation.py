from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.types import WallClock
from app.store.errors import LogError
from app.store.journal import Alarm, Journal, open_journal
from app.store.search import Query
from app.store.store import Store
from app.store.watchlist import WatchEntry
from detector.types import Box
from tests.app.made_events import WALL, changed, key, made_event

WAIT = 20.0
HERE, THERE = Box(100, 100, 180, 120), Box(300, 100, 380, 120)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite3"


@pytest.fixture
def alarms() -> list[Alarm]:
    return []


@pytest.fixture
def started_again(log: Path, alarms: list[Alarm]) -> Iterator[Journal]:
    """A log in which a car stood at noon, opened again."""
    first = open_journal(log)
    assert first.store is not None
    first.store.watch.add(WatchEntry("block", "AB12CDE"))
    standing(first)
    first.flush(WAIT)
    first.store.close()  # as a kill leaves it: nothing was final
    again = open_journal(log, on_alarm=alarms.append)
    yield again
    again.close()


def standing(journal: Journal) -> None:
    journal.record_event(made_event(7, "AB12CDE", EventKind.NEW, 3, first_s=500.0, box=HERE))


def seen(minutes: float = 5, **parts: object) -> PlateEvent:
    """The same car as the program sees it after so many minutes."""
    when = WALL + timedelta(minutes=minutes)
    car = made_event(1, "AB12CDE", EventKind.NEW, first_s=2.0, first_time=when, last_time=when, box=HERE)
    return changed(car, **parts)


def visits(journal: Journal) -> list[tuple[str, bool]]:
    assert journal.flush(WAIT) and journal.store is not None
    return [(visit.track, visit.closed) for visit in journal.store.each(Query())]


def test_a_visit_that_was_left_open_is_closed_at_the_next_start(started_again: Journal) -> None:
    assert visits(started_again) == [("7", True)]


def test_a_car_that_is_still_there_goes_on_as_the_same_visit(started_again: Journal, alarms: list[Alarm]) -> None:
    first = started_again.record_event(seen())
    assert first.answer is not None
    kept = first.answer.result(WAIT)
    assert (kept.track, kept.first_time, kept.closed) == ("7", WALL, False)
    assert visits(started_again) == [("7", False)]
    leaving = changed(seen(90), kind=EventKind.FINAL, revision=2)
    last = started_again.record_event(leaving).answer
    assert last is not None and last.result(WAIT).last_time == leaving.span.last_time
    assert visits(started_again) == [("7", True)]
    assert alarms == [], "it was told of before"


@pytest.mark.parametrize(
    "other",
    [
        seen(plate="XY98ZZZ"),
        seen(box=THERE),
        seen(minutes=25 * 60),
        seen(first_s=45.0),
        seen(clock=WallClock.CONTAINER),
        changed(seen(), track=key(1, "yard")),
    ],
    ids=["another plate", "elsewhere", "days later", "it came later", "a recording", "another source"],
)
def test_what_is_not_still_there_is_another_visit(started_again: Journal, other: PlateEvent) -> None:
    started_again.record_event(other)
    assert sorted(visits(started_again)) == [("1", False), ("7", True)]


def test_a_car_that_moves_while_the_program_starts_is_the_same_visit(started_again: Journal) -> None:
    started_again.record_event(seen(minutes=0.2, box=THERE))
    assert visits(started_again) == [("7", False)]


def test_one_visit_goes_on_once(started_again: Journal) -> None:
    started_again.record_event(seen())
    started_again.record_event(changed(seen(), track=key(2)))
    assert sorted(visits(started_again)) == [("2", False), ("7", False)]


def test_a_track_that_absorbs_the_one_that_goes_on_goes_on_itself(started_again: Journal) -> None:
    started_again.record_event(changed(seen(), track=key(2), plate="A812CDE", first_s=40.0))
    started_again.record_event(seen())
    merged = changed(seen(), track=key(2), kind=EventKind.UPDATE, revision=2, absorbed=(key(1),))
    started_again.record_event(merged)
    assert visits(started_again) == [("7", False)]


def test_what_turns_out_to_be_none_leaves_the_earlier_visit_as_it_was(started_again: Journal) -> None:
    started_again.record_event(seen())
    started_again.record_event(changed(seen(), kind=EventKind.WITHDRAWN, revision=2))
    assert visits(started_again) == [("7", True)]


def test_a_log_that_cannot_be_asked_costs_the_earlier_visit_alone(
    started_again: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(*_: object, **__: object) -> object:
        raise LogError("cannot be read")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "page", page)
        started_again.record_event(seen())
    assert sorted(visits(started_again)) == [("1", False), ("7", True)]
