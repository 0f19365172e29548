"""When a recording was made: given by the user, else told by the container or the name, else by the file's time."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.sources.frame import WallClock

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before this a container's date is a default, not a date
# 20230714_091502, 2023-07-14_09-15-02 (Tesla), 2023_0714_091502 (Viofo), VID_20230714_091502123 (phones)
_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)[-_. T]*([0-2]\d)[-_.:hH]?([0-5]\d)[-_.:mM]?([0-5]\d)(?:\d{3})?(?!\d)"
)


def recording_start(
    path: Path, duration_s: float, given: datetime | None = None, created: datetime | None = None
) -> tuple[datetime, WallClock]:
    """Return when the recording at path began, as an aware local datetime, and where that is known from.

    Args:
        path: the file.
        duration_s: how long it is; without a date it began so long before the file was written, since a recorder
            closes its file when it stops.
        given: what the user says.
        created: what the container says; naive for a local time.
    """
    if given is not None:
        return given.astimezone(), WallClock.GIVEN
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    latest = modified + timedelta(days=1)
    for when, clock in ((created, WallClock.CONTAINER), (time_in_name(path.name), WallClock.FILE_NAME)):
        if (sound := _aware(when)) is not None and EARLIEST <= sound <= latest:
            return sound, clock
    return (modified - timedelta(seconds=max(0.0, duration_s))).astimezone(), WallClock.FILE_TIME


def time_in_name(name: str) -> datetime | None:
    """Return the local time that a camera put into a file's name, None where there is none."""
    for found in _IN_NAME.finditer(name):
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, second)
        except ValueError:
            continue
    return None


def _aware(when: datetime | None) -> datetime | None:
    try:
        return when.astimezone() if when is not None else None
    except (OverflowError, OSError, ValueError):
        return None
