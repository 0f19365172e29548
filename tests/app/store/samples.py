"""Visits for the log's tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.records import Record
from app.store.rows import to_us
from app.store.schema import VISIT
from app.store.store import Store
from app.store.types import Entry
from recognizer.readings import Alternative

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
IMAGE = np.full((20, 60, 3), 128, np.uint8)


def made(plate: str = "AB12CDE", number: int = 0, **changes: Any) -> Record:
    """A visit, number seconds after noon, of track number."""
    visit = Record(
        plate=plate,
        source="gate",
        first_time=NOON + timedelta(seconds=number),
        last_time=NOON + timedelta(seconds=number + 2),
        confidence=0.9,
        char_confidences=(0.9,) * len(plate),
        alternatives=(Alternative("ZZ99ZZZ", 0.05),),
        reads=5,
        run="run",
        track=f"{number}",
        first_s=float(number),
        last_s=number + 2.0,
        box=(1.0, 2.0, 61.0, 22.0),
        region="GB",
    )
    return replace(visit, **changes)


def entry(plate: str = "AB12CDE", number: int = 0, **changes: Any) -> Entry:
    """The same with pictures."""
    return Entry(made(plate, number, **changes), JPEG, JPEG)


def log_as_of(store: Store, when: datetime | None = None) -> None:
    """Make all visits as if they had been logged at a time; without one each when it was last seen."""
    with store.database.writing() as connection:
        saved_us = VISIT.c.last_us if when is None else to_us(when)
        connection.execute(sa.update(VISIT).values(saved_us=saved_us))


def saved_us(store: Store) -> list[int]:
    """When the visits were logged, in the order of their numbers."""
    with store.database.reading() as connection:
        return list(connection.execute(sa.select(VISIT.c.saved_us).order_by(VISIT.c.id)).scalars())
