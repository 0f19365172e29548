from app.pipeline.events import EventKind
from app.store.hit_memory import HitMemory
from app.store.types import ALLOW, BLOCK
from app.store.watchlist import Hit, WatchEntry
from tests.app.made_events import key, made_event

STOLEN = Hit(WatchEntry(BLOCK, "AB123C", id=1), "AB123C", 0)
KNOWN = Hit(WatchEntry(ALLOW, "AB12?C", id=2), "AB123C", 0)


def test_a_hit_is_told_once_a_vehicle_and_entry() -> None:
    memory = HitMemory()
    first = made_event(1, kind=EventKind.NEW, agreeing=2)
    assert memory.take_untold(first, [STOLEN]) == (STOLEN,)
    assert memory.take_untold(made_event(1, revision=2), [STOLEN, KNOWN]) == (KNOWN,)
    assert memory.take_untold(made_event(2), [STOLEN]) == (STOLEN,), "another vehicle"


def test_a_vehicle_in_view_is_told_of_when_readings_agree_and_a_final_one_anyhow() -> None:
    memory = HitMemory()
    assert memory.take_untold(made_event(1, kind=EventKind.NEW, agreeing=1), [STOLEN]) == ()
    assert memory.take_untold(made_event(1, kind=EventKind.FINAL, agreeing=1, revision=2), [STOLEN]) == (STOLEN,)
    assert memory.take_untold(made_event(2, kind=EventKind.NEW, agreeing=1, is_still=True), [STOLEN]) == (STOLEN,)


def test_what_was_told_before_the_program_started_is_not_told_again() -> None:
    memory = HitMemory()
    memory.count_as_told(key(1), [STOLEN])
    assert memory.take_untold(made_event(1), [STOLEN, KNOWN]) == (KNOWN,)
