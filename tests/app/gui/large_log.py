"""A log with many visits, made by the database itself: saving them one by one would take minutes.

PLATESCRIBE_VISITS=1000000 makes it one of a million.
"""

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.store.store import Store

HOW_MANY = int(os.environ.get("PLATESCRIBE_VISITS", "210000"))
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_PLATE = "printf('AB%06dC', i)"
VISITS = f"""{_NUMBERS} INSERT INTO visit
 (run, source_id, track, revision, first_us, last_us, clock_source, plate, confidence, char_confidences, reads, region,
  list_name, crop, frame, note, settled, verdict, settled_by)
 SELECT 'r', 1, 't' || i, 1, :start + i * 1000000, :start + i * 1000000, 'live', {_PLATE}, 0.5 + (i % 50) / 100.0,
  '0.99 0.98 0.4 0.7 0.9 0.9 0.9 0.9 0.9', 3, '', CASE WHEN i % 1000 = 7 THEN 'block' ELSE '' END,
  '', '', '', 0, '', '' FROM n"""
SPELLINGS = f"""{_NUMBERS} INSERT INTO spelling (visit_id, kind, place, text, confidence, compact, folded)
 SELECT i + 1, 0, 0, {_PLATE}, 0.9, {_PLATE}, replace(printf('A8%06dC', i), 'B', '8') FROM n"""
START_US = 1_700_000_000_000_000


def fill(store: Store, visits: int) -> None:
    """Put visits AB000000C, AB000001C, … into an empty store, one a second."""
    values = {"last": visits - 1, "start": START_US}
    with store.database.writing() as connection:
        connection.execute(sa.text("INSERT INTO source (id, digest, name) VALUES (1, 'x', 'Gate north')"))
        connection.execute(sa.text(VISITS), values)
        connection.execute(sa.text(SPELLINGS), {"last": visits - 1})


@pytest.fixture(scope="session")
def large_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A log of 210,000 visits, unless told otherwise."""
    with Store.open(tmp_path_factory.mktemp("large") / "plates.sqlite3") as store:
        fill(store, HOW_MANY)
        yield store
