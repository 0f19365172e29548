"""Watch lists: plates to be told of (block) and plates that are known (allow)."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.config.wording import counted
from app.store.database import Database
from app.store.errors import LogError, NotFound
from app.store.hours import ActiveHours, parse_hours
from app.store.rows import as_written, storable
from app.store.schema import WATCH, WATCH_CHANGES
from app.store.spelling import (
    ANY_ONE,
    ANY_RUN,
    compact,
    fold_compact,
    has_wildcard,
    pattern,
    pattern_distance,
    unreadable,
)
from app.store.types import BLOCK, LISTS

MAX_TOLERANCE = 4
_LOOK_EVERY_S = 1.0  # so that a change by another process counts within two seconds
_CHANGES = sa.select(WATCH_CHANGES.c.changes)


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One line of a watch list.

    plate: a plate or a pattern with * and ?. tolerance: characters that may be wrong, missing or too many.
    look_alikes: O is 0, I is 1, B is 8 and so on. hours: when it counts, empty for always (see hours.py).
    Raises LogError for values that make no sense.
    """

    list_name: str
    plate: str
    tolerance: int = 0
    look_alikes: bool = True
    hours: str = ""
    note: str = ""
    id: int | None = None
    active: ActiveHours = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.list_name not in LISTS:
            raise LogError(f"'{self.list_name}' is no watch list: use {' or '.join(LISTS)}.")
        shape = pattern(self.plate)
        letters = len(shape.replace(ANY_RUN, "").replace(ANY_ONE, ""))
        if not shape:
            raise LogError(f"'{self.plate}' holds no letter, digit or wildcard: give a plate or a pattern.")
        if not 0 <= self.tolerance <= MAX_TOLERANCE:
            raise LogError(f"A tolerance is 0 to {MAX_TOLERANCE} characters, not {self.tolerance} ('{self.plate}').")
        if self.id is None:  # an entry that the log has stays as it is
            _check_readable(self.plate, shape, self.look_alikes)
        if self.tolerance and self.tolerance >= letters:
            some = counted(self.tolerance, "character")
            raise LogError(f"With {some} of tolerance '{self.plate}' matches any plate: lower it.")
        try:
            object.__setattr__(self, "active", parse_hours(self.hours))
        except ValueError as error:
            raise LogError(f"Hours of '{self.plate}': {error}") from error


@dataclass(frozen=True, slots=True)
class Hit:
    """A plate that an entry covers; distance: characters that differ."""

    entry: WatchEntry
    plate: str
    distance: int


class WatchBook:
    """Entries made ready for matching: whole plates by look-up, the others one by one."""

    def __init__(self, entries: Iterable[WatchEntry]) -> None:
        self.entries = tuple(entries)
        self._whole: dict[tuple[bool, str], list[WatchEntry]] = defaultdict(list)
        self._others: list[tuple[WatchEntry, str]] = []
        for entry in self.entries:
            if entry.tolerance or has_wildcard(entry.plate):
                self._others.append((entry, pattern(entry.plate, entry.look_alikes)))
            else:
                text = fold_compact(entry.plate) if entry.look_alikes else compact(entry.plate)
                self._whole[entry.look_alikes, text].append(entry)

    def match(self, plate: str, when: datetime) -> list[Hit]:
        """Return the entries that cover a plate at a time: block before allow, then the nearest first."""
        exact, folded = compact(plate), fold_compact(plate)
        if not exact:
            return []
        whole = (*self._whole.get((False, exact), ()), *self._whole.get((True, folded), ()))
        hits = [Hit(entry, plate, 0) for entry in whole]
        for entry, shape in self._others:
            apart = pattern_distance(shape, folded if entry.look_alikes else exact, entry.tolerance)
            if apart is not None:
                hits.append(Hit(entry, plate, apart))
        active = [hit for hit in hits if hit.entry.active.covers(when)]
        return sorted(active, key=lambda hit: (hit.entry.list_name != BLOCK, hit.distance))

    def list_of(self, plate: str, when: datetime) -> str:
        """Return the list of the best hit, or an empty text."""
        hits = self.match(plate, when)
        return hits[0].entry.list_name if hits else ""


class WatchTable:
    """The watch lists of a store, with a WatchBook kept up to date for matching.

    Other processes may change the lists: each change is counted in the store, and the count is looked at once a second.
    """

    def __init__(self, database: Callable[[], Database], clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._book: WatchBook | None = None
        self._version = 0
        self._looked_s = float("-inf")
        self._lock = threading.Lock()

    def book(self) -> WatchBook:
        """Return the present lists, ready for matching."""
        with self._lock:
            return self._up_to_date()

    def version(self) -> int:
        """Return a number that is another after each change of the lists, by whomever. Raises LogError."""
        with self._lock:
            self._up_to_date()
            return self._version

    def _up_to_date(self) -> WatchBook:
        """Return the lists, read again where they have changed; as they were where the store cannot be asked now."""
        now = self._clock()
        if self._book is not None and now - self._looked_s < _LOOK_EVERY_S:
            return self._book
        try:
            version, entries = self._read(self._version if self._book is not None else None)
        except LogError:
            if self._book is None:
                raise
            self._looked_s = now
            return self._book
        if self._book is None or entries is not None:
            self._book = WatchBook(entries or ())
        self._version, self._looked_s = version, now
        return self._book

    def entries(self, list_name: str = "") -> list[WatchEntry]:
        """Return all entries, or those of one list, oldest first."""
        return [entry for entry in self.book().entries if list_name in ("", entry.list_name)]

    def match(self, plate: str, when: datetime) -> list[Hit]:
        """Return the entries that cover a plate at a time: block before allow, then the nearest first."""
        return self.book().match(plate, when)

    def match_any(self, plates: Iterable[str], when: datetime) -> tuple[Hit, ...]:
        """Return the entries that cover any of a vehicle's texts, each once: block first, then the nearest."""
        book = self.book()
        hits: dict[int | None, Hit] = {}
        for hit in (hit for plate in plates for hit in book.match(plate, when)):
            held = hits.get(hit.entry.id)
            if held is None or hit.distance < held.distance:
                hits[hit.entry.id] = hit
        return tuple(sorted(hits.values(), key=lambda hit: (hit.entry.list_name != BLOCK, hit.distance)))

    def list_of(self, plate: str, when: datetime) -> str:
        """Return the list of the best hit, or an empty text."""
        return self.book().list_of(plate, when)

    def add(self, *entries: WatchEntry) -> int:
        """Add entries and return how many are new; one with the same list, plate and hours is replaced."""
        with self._database().writing() as connection:
            known = {_same(entry): entry.id for entry in self._rows(connection)}
            before = len(known)
            for entry in entries:
                if (old := known.get(_same(entry))) is not None:
                    connection.execute(sa.update(WATCH).where(WATCH.c.id == old).values(_values(entry)))
                else:
                    result = connection.execute(sa.insert(WATCH).values(_values(entry)))
                    assert result.inserted_primary_key is not None
                    known[_same(entry)] = result.inserted_primary_key[0]
            _count_change(connection)
        self.forget()
        return len(known) - before

    def change(self, entry_id: int, entry: WatchEntry) -> WatchEntry:
        """Replace an entry by another and return it with its id. Raises NotFound."""
        with self._database().writing() as connection:
            result = connection.execute(sa.update(WATCH).where(WATCH.c.id == entry_id).values(_values(entry)))
            if not result.rowcount:
                raise NotFound(f"There is no watch-list entry number {entry_id}.")
            _count_change(connection)
        self.forget()
        return replace(entry, id=entry_id)

    def remove(self, plate: str, list_name: str = "") -> int:
        """Remove the entries of this very plate or pattern, of one list or all, and return how many."""
        wanted = pattern(plate)
        doomed = [entry.id for entry in self.entries(list_name) if pattern(entry.plate) == wanted]
        return self.remove_ids([number for number in doomed if number is not None])

    def remove_ids(self, entry_ids: Iterable[int]) -> int:
        """Remove entries by their ids and return how many were there."""
        removed = 0
        with self._database().writing() as connection:
            for entry_id in entry_ids:
                removed += connection.execute(sa.delete(WATCH).where(WATCH.c.id == entry_id)).rowcount
            _count_change(connection)
        self.forget()
        return removed

    def write_again(self) -> None:
        """Write the lists known in memory into a store that was begun anew."""
        with self._lock:
            known = self._book.entries if self._book is not None else ()
        if known:
            self.add(*known)

    def forget(self) -> None:
        """Read the lists again at next use."""
        with self._lock:
            self._book = None

    def _read(self, known: int | None) -> tuple[int, list[WatchEntry] | None]:
        """Return the count of changes, and the entries where it is another than the known one."""
        with self._database().reading() as connection:
            version = int(connection.execute(_CHANGES).scalar() or 0)
            return version, None if version == known else self._rows(connection)

    def _rows(self, connection: sa.Connection) -> list[WatchEntry]:
        rows = connection.execute(sa.select(WATCH).order_by(WATCH.c.id)).mappings()
        with as_written():
            return [
                WatchEntry(
                    row["list_name"],
                    row["plate"],
                    row["tolerance"],
                    bool(row["look_alikes"]),
                    row["hours"],
                    row["note"],
                    row["id"],
                )
                for row in rows
            ]


def _check_readable(plate: str, shape: str, look_alikes: bool) -> None:
    """Raise LogError for a plate that is never read, so that its entry would never be hit."""
    strange = unreadable(shape, look_alikes)
    if not strange:
        return
    remedy = "write it with Latin letters, as it is read"
    if not look_alikes and not unreadable(shape, folded=True):
        remedy = "write it with Latin letters, or let look-alikes count as the same"
    raise LogError(f"'{plate}' would match nothing: no read holds {' '.join(strange)}; {remedy}.")


def _count_change(connection: sa.Connection) -> None:
    connection.execute(sa.update(WATCH_CHANGES).values(changes=WATCH_CHANGES.c.changes + 1))


def _same(entry: WatchEntry) -> tuple[str, str, str]:
    return entry.list_name, pattern(entry.plate), " ".join(entry.hours.lower().split())


def _values(entry: WatchEntry) -> dict[str, Any]:
    return {
        "list_name": entry.list_name,
        "plate": storable(entry.plate),
        "tolerance": entry.tolerance,
        "look_alikes": entry.look_alikes,
        "hours": entry.hours,
        "note": storable(entry.note),
        "created_us": time.time_ns() // 1000,
    }
