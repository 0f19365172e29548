"""Visits for the log's tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from app.platelog.types import Entry, Guess, Visit

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
IMAGE = np.full((20, 60, 3), 128, np.uint8)


def made(plate: str = "AB12CDE", number: int = 0, **changes: Any) -> Visit:
    """A visit, number seconds after noon, of track number."""
    visit = Visit(
        plate=plate,
        source="gate",
        first_time=NOON + timedelta(seconds=number),
        last_time=NOON + timedelta(seconds=number + 2),
        clock_source="live",
        confidence=0.9,
        char_confidences=(0.9,) * len(plate),
        alternatives=(Guess("ZZ99ZZZ", 0.05),),
        reads=5,
        run="run",
        track=f"t{number}",
        first_s=float(number),
        last_s=number + 2.0,
        box=(1.0, 2.0, 61.0, 22.0),
        region="GB",
    )
    return replace(visit, **changes)


def entry(plate: str = "AB12CDE", number: int = 0, **changes: Any) -> Entry:
    """The same with pictures."""
    return Entry(made(plate, number, **changes), JPEG, JPEG)
