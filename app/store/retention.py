"""Forgetting: what was logged more than so many days ago, and every trace of one plate."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.store.database import Database
from app.store.deletion import delete_unused_sources, delete_visits
from app.store.errors import LogError, LogUnavailable
from app.store.rows import source_digest, to_us
from app.store.saving import Saving, get_visit
from app.store.schema import KIND_ALTERNATIVE, SOURCE, SPELLING, VISIT, WATCH
from app.store.spelling import compact
from app.store.store import Store

_MOST_DAYS = 36_500
_AT_ONCE = 500  # visits in one transaction, so that the writer gets its turn in between
_MASK = "***"
_NEIGHBOURS = timedelta(days=1)  # a later revision may move a visit's first time past midnight, not its pictures
_ORPHAN_AGE = timedelta(days=1)  # a younger picture may belong to a visit that is just being saved


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted, or would be: visits, pictures, bytes of pictures, and what else held a purged plate.

    unsearched: damaged stores set aside beside the log, which may hold a purged plate still.
    """

    visits: int = 0
    pictures: int = 0
    picture_bytes: int = 0
    alternatives: int = 0
    watch_entries: int = 0
    notes: int = 0
    sources: int = 0
    unsearched: tuple[Path, ...] = ()


def retain(
    store: Store,
    days: float,
    dry_run: bool = False,
    now: datetime | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Forgotten:
    """Delete visits first saved more than days ago, with their pictures; a dry run only counts.

    When they were seen does not matter: a recording may be years old when it is read. Pictures that no visit
    names (a killed writer's) go as well. The space is given back to the disk. Once enough() is true, no further few
    hundred visits are begun and no further day of pictures: the next call goes on there.
    """
    if not 0 <= days <= _MOST_DAYS:  # written as "not inside", so that nan fails too
        raise LogError(f"Visits are kept for a number of days from 0 to {_MOST_DAYS}, not {days}.")
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    old = sa.select(VISIT.c.id).where(VISIT.c.saved_us < to_us(before)).order_by(VISIT.c.saved_us, VISIT.c.id)
    total = Forgotten()
    with store.database.reading() as connection:
        ids = list(connection.execute(old).scalars())
    for batch in _batches(ids):
        total = _plus(total, _count(store, batch) if dry_run else _delete(store, batch))
        if enough():
            break
    orphans = list(_orphans(store, min(before, datetime.now(UTC) - _ORPHAN_AGE), enough))
    orphan_bytes = store.pictures.size(orphans)
    if not dry_run:
        store.pictures.remove(orphans)
        with store.database.writing() as connection:
            delete_unused_sources(connection)
        store.database.give_back_space()
    return _plus(total, Forgotten(pictures=len(orphans), picture_bytes=orphan_bytes))


def purge(store: Store, plate: str, dry_run: bool = False) -> Forgotten:
    """Remove every trace of a plate: visits, alternatives, pictures, watch entries, notes, sources named after it.

    Case and separators do not count; look-alikes do, since they are other plates. Deleted pictures and pages are
    overwritten, and the database is written anew. Raises LogUnavailable if a reader elsewhere keeps old pages alive:
    the rows are gone by then; close the reader and purge again. A database other than SQLite frees its pages itself.
    """
    wanted = compact(plate)
    if not wanted:
        raise LogError(f"'{plate}' holds no letter or digit: give the plate to be removed, without wildcards.")
    with store.database.reading() as connection:
        spelt = sa.select(SPELLING.c.visit_id).where(SPELLING.c.compact == wanted)
        visits = list(connection.execute(spelt.where(SPELLING.c.kind != KIND_ALTERNATIVE).distinct()).scalars())
        guessed = set(connection.execute(spelt.where(SPELLING.c.kind == KIND_ALTERNATIVE).distinct()).scalars())
    guessed -= set(visits)
    if dry_run:
        return _plus(_count(store, visits), Forgotten(alternatives=len(guessed)))
    total = Forgotten()
    for batch in _batches(visits):
        total = _plus(total, _delete(store, batch, overwrite=True))
    with store.database.writing() as connection:
        _drop_guesses(connection, sorted(guessed), wanted)
        delete_unused_sources(connection)
        rest = Forgotten(
            alternatives=len(guessed),
            notes=_mask_notes(connection, wanted),
            sources=_mask_sources(connection, wanted),
        )
    watched = [entry.id for entry in store.watch.entries() if compact(entry.plate) == wanted]
    rest = _plus(rest, Forgotten(watch_entries=store.watch.remove_ids(number for number in watched if number)))
    total = _plus(total, Forgotten(pictures=_sweep(store), unsearched=tuple(store.set_aside_before())))
    _wipe(store.database)
    return _plus(total, rest)


def _sweep(store: Store) -> int:
    """Overwrite pictures that no visit names, as a killed writer leaves them: nothing says what they show.

    Beside a store that was set aside they may be that one's, and stay with it.
    """
    if store.set_aside_before():
        return 0
    with store.between_saves():
        return store.pictures.remove(list(_orphans(store, datetime.now(UTC))), overwrite=True)


def _wipe(database: Database) -> None:
    """Write an SQLite store anew without its free pages, and empty its write-ahead log."""
    if database.place.file is not None:
        folder = str(database.place.file.parent).replace("'", "''")
        # in a file beside the log, gone when it is done: in memory it would take as much as the log itself
        beside = (f"PRAGMA temp_store_directory='{folder}'", "PRAGMA temp_store=FILE")
        back = ("PRAGMA temp_store=MEMORY", "PRAGMA temp_store_directory=''")
        database.maintain("PRAGMA wal_checkpoint(TRUNCATE)", *beside, "VACUUM", *back)
    result = database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    if result and result[0][0]:
        raise LogUnavailable(
            f"The rows are deleted, but another reader of {database.place.name} keeps old pages alive. "
            "Close other windows on this log and purge again."
        )


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _count(store: Store, ids: list[int]) -> Forgotten:
    names = _pictures(store, ids)
    return Forgotten(len(ids), len(names), store.pictures.size(names))


def _delete(store: Store, ids: list[int], overwrite: bool = False) -> Forgotten:
    """Delete visits and pictures; to overwrite is to purge, and then pictures go first, so that it can be repeated."""
    counted = _count(store, ids)
    if overwrite:
        store.pictures.remove(_pictures(store, ids), overwrite)
    with store.database.writing() as connection:
        pictures = delete_visits(connection, ids)
    store.pictures.remove(pictures)
    return counted


def _pictures(store: Store, ids: list[int]) -> list[str]:
    names: list[str] = []
    with store.database.reading() as connection:
        for batch in _batches(ids):
            query = sa.select(VISIT.c.crop, VISIT.c.frame).where(VISIT.c.id.in_(batch))
            names += [name for row in connection.execute(query) for name in row if name]
    return names


def _orphans(store: Store, before: datetime, enough: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Give pictures older than before that no visit names, until enough() is true."""
    limit = before.timestamp()
    for day, present in store.pictures.days():
        if enough():
            return
        near = VISIT.c.first_us.between(to_us(day - _NEIGHBOURS), to_us(day + 2 * _NEIGHBOURS))
        names = set(present)
        with store.database.reading() as connection:
            for row in connection.execute(sa.select(VISIT.c.crop, VISIT.c.frame).where(near)):
                names.difference_update(row)
        for name in sorted(names):
            with suppress(OSError):
                if store.pictures.path(name).stat().st_mtime < limit:
                    yield name


def _drop_guesses(connection: sa.Connection, ids: list[int], wanted: str) -> None:
    """Take a plate out of the alternatives of other vehicles' visits, which stay."""
    saving = Saving(connection)
    for visit_id in ids:
        visit = get_visit(connection, visit_id)
        saving.respell(visit, tuple(guess for guess in visit.alternatives if compact(guess.text) != wanted))


def _mask_notes(connection: sa.Connection, wanted: str) -> int:
    rows = connection.execute(sa.select(VISIT.c.id, VISIT.c.note).where(VISIT.c.note != "")).all()
    masked = [(row.id, text) for row in rows if (text := _mask(row.note, wanted)) != row.note]
    for visit_id, text in masked:
        connection.execute(sa.update(VISIT).where(VISIT.c.id == visit_id).values(note=text))
    for row in connection.execute(sa.select(WATCH.c.id, WATCH.c.note).where(WATCH.c.note != "")).all():
        if (text := _mask(row.note, wanted)) != row.note:
            connection.execute(sa.update(WATCH).where(WATCH.c.id == row.id).values(note=text))
            masked.append((row.id, text))
    return len(masked)


def _mask_sources(connection: sa.Connection, wanted: str) -> int:
    """Mask a plate in the names of sources that other visits still need; one that nothing needs is gone already."""
    count = 0
    for row in connection.execute(sa.select(SOURCE.c.id, SOURCE.c.name)).all():
        if (name := _mask(row.name, wanted)) != row.name:
            name = f"{name} ({row.id})"  # two names may become the same
            values = {"name": name, "digest": source_digest(name)}
            connection.execute(sa.update(SOURCE).where(SOURCE.c.id == row.id).values(values))
            count += 1
    return count


def _mask(text: str, wanted: str) -> str:
    """Replace a plate in free text, however it is spaced, by ***."""
    kept = [(index, character) for index, character in enumerate(text) if character.isalnum()]
    joined = "".join(compact(character)[:1] or " " for _, character in kept)
    pieces, done, start = [], 0, joined.find(wanted)
    while start >= 0:
        first, last = kept[start][0], kept[start + len(wanted) - 1][0]
        pieces += [text[done:first], _MASK]
        done, start = last + 1, joined.find(wanted, start + len(wanted))
    return "".join([*pieces, text[done:]])


def _plus(a: Forgotten, b: Forgotten) -> Forgotten:
    return Forgotten(
        a.visits + b.visits,
        a.pictures + b.pictures,
        a.picture_bytes + b.picture_bytes,
        a.alternatives + b.alternatives,
        a.watch_entries + b.watch_entries,
        a.notes + b.notes,
        a.sources + b.sources,
        a.unsearched + b.unsearched,
    )
