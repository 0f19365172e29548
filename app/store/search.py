"""Finding visits: what to look for, and how to get a page of it quickly from a log of millions.

A database cannot guess how rare a plate pattern is, so for SQLite the way in is chosen here, by counting a little:
through the spellings, if few match; or through the rarest three characters they must hold, kept in the order of time;
or along time itself, which is quick exactly when the pattern is common, and given up for the spellings when it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from app.records import Record
from app.store.rows import VISIT_COLUMNS, VISIT_FROM, source_digest, storable, to_us, visits_of
from app.store.schema import GRAM, KIND_ORIGINAL, KIND_PLATE, SOURCE, SPELLING, VISIT
from app.store.spelling import ANY_RUN, like, literal_prefix, pattern, pattern_grams
from app.store.types import LISTS

ANY_LIST = "any"
_FEW = 2000  # so many visits can be fetched and sorted within a few milliseconds
_WINDOW = 5000  # so many visits are tried one by one, newest first, for a vague pattern
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; the default finds everything.

    plate: whole plate, * for any run and ? for any one character; case and separators do not count. A corrected visit
    is found by what was read as well. look_alikes: O is 0, I is 1, B is 8 and so on. alternatives: other texts the
    plate may have shown are found too. since, until: first time, until itself excluded. source: its name, * and ?
    allowed. list_name: "block", "allow", "any" for either. region: of the plate, as US or US-CA; US finds its states as
    well. sure: only sure reads, or only unsure ones. corrected: only corrected ones, or only others.
    unsettled: only hits that nobody has settled.
    """

    plate: str = ""
    look_alikes: bool = True
    alternatives: bool = True
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    list_name: str = ""
    region: str = ""
    sure: bool | None = None
    min_confidence: float = 0.0
    corrected: bool | None = None
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place behind a visit in the order newest first."""

    first_us: int
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some visits, newest first, and where the next page starts; None when there is none."""

    visits: tuple[Record, ...]
    next: Cursor | None


class WayIn(Enum):
    """Where SQLite is told to start."""

    TIME = "time"
    SPELLING = "spelling"
    GRAM = "gram"


def page(connection: sa.Connection, query: Query, after: Cursor | None, limit: int) -> Page:
    """Return up to limit visits that match, newest first, from behind after."""
    if limit < 1:
        raise ValueError(f"a page holds at least one visit, not {limit}")
    ids = Search(connection, query).some_ids(after, limit + 1)
    rows = connection.execute(
        sa.select(*VISIT_COLUMNS)
        .select_from(VISIT_FROM)
        .where(VISIT.c.id.in_(ids[:limit]))
        .order_by(VISIT.c.first_us.desc(), VISIT.c.id.desc())
    )
    visits = tuple(visits_of(connection, rows.mappings().all()))
    more = len(ids) > limit and visits
    return Page(visits, Cursor(to_us(visits[-1].first_time), visits[-1].id or 0) if more else None)


def count(connection: sa.Connection, query: Query, at_most: int | None = None) -> int:
    """Return how many visits match, or at_most if there are at least so many."""
    ids = Search(connection, query).unordered_ids()
    limited = (ids if at_most is None else ids.limit(at_most)).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(limited)).scalar_one())


def way_in(connection: sa.Connection, query: Query) -> WayIn:
    """Return which way in a search of this query takes; for tests and the benchmark."""
    return Search(connection, query).way


class Search:
    """One query made into SQL for one connection's database."""

    def __init__(self, connection: sa.Connection, query: Query) -> None:
        self._connection = connection
        self._query = query
        self._exact = pattern(query.plate)
        self._folded = pattern(query.plate, folded=True)
        self._has_plate = self._folded not in ("", ANY_RUN)
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._gram = ""
        self.way = self._choose()

    @property
    def is_vague(self) -> bool:
        """Whether there is a pattern that SQLite has no good way in for."""
        return self.way is WayIn.TIME and self._has_plate and self._is_sqlite

    def some_ids(self, after: Cursor | None, limit: int) -> list[int]:
        """Return up to limit ids of matching visits, newest first, from behind after."""
        if self.is_vague:
            window = self._ids(self._conditions(plate=False), after, _WINDOW).subquery()
            tried = sa.select(VISIT.c.id).where(VISIT.c.id.in_(sa.select(window.c.id)), self._spelt())
            newest = tried.order_by(VISIT.c.first_us.desc(), VISIT.c.id.desc()).limit(limit)
            hinted: sa.Select[int] = newest.with_hint(VISIT, "NOT INDEXED", "sqlite")
            found = list(self._connection.execute(hinted).scalars())
            size = sa.select(sa.func.count()).select_from(window)
            if len(found) == limit or self._connection.execute(size).scalar_one() < _WINDOW:
                return found
            self.way = WayIn.SPELLING
        return list(self._connection.execute(self._ids(self._conditions(), after, limit)).scalars())

    def _ids(self, conditions: Sequence[sa.ColumnElement[bool]], after: Cursor | None, limit: int) -> sa.Select[int]:
        first_us, visit_id = self.order()
        statement = self._from(conditions)
        if after is not None:
            statement = statement.where(sa.tuple_(first_us, visit_id) < sa.tuple_(after.first_us, after.id))
        return statement.order_by(first_us.desc(), visit_id.desc()).limit(limit)

    def unordered_ids(self) -> sa.Select[int]:
        """Return the statement for the ids of all matching visits in any order."""
        if self.is_vague:  # all spellings once are quicker than each visit's by itself
            self.way = WayIn.SPELLING
        return self._from(self._conditions())

    def _from(self, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[int]:
        statement = sa.select(VISIT.c.id).where(*conditions)
        if self.way is WayIn.GRAM:
            return statement.select_from(GRAM.join(VISIT, VISIT.c.id == GRAM.c.visit_id)).where(
                GRAM.c.gram == self._gram
            )
        if self.way is WayIn.SPELLING:
            # without the hint SQLite may walk along time and look every visit up among the few
            few = sa.select(SPELLING.c.visit_id).where(*self._in_spellings())
            return statement.where(VISIT.c.id.in_(few)).with_hint(VISIT, "NOT INDEXED", "sqlite")
        return statement

    def order(self) -> tuple[sa.Column[Any], sa.Column[Any]]:
        """Return the columns that the way in sorts by, newest first."""
        return (GRAM.c.first_us, GRAM.c.visit_id) if self.way is WayIn.GRAM else (VISIT.c.first_us, VISIT.c.id)

    def _choose(self) -> WayIn:
        if not self._is_sqlite or not self._has_plate:
            return WayIn.TIME  # other databases plan for themselves
        if literal_prefix(self._folded) and self._count(SPELLING.c.visit_id, self._in_spellings()) < _FEW:
            return WayIn.SPELLING
        grams = sorted(pattern_grams(self._folded))
        if not grams:
            return WayIn.TIME
        self._gram = min(grams, key=lambda gram: self._count(GRAM.c.visit_id, [GRAM.c.gram == gram]))
        return WayIn.GRAM

    def _count(self, column: sa.Column[Any], conditions: Sequence[sa.ColumnElement[bool]]) -> int:
        some = sa.select(column).where(*conditions).limit(_FEW).subquery()
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())

    def _in_spellings(self) -> list[sa.ColumnElement[bool]]:
        """Conditions that the index on the folded spellings answers alone, from the pattern's prefix on."""
        prefix = literal_prefix(self._folded)
        if prefix == self._folded:
            return [SPELLING.c.folded == prefix]
        shape: list[sa.ColumnElement[bool]] = [SPELLING.c.folded.like(like(self._folded))]
        return [SPELLING.c.folded >= prefix, SPELLING.c.folded < prefix + _LAST_CHARACTER, *shape] if prefix else shape

    def _conditions(self, plate: bool = True) -> list[sa.ColumnElement[bool]]:
        query = self._query
        found = self._time_conditions() + self._source_conditions()
        if query.list_name == ANY_LIST:
            found.append(VISIT.c.list_name.in_(LISTS))
        elif query.list_name:
            found.append(VISIT.c.list_name == query.list_name)
        if region := storable(query.region).strip().upper():
            state = region.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            found.append(sa.or_(VISIT.c.region == region, VISIT.c.region.like(f"{state}-%", escape="\\")))
        if query.sure is not None:
            found.append(VISIT.c.sure == query.sure)
        if query.min_confidence > 0:
            found.append(VISIT.c.confidence >= query.min_confidence)
        if query.corrected is not None:
            blank = VISIT.c.original_plate.is_(None)
            found.append(~blank if query.corrected else blank)
        if query.unsettled:
            found += [VISIT.c.list_name != "", VISIT.c.settled == sa.false()]
        if plate and self._has_plate:
            found.append(self._spelt())
        elif query.plate and not self._folded:
            found.append(sa.false())  # asked for a plate of separators alone: there is none
        return found

    def _time_conditions(self) -> list[sa.ColumnElement[bool]]:
        first_us, _ = self.order()
        found: list[sa.ColumnElement[bool]] = []
        if self._query.since is not None:
            found.append(first_us >= to_us(self._query.since))
        if self._query.until is not None:
            found.append(first_us < to_us(self._query.until))
        return found

    def _source_conditions(self) -> list[sa.ColumnElement[bool]]:
        name = storable(self._query.source)
        if not name:
            return []
        query = sa.select(SOURCE.c.id)
        if "*" in name or "?" in name:
            shape = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            query = query.where(SOURCE.c.name.like(like(shape), escape="\\"))
        else:
            query = query.where(SOURCE.c.digest == source_digest(name))
        return [VISIT.c.source_id.in_(list(self._connection.execute(query).scalars()))]

    def _spelt(self) -> sa.ColumnElement[bool]:
        column, shape = (
            (SPELLING.c.folded, self._folded) if self._query.look_alikes else (SPELLING.c.compact, self._exact)
        )
        same = column.like(like(shape)) if like(shape) != shape else column == shape
        conditions = [SPELLING.c.visit_id == VISIT.c.id, same]
        if not self._query.alternatives:
            conditions.append(SPELLING.c.kind.in_((KIND_PLATE, KIND_ORIGINAL)))
        return sa.exists().where(*conditions)
