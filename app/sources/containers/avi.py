"""AVI files (RIFF)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from app.sources.containers.facts import ContainerFacts
from app.sources.containers.mp4 import parse_iso
from app.sources.containers.parameter_sets import is_interlaced

_MOST_CHUNKS = 1024
_TEXT_BYTES = 64
_FIRST_BYTES = 1 << 18
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_IN_WORDS = re.compile(r"(?i)^\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d\d):(\d\d):(\d\d)\s+(\d{4})")
_IN_NUMBERS = re.compile(r"^(\d{4})[:/-]\s?(\d{1,2})[:/-]\s?(\d{1,2})[ T]+(\d\d):(\d\d):(\d\d)")


def read_avi(file: BinaryIO, size: int) -> ContainerFacts:
    """Return what an AVI file tells. Raises OSError."""
    texts: dict[bytes, str] = {}
    tracks = 0
    for kind, begin, end in _all_chunks(file, 12, size):
        if kind == b"strh":
            file.seek(begin)
            tracks += file.read(4) == b"vids"
        elif kind in (b"IDIT", b"ICRD"):
            file.seek(begin)
            texts[kind] = file.read(min(_TEXT_BYTES, end - begin)).decode("latin-1").strip("\0\n ")
    created = next((when for kind in (b"IDIT", b"ICRD") if (when := parse_avi_date(texts.get(kind, "")))), None)
    file.seek(0)
    interlaced = is_interlaced(file.read(_FIRST_BYTES))
    return ContainerFacts(created, max(1, tracks), can_jump=False, interlaced=interlaced)


def parse_avi_date(text: str) -> datetime | None:
    """Return a date as AVI files have it: `Fri Jul 14 09:15:02 2023`, or year first; local, for it has no offset."""
    try:
        if found := _IN_WORDS.match(text):
            month = _MONTHS.index(found[1].lower()) + 1
            hour, minute, second = (int(found[part]) for part in (3, 4, 5))
            return datetime(int(found[6]), month, int(found[2]), hour, minute, second)
        if found := _IN_NUMBERS.match(text):
            year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
            return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return parse_iso(text, day_alone=False)


def _all_chunks(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Walk the chunks, into lists of headers but not into the pictures."""
    for _ in range(_MOST_CHUNKS):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(12)
        if len(head) < 8:
            return
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        stop = min(end, start + 8 + length)
        if kind == b"LIST" and head[8:12] in (b"hdrl", b"strl", b"INFO", b"odml") and depth < 4:
            yield from _all_chunks(file, start + 12, stop, depth + 1)
        elif kind != b"LIST":
            yield kind, start + 8, stop
        start += 8 + length + (length & 1)
