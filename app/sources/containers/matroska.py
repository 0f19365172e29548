"""Matroska and WebM files (RFC 9559)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from app.sources.containers.facts import ContainerFacts
from app.sources.containers.mp4 import parse_iso
from app.sources.containers.parameter_sets import avcc_interlaced

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_MOST_ELEMENTS = 4096
_VALUE_BYTES = 1024
_HEADER, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_INFO, _DATE = 0x1549A966, 0x4461
_TRACKS, _ENTRY, _TYPE, _CODEC, _PRIVATE = 0x1654AE6B, 0xAE, 0x83, 0x86, 0x63A2
_TAGS, _TAG, _SIMPLE, _NAME, _TEXT = 0x1254C367, 0x7373, 0x67C8, 0x45A3, 0x4487
_VIDEO, _SOUND = 1, 2
_STILLS, _H264 = (b"V_MJPEG",), b"V_MPEG4/ISO/AVC"
_DATE_TAGS = ("DATE_RECORDED", "CREATION_TIME", "COM.APPLE.QUICKTIME.CREATIONDATE", "DATE_ENCODED")


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its number, and where its content begins and ends; end is None where it goes on without a size."""

    number: int
    begin: int
    end: int | None


@dataclass(frozen=True, slots=True)
class _Track:
    """A track: whether it is video or sound, its codec, and the codec's own header."""

    kind: int
    codec: bytes
    private: bytes


def read_matroska(file: BinaryIO, size: int) -> ContainerFacts:
    """Return what a Matroska file tells. Raises OSError."""
    segment = next((item for item in elements(file, 0, size) if item.number == _SEGMENT), None)
    if segment is None:
        return ContainerFacts(can_jump=False)
    whole = segment.end <= size if segment.end is not None else None
    created: datetime | None = None
    recorded: datetime | None = None
    tracks: list[_Track] = []
    for item in elements(file, segment.begin, min(size, segment.end or size)):
        end = min(size, item.end or size)
        if item.number == _INFO:
            created = _date(file, item.begin, end)
        elif item.number == _TRACKS:
            tracks = _tracks_of(file, item.begin, end)
        elif item.number == _TAGS:
            recorded = recorded or _tagged_date(file, item.begin, end)
        elif item.number == _CLUSTER and item.end is None:
            break  # what follows cannot be told from its content
    moving = [track for track in tracks if track.kind == _VIDEO and track.codec not in _STILLS]
    return ContainerFacts(
        recorded or created,
        max(1, len(moving)),
        whole,
        from_zero=any(track.kind == _SOUND for track in tracks),
        can_jump=False,
        interlaced=any(avcc_interlaced(track.private) for track in moving if track.codec == _H264),
    )


def elements(file: BinaryIO, start: int, end: int) -> Iterator[Element]:
    """Walk the elements between two offsets. Stops at anything that is none."""
    for _ in range(_MOST_ELEMENTS):
        if start >= end:
            return
        file.seek(start)
        head = file.read(12)
        number, used = _number(head, 0, keep_mark=True)
        length, used = _number(head, used, keep_mark=False)
        if not used or not number:
            return
        begin = start + used
        unknown = length < 0
        yield Element(number, begin, None if unknown else begin + length)
        if unknown:
            return
        start = begin + length


def _number(data: bytes, at: int, keep_mark: bool) -> tuple[int, int]:
    """Return a number of variable length and where it ends, -1 for an unknown size; an end of 0 where there is none."""
    if at >= len(data) or data[at] == 0:
        return 0, 0
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        return 0, 0
    value = int.from_bytes(data[at : at + length], "big")
    if keep_mark:
        return value, at + length
    value &= (1 << (7 * length)) - 1
    return (-1 if value == (1 << (7 * length)) - 1 else value), at + length


def _value(file: BinaryIO, item: Element) -> bytes:
    file.seek(item.begin)
    return file.read(min(_VALUE_BYTES, (item.end or item.begin) - item.begin))


def _fields(file: BinaryIO, outer: Element, end: int) -> dict[int, bytes]:
    """Return the values within an element, by their numbers."""
    return {item.number: _value(file, item) for item in elements(file, outer.begin, min(end, outer.end or end))}


def _date(file: BinaryIO, start: int, end: int) -> datetime | None:
    for item in elements(file, start, end):
        if item.number == _DATE:
            nanoseconds = int.from_bytes(_value(file, item)[:8], "big", signed=True)
            try:
                return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
            except OverflowError:
                return None
    return None


def _tracks_of(file: BinaryIO, start: int, end: int) -> list[_Track]:
    entries = (item for item in elements(file, start, end) if item.number == _ENTRY)
    fields = (_fields(file, entry, end) for entry in entries)
    return [
        _Track(int.from_bytes(field.get(_TYPE, b""), "big"), field.get(_CODEC, b""), field.get(_PRIVATE, b""))
        for field in fields
    ]


def _tagged_date(file: BinaryIO, start: int, end: int) -> datetime | None:
    """Return the date of a tag that says when it was recorded."""
    for tag in elements(file, start, end):
        for simple in elements(file, tag.begin, min(end, tag.end or end)) if tag.number == _TAG else ():
            if simple.number != _SIMPLE:
                continue
            fields = {
                item.number: _value(file, item) for item in elements(file, simple.begin, min(end, simple.end or end))
            }
            if fields.get(_NAME, b"").decode("utf-8", "replace").upper() in _DATE_TAGS:
                when = parse_iso(fields.get(_TEXT, b"").decode("utf-8", "replace"), day_alone=False)
                if when is not None:
                    return when
    return None
