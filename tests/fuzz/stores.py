"""The log's database, damaged: it is read, set aside, or refused by name."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import put, refusal


def _log_seeds(folder: Path) -> list[bytes]:
    from app.platelog.store import Store
    from app.platelog.types import Entry
    from app.platelog.watchlist import WatchEntry
    from tests.app.platelog.log_samples import log_as_of, made

    with Store.open(folder / "seed.sqlite3") as store:
        store.save([Entry(made(f"AB{number}CDE", number)) for number in range(12)])
        store.watch.add(WatchEntry("block", "AB*", 1, True, "Mon-Fri 08:00-18:00", "stolen"))
        log_as_of(store)
        store.correct(3, "XY1", "a note")
        store.database.maintain("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    return [(folder / "seed.sqlite3").read_bytes()]


def _feed_log(data: bytes, folder: Path) -> bool:
    from app.platelog import database
    from app.platelog.errors import LogError
    from app.platelog.retention import retain
    from app.platelog.search import Query
    from app.platelog.store import Store
    from app.platelog.types import Entry
    from tests.app.platelog.log_samples import NOON, made

    database._WRITER_PRAGMAS = tuple(pragma.replace("FULL", "OFF") for pragma in database._WRITER_PRAGMAS)  # quick
    shutil.rmtree(folder / "log", ignore_errors=True)
    (folder / "log").mkdir()
    path = put(folder, "log/l.sqlite3", data)
    with refusal(path, LogError) as good, Store.open(path, read_only=True) as store:
        list(store.each(Query()))
        store.count(Query("AB?CDE"))
        store.watch.entries()
    with refusal(path, LogError), Store.open(path) as store:
        for query in (Query(), Query("*1C*"), Query(source="ga*", list_name="block")):
            list(store.each(query))
        store.watch.match("AB1CDE", NOON)
        store.save([Entry(made("NEW", 99))])
        retain(store, 1, now=NOON + timedelta(days=1, seconds=4))
        good[:] = good if not store.notices else []
    return bool(good)


TARGETS: Sequence[Target] = (Target("log", _log_seeds, _feed_log, native=True, quick=300),)
