import pytest

from app.pipeline.events import EventKind
from app.pipeline.ledger import Ledger, LedgerChange, LedgerEntry
from tests.app.made_events import key, made_event


def told(entries: tuple[LedgerEntry, ...]) -> list[tuple[LedgerChange, int]]:
    return [(entry.change, entry.key.number) for entry in entries]


def test_a_visit_is_new_then_changed_then_final() -> None:
    ledger = Ledger()
    kinds = (EventKind.NEW, EventKind.UPDATE, EventKind.FINAL)
    changes = [ledger.apply(made_event(1, kind=kind, revision=at)) for at, kind in enumerate(kinds, 1)]
    assert [entry.change for (entry,) in changes] == [LedgerChange.NEW, LedgerChange.CHANGED, LedgerChange.FINAL]
    assert [entry.first for (entry,) in changes] == [True, False, False]


def test_an_outdated_event_changes_nothing() -> None:
    ledger = Ledger()
    ledger.apply(made_event(1, "NEWER", revision=3))
    assert ledger.apply(made_event(1, "OLDER", revision=2, absorbed=(key(2),))) == ()
    assert [event.text.plate for event in ledger] == ["NEWER"]


def test_an_event_of_the_same_revision_stands_in_for_the_one_before() -> None:
    ledger = Ledger()
    ledger.apply(made_event(1, "FIRST"))
    ledger.apply(made_event(1, "AGAIN"))
    held = ledger.get(key(1))
    assert held is not None and held.text.plate == "AGAIN"


def test_absorbed_visits_go_before_the_one_that_absorbs_them_is_told() -> None:
    ledger = Ledger()
    ledger.apply_all([made_event(1), made_event(2), made_event(3)])
    entries = ledger.apply(made_event(3, revision=2, kind=EventKind.UPDATE, absorbed=(key(1), key(9))))
    assert told(entries) == [(LedgerChange.WITHDRAWN, 1), (LedgerChange.CHANGED, 3)]
    assert {event.key.number for event in ledger} == {2, 3}


def test_what_is_withdrawn_goes_with_all_that_it_absorbed() -> None:
    ledger = Ledger()
    ledger.apply_all([made_event(1), made_event(2)])
    entries = ledger.apply(made_event(2, kind=EventKind.WITHDRAWN, revision=2, absorbed=(key(1),)))
    assert told(entries) == [(LedgerChange.WITHDRAWN, 1), (LedgerChange.WITHDRAWN, 2)]
    assert len(ledger) == 0 and key(2) not in ledger


def test_what_was_never_told_is_not_withdrawn() -> None:
    assert Ledger().apply(made_event(1, kind=EventKind.WITHDRAWN)) == ()


def test_a_first_event_may_be_final() -> None:
    (entry,) = Ledger().apply(made_event(1))
    assert (entry.change, entry.first) == (LedgerChange.FINAL, True)


def test_visits_are_listed_in_the_order_in_which_the_vehicles_came() -> None:
    ledger = Ledger()
    ledger.apply_all([made_event(2, first_s=4.0, last_s=5.0), made_event(10, first_s=1.0), made_event(9, first_s=1.0)])
    assert [event.key.number for event in ledger.in_order()] == [9, 10, 2]


@pytest.mark.parametrize(("before_s", "taken"), [(2.0, []), (2.5, [1]), (99.0, [1, 2])])
def test_only_final_visits_are_taken_out(before_s: float, taken: list[int]) -> None:
    ledger = Ledger()
    ledger.apply_all([made_event(1, last_s=2.0), made_event(2, last_s=9.0), made_event(3, kind=EventKind.NEW)])
    assert [event.key.number for event in ledger.take_final(before_s)] == taken
    assert len(ledger) == 3 - len(taken)
