import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.store import housekeeping
from app.store.errors import LogUnavailable
from app.store.housekeeping import Housekeeping
from app.store.search import Query
from app.store.store import Store
from tests.app.store.samples import entry, log_as_of

Keeper = Callable[..., list[str]]


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """Start the housekeeping of a store, hours passing in moments; gives what it tells."""
    monkeypatch.setattr(housekeeping, "_AGAIN_S", 0.01)
    monkeypatch.setattr(housekeeping, "_SOON_S", 0.01)
    started: list[Housekeeping] = []

    def start(store: Callable[[], Store | None]) -> list[str]:
        told: list[str] = []
        started.append(Housekeeping(store, 30, told.append).start())
        return told

    yield start
    for one in started:
        one.close()


def a_month_ago(store: Store, *plates: str) -> None:
    store.save([entry(plate, number) for number, plate in enumerate(plates)])
    log_as_of(store, datetime.now(UTC) - timedelta(days=31))


def until(reached: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not reached() and time.monotonic() < end:
        time.sleep(0.01)
    return reached()


def test_what_grows_too_old_while_a_camera_runs_goes(store: Store, keep: Keeper) -> None:
    a_month_ago(store, "OLD1", "OLD2")
    told = keep(lambda: store)
    assert until(lambda: told == ["2 reads logged more than 30 days ago were deleted (`log.keep_days`)."])
    a_month_ago(store, "OLD3")
    assert until(lambda: len(told) == 2 and told[1].startswith("1 read "))
    store.save([entry("NEW", 5)])
    assert [visit.plate for visit in store.each(Query())] == ["NEW"]


def test_a_log_that_opens_later_is_tidied_then(store: Store, keep: Keeper) -> None:
    a_month_ago(store, "OLD")
    opened: list[Store] = []
    told = keep(lambda: opened[0] if opened else None)
    time.sleep(0.05)
    opened.append(store)
    assert until(lambda: len(told) == 1)


def test_trouble_is_told_once_and_outlived(store: Store, keep: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    a_month_ago(store, "OLD")
    real, left = housekeeping.retain, [3]

    def retain(*given: object, **named: object) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise LogUnavailable("The disk is full.")
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(housekeeping, "retain", retain)
    told = keep(lambda: store)
    assert until(lambda: len(told) == 2)
    assert told[0] == "Reads older than 30 days could not be deleted now: The disk is full." and "1 read " in told[1]


def test_even_the_shortest_run_deletes_some(store: Store) -> None:
    a_month_ago(store, "OLD")
    told: list[str] = []
    one = Housekeeping(lambda: store, 30, told.append)
    one._ending.set()  # the run has ended before the thread had its first turn
    one.start().close()
    assert len(told) == 1 and store.count(Query()) == 0
