"""Saving visits: one transaction's worth of rows, with what makes them findable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from app.records import Record
from app.store.deletion import delete_spellings, delete_visits
from app.store.errors import NotFound
from app.store.rows import (
    VISIT_COLUMNS,
    VISIT_FROM,
    gram_values,
    source_digest,
    spelling_values,
    storable,
    to_us,
    track_name,
    visit_values,
    visits_of,
)
from app.store.schema import GRAM, SOURCE, SPELLING, VISIT
from app.store.types import Entry
from recognizer.readings import Alternative

# What every visit needs, made once: making a statement anew costs as much as running it.
_NEW_VISIT, _NEW_SOURCE = sa.insert(VISIT), sa.insert(SOURCE)
_NEW_SPELLINGS, _NEW_GRAMS = sa.insert(SPELLING), sa.insert(GRAM)
_KNOWN_SOURCE = sa.select(SOURCE.c.id).where(SOURCE.c.digest == sa.bindparam("of_digest"))
_STORED = sa.select(VISIT.c.id).where(
    VISIT.c.run == sa.bindparam("of_run"),
    VISIT.c.source_id == sa.bindparam("of_source"),
    VISIT.c.track == sa.bindparam("of_track"),
)


class Saving:
    """One transaction's worth of saving."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._source_ids: dict[str, int] = {}

    def all(self, entries: Sequence[Entry]) -> tuple[list[Record], list[str]]:
        """Save entries; the visits as stored, and the names of pictures that nothing names any more."""
        saved: list[Record] = []
        outdated: list[str] = []
        for entry in entries:
            visit, old_pictures = self._one(entry)
            saved.append(visit)
            outdated += old_pictures
        return saved, outdated

    def rewrite(self, old: Record, new: Record) -> Record:
        """Replace a stored visit's row and search entries; its pictures are those of new, its saved time stays."""
        assert old.id is not None
        delete_spellings(self._connection, [old.id])
        values = visit_values(new, self._source_id(new.source))
        self._connection.execute(sa.update(VISIT).where(VISIT.c.id == old.id).values(values))
        self._add_spellings(old.id, new)
        return get_visit(self._connection, old.id)

    def respell(self, visit: Record, alternatives: tuple[Alternative, ...]) -> None:
        """Give a stored visit other alternatives."""
        assert visit.id is not None
        delete_spellings(self._connection, [visit.id])
        self._add_spellings(visit.id, replace(visit, alternatives=alternatives))

    def _one(self, entry: Entry) -> tuple[Record, list[str]]:
        source_id = self._source_id(entry.visit.source)
        old = self._stored(entry.visit, source_id)
        if entry.withdrawn:
            return self._withdraw(entry, old, source_id)
        absorbed, outdated = self._absorb(entry, source_id)
        new = entry.visit
        for touched in absorbed:
            new = _with_persons_work(new, touched)
        if old is None:
            return self._insert(new, source_id), outdated
        if old.revision > new.revision and (old.closed or not new.closed):
            return old, [*outdated, new.crop, new.frame]
        new = _with_persons_work(new, old)
        if not (new.crop or new.frame):
            new = replace(new, crop=old.crop, frame=old.frame)
        kept = {new.crop, new.frame}
        return self.rewrite(old, new), [*outdated, *(name for name in (old.crop, old.frame) if name not in kept)]

    def _insert(self, visit: Record, source_id: int) -> Record:
        values = {**visit_values(visit, source_id), "saved_us": to_us(datetime.now(UTC))}
        result = self._connection.execute(_NEW_VISIT, values)
        key = result.inserted_primary_key
        assert key is not None
        self._add_spellings(key[0], visit)
        return replace(visit, id=key[0], source=storable(visit.source))

    def _add_spellings(self, visit_id: int, visit: Record) -> None:
        spellings = spelling_values(visit_id, visit)
        self._connection.execute(_NEW_SPELLINGS, spellings)
        if rows := gram_values(visit_id, to_us(visit.first_time), [str(row["folded"]) for row in spellings]):
            self._connection.execute(_NEW_GRAMS, rows)

    def _absorb(self, entry: Entry, source_id: int) -> tuple[list[Record], list[str]]:
        """Delete the visits that another takes the place of; those that a person has dealt with, and their pictures."""
        visits = [self._find(run, source_id, track) for run, track in entry.absorbed]
        found = [visit for visit in visits if visit is not None]
        pictures = delete_visits(self._connection, [visit.id for visit in found if visit.id is not None])
        return [visit for visit in found if _is_touched(visit)], pictures

    def _withdraw(self, entry: Entry, old: Record | None, source_id: int) -> tuple[Record, list[str]]:
        """Delete a visit that was none with those it absorbed; one that a person has dealt with is closed."""
        touched, pictures = self._absorb(entry, source_id)
        if old is None or old.id is None:
            return entry.visit, pictures
        if not touched and not _is_touched(old):
            return old, [*pictures, *delete_visits(self._connection, [old.id])]
        new = replace(old, closed=True)
        for visit in touched:
            new = _with_persons_work(new, visit)
        return self.rewrite(old, new), pictures

    def _stored(self, visit: Record, source_id: int) -> Record | None:
        return self._find(visit.run, source_id, visit.track) if visit.track else None

    def _find(self, run: str, source_id: int, track: str) -> Record | None:
        names = {"of_run": run, "of_source": source_id, "of_track": track_name(track)}
        visit_id = self._connection.execute(_STORED, names).scalar()
        return None if visit_id is None else get_visit(self._connection, visit_id)

    def _source_id(self, source: str) -> int:
        name = storable(source)
        if name not in self._source_ids:
            digest = source_digest(name)
            found = self._connection.execute(_KNOWN_SOURCE, {"of_digest": digest}).scalar()
            if found is None:
                result = self._connection.execute(_NEW_SOURCE, {"digest": digest, "name": name})
                assert result.inserted_primary_key is not None
                found = result.inserted_primary_key[0]
            self._source_ids[name] = int(found)
        return self._source_ids[name]


def _is_touched(visit: Record) -> bool:
    """Whether a person has corrected, noted or settled a visit."""
    return visit.original_plate is not None or bool(visit.note) or visit.settled


def _with_persons_work(new: Record, old: Record) -> Record:
    """Return a visit with what a person has made of an older row of it: the plate, the note, the verdict."""
    if old.original_plate is not None and new.original_plate is None:
        new = replace(new, plate=old.plate, original_plate=new.plate, list_name=old.list_name)
    new = replace(new, note=new.note or old.note, settled=new.settled or old.settled)
    return replace(new, verdict=new.verdict or old.verdict, settled_by=new.settled_by or old.settled_by)


def get_visit(connection: sa.Connection, visit_id: int) -> Record:
    """Return one visit. Raises NotFound."""
    query = sa.select(*VISIT_COLUMNS).select_from(VISIT_FROM).where(VISIT.c.id == visit_id)
    visits = visits_of(connection, connection.execute(query).mappings().all())
    if not visits:
        raise NotFound(f"There is no visit number {visit_id} in the log.")
    return visits[0]
