"""When a recording was made: given by the user, else told by the container, else reckoned from the file's time."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from app.sources.frame import WallClock

_QUICKTIME_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before this a container's date is a default, not a date
_LONGEST_HEADER = 64


def recording_start(path: Path, duration_s: float, given: datetime | None = None) -> tuple[datetime, WallClock]:
    """Return when the recording at path began, as an aware local datetime, and where that is known from.

    Without a date in the container it is the file's modification time minus duration_s, since a recorder closes its
    file when it stops recording.
    """
    if given is not None:
        return given.astimezone(), WallClock.GIVEN
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    created = creation_time(path)
    if created is not None and _EARLIEST <= created <= modified + timedelta(days=1):
        return created.astimezone(), WallClock.CONTAINER
    return (modified - timedelta(seconds=max(0.0, duration_s))).astimezone(), WallClock.FILE_TIME


def creation_time(path: Path) -> datetime | None:
    """Return the creation time in an MP4 or QuickTime file's movie header (ISO/IEC 14496-12, mvhd), or None."""
    try:
        with path.open("rb") as file:
            moov = _find(file, 0, path.stat().st_size, b"moov")
            mvhd = moov and _find(file, *moov, b"mvhd")
            if not mvhd:
                return None
            file.seek(mvhd[0])
            header = file.read(12)
    except OSError:
        return None
    if len(header) < 12:
        return None
    seconds = struct.unpack(">Q", header[4:12])[0] if header[0] == 1 else struct.unpack(">I", header[4:8])[0]
    if not 0 < seconds < 2**36:
        return None
    return _QUICKTIME_EPOCH + timedelta(seconds=seconds)


def _find(file: BinaryIO, start: int, end: int, name: bytes) -> tuple[int, int] | None:
    """Return where the content of the first box called name begins and ends, within start and end of file."""
    return next(((begin, stop) for kind, begin, stop in _boxes(file, start, end) if kind == name), None)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes between two offsets: kind, start and end of the content. Stops at anything that is no box."""
    for _ in range(_LONGEST_HEADER):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        content = start + 8
        if size == 1 and len(head) == 16:
            size, content = struct.unpack(">Q", head[8:])[0], start + 16
        elif size == 0:
            size = end - start
        if size < content - start or not kind.strip(b"\x00"):
            return
        yield kind, content, min(end, start + size)
        start += size
