"""The log's database, damaged: it is read, set aside, or refused by name."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import put, taken

if TYPE_CHECKING:
    from app.store.database import Database
    from app.store.store import Store

_WHOLE_WAY = 40  # one of so many goes it: opening and setting aside takes twenty times as long as the rest


def _log_seeds(folder: Path) -> list[bytes]:
    from app.store.store import Store
    from app.store.types import Entry
    from app.store.watchlist import WatchEntry
    from tests.app.store.samples import log_as_of, made

    with Store.open(folder / "seed.sqlite3") as store:
        store.save([Entry(made(f"AB{number}CDE", number)) for number in range(12)])
        store.watch.add(WatchEntry("block", "AB*", 1, True, "Mon-Fri 08:00-18:00", "stolen"))
        log_as_of(store)
        store.correct(3, "XY1", "a note")
        store.database.maintain("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    return [(folder / "seed.sqlite3").read_bytes()]


def _feed_log(data: bytes, folder: Path) -> bool:
    """Read it as one that only reads does, unchecked as a large log is, then as the one that writes it."""
    from app.store import database
    from app.store.errors import LogError

    database._WRITER_PRAGMAS = tuple(pragma.replace("FULL", "OFF") for pragma in database._WRITER_PRAGMAS)  # quick
    shutil.rmtree(folder / "log", ignore_errors=True)
    (folder / "log").mkdir()
    path = put(folder, "log/l.sqlite3", data)
    steps = (_opened_to_read, _opened) if crc32(data) % _WHOLE_WAY == 0 else (_read, _checked_and_written)
    went_well = [taken(path, step, LogError) for step in steps]  # the second whatever the first said
    return all(went_well)


def _opened_to_read(path: Path) -> None:
    from app.store.store import Store

    with Store.open(path, read_only=True) as store:
        _search(store)


def _opened(path: Path) -> None:
    from app.store.errors import LogCorrupt
    from app.store.store import Store

    with Store.open(path) as store:
        _write(store)
        if store.notices:
            raise LogCorrupt(store.notices[0])


def _read(path: Path) -> None:
    from app.store import migrations
    from app.store.store import Store

    with closing(_database(path, read_only=True)) as database:
        migrations.check(database)
        _search(Store(database, None))


def _checked_and_written(path: Path) -> None:
    from app.store import migrations, store

    with closing(_database(path, read_only=False)) as database:
        store._verify(database, thoroughly=True)
        migrations.migrate(database)
        _write(store.Store(database, None))


@cache
def _database(path: Path, read_only: bool) -> "Database":
    """The same engines over whatever lies at path: they connect anew after close(), with their statements ready."""
    from app.store.database import Database
    from app.store.location import locate

    return Database(locate(path), read_only)


def _search(store: "Store") -> None:
    from app.store import export
    from app.store.search import Query

    assert store.place.file is not None
    export.to_csv(store.each(Query()), store.place.file.with_name("out.csv"))
    store.count(Query("AB?CDE"))
    store.watch.entries()


def _write(store: "Store") -> None:
    from app.store.retention import retain
    from app.store.search import Query
    from app.store.types import Entry
    from tests.app.store.samples import NOON, made

    for query in (Query(), Query("*1C*"), Query(source="ga*", list_name="block")):
        list(store.each(query))
    store.watch.match("AB1CDE", NOON)
    store.save([Entry(made("NEW", 99))])
    retain(store, 1, now=NOON + timedelta(days=1, seconds=4))


TARGETS: Sequence[Target] = (Target("log", _log_seeds, _feed_log, native=True),)
