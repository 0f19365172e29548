"""Taking visits out of every table at once."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from app.store.rows import gram_values
from app.store.schema import GRAM, SOURCE, SPELLING, VISIT

_AT_ONCE = 400  # some databases take few parameters in one statement


def delete_visits(connection: sa.Connection, visit_ids: Sequence[int]) -> list[str]:
    """Delete visits with their search entries and return the names of their pictures, still on the disk."""
    pictures: list[str] = []
    for start in range(0, len(visit_ids), _AT_ONCE):
        ids = list(visit_ids[start : start + _AT_ONCE])
        pictures += _pictures(connection, ids)
        delete_spellings(connection, ids)
        connection.execute(sa.delete(VISIT).where(VISIT.c.id.in_(ids)))
    return pictures


def delete_spellings(connection: sa.Connection, visit_ids: Sequence[int]) -> None:
    """Delete the search entries of a few visits, which themselves stay."""
    query = (
        sa.select(SPELLING.c.visit_id, VISIT.c.first_us, SPELLING.c.folded)
        .join(VISIT, VISIT.c.id == SPELLING.c.visit_id)
        .where(SPELLING.c.visit_id.in_(visit_ids))
    )
    folded: dict[tuple[int, int], list[str]] = defaultdict(list)
    for visit_id, first_us, text in connection.execute(query):
        folded[visit_id, first_us].append(text)
    doomed = [row for (visit_id, first_us), texts in folded.items() for row in gram_values(visit_id, first_us, texts)]
    if doomed:
        # one key at a time: the table is ordered by gram, and has no way in by visit
        matching = sa.and_(*(column == sa.bindparam(f"the_{column.name}") for column in GRAM.c))
        values = [{f"the_{name}": value for name, value in row.items()} for row in doomed]
        connection.execute(sa.delete(GRAM).where(matching), values)
    connection.execute(sa.delete(SPELLING).where(SPELLING.c.visit_id.in_(visit_ids)))


def delete_unused_sources(connection: sa.Connection) -> int:
    """Delete sources no visit names and return how many."""
    used = sa.exists().where(VISIT.c.source_id == SOURCE.c.id)
    return connection.execute(sa.delete(SOURCE).where(~used)).rowcount


def _pictures(connection: sa.Connection, ids: Sequence[int]) -> list[str]:
    query = sa.select(VISIT.c.crop, VISIT.c.frame).where(VISIT.c.id.in_(ids))
    return [name for row in connection.execute(query) for name in row if name]
