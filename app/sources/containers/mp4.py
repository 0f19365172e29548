"""MP4 and QuickTime files (ISO/IEC 14496-12)."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from app.sources.containers.facts import ContainerFacts
from app.sources.containers.parameter_sets import avcc_interlaced

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_MOST_BOXES = 256
_MOST_KEYS = 256
_TEXT_BYTES = 256
_DESCRIPTION_BYTES = 4096
_DATE_KEY = "com.apple.quicktime.creationdate"
_DAY = b"\xa9day"
_STILLS = (b"jpeg", b"png ", b"mjpa", b"mjpb")
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)$")


@dataclass(frozen=True, slots=True)
class Mp4Box:
    """A box: its kind, and where its content begins and ends."""

    kind: bytes
    begin: int
    end: int


def read_mp4(file: BinaryIO, size: int) -> ContainerFacts:
    """Return what an MP4 or QuickTime file tells. Raises OSError."""
    moov = next((box for box in boxes(file, 0, size) if box.kind == b"moov"), None)
    if moov is None:
        return ContainerFacts(can_jump=False)
    inner = list(boxes(file, moov.begin, moov.end))
    tracks = [box for box in inner if box.kind == b"trak"]
    videos = sum(_is_video_track(file, box) for box in tracks)
    sound = any(_kind_of_track(file, box) == b"soun" for box in tracks)
    created = _quicktime_date(file, inner) or _movie_date(file, inner)
    interlaced = any(_is_interlaced(file, box) for box in tracks)
    return ContainerFacts(created, max(1, videos), from_zero=sound, can_jump=False, interlaced=interlaced)


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Mp4Box]:
    """Walk the boxes between two offsets. Stops at anything that is no box."""
    for _ in range(_MOST_BOXES):
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
        if size < content - start or not kind.strip(b"\0"):
            return
        yield Mp4Box(kind, content, min(end, start + size))
        start += size


def _find(file: BinaryIO, outer: Mp4Box, *path: bytes) -> Mp4Box | None:
    """Return the first box at a path of kinds within a box."""
    found: Mp4Box | None = outer
    for kind in path:
        if found is None:
            return None
        found = next((box for box in boxes(file, found.begin, found.end) if box.kind == kind), None)
    return found


def _bytes_of(file: BinaryIO, box: Mp4Box | None, most: int) -> bytes:
    if box is None:
        return b""
    file.seek(box.begin)
    return file.read(min(most, box.end - box.begin))


def _kind_of_track(file: BinaryIO, track: Mp4Box) -> bytes:
    return _bytes_of(file, _find(file, track, b"mdia", b"hdlr"), 12)[8:12]


def _is_video_track(file: BinaryIO, track: Mp4Box) -> bool:
    """Whether a track is video and no cover or preview of a single sample."""
    if _kind_of_track(file, track) != b"vide":
        return False
    table = _find(file, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return False
    codec = _bytes_of(file, _find(file, table, b"stsd"), 16)[12:16]
    sizes = _bytes_of(file, _find(file, table, b"stsz"), 12)
    samples = int.from_bytes(sizes[8:12], "big") if len(sizes) == 12 else 0
    return codec not in _STILLS and samples != 1


def _is_interlaced(file: BinaryIO, track: Mp4Box) -> bool:
    """Whether the H.264 of a track may be of two fields."""
    described = _bytes_of(file, _find(file, track, b"mdia", b"minf", b"stbl", b"stsd"), _DESCRIPTION_BYTES)
    at = described.find(b"avcC")
    return at >= 0 and avcc_interlaced(described[at + 4 :])


def _movie_date(file: BinaryIO, inner: list[Mp4Box]) -> datetime | None:
    header = _bytes_of(file, next((box for box in inner if box.kind == b"mvhd"), None), 12)
    if len(header) < 12:
        return None
    seconds = struct.unpack(">Q", header[4:12])[0] if header[0] == 1 else struct.unpack(">I", header[4:8])[0]
    return _EPOCH + timedelta(seconds=seconds) if 0 < seconds < 2**36 else None


def _quicktime_date(file: BinaryIO, inner: list[Mp4Box]) -> datetime | None:
    """Return the date that phones write beside the movie header's, with the offset of the place."""
    extra = [found for box in inner if box.kind == b"udta" for found in boxes(file, box.begin, box.end)]
    for meta in (box for box in (*inner, *extra) if box.kind == b"meta"):
        for skip in (0, 4):  # as QuickTime writes it, and as a full box
            body = Mp4Box(b"meta", meta.begin + skip, meta.end)
            keys, values = _find(file, body, b"keys"), _find(file, body, b"ilst")
            if keys is not None and values is not None and (when := _dated(file, keys, values)) is not None:
                return when
    day = next((box for box in extra if box.kind == _DAY), None)  # two bytes of length and two of language come first
    return parse_iso(_bytes_of(file, day, _TEXT_BYTES)[4:].decode("utf-8", "replace"), day_alone=False)


def _dated(file: BinaryIO, keys: Mp4Box, values: Mp4Box) -> datetime | None:
    names, at = [], keys.begin + 8
    for _ in range(_MOST_KEYS):
        if at + 8 > keys.end:
            break
        file.seek(at)
        length = int.from_bytes(file.read(4), "big")
        if length < 8:
            break
        names.append(file.read(min(length - 4, _TEXT_BYTES))[4:].decode("utf-8", "replace"))
        at += length
    for item in boxes(file, values.begin, values.end):
        number = int.from_bytes(item.kind, "big")
        if 0 < number <= len(names) and names[number - 1] == _DATE_KEY:
            data = _bytes_of(file, _find(file, item, b"data"), _TEXT_BYTES)
            return parse_iso(data[8:].decode("utf-8", "replace"))
    return None


def parse_iso(text: str, day_alone: bool = True) -> datetime | None:
    """Return the moment of a date in ISO 8601, aware only where it has an offset; None for anything else.

    day_alone: whether a day without a time will do.
    """
    text = text.strip().strip("\0")
    if not day_alone and len(text) < len("2023-07-14T09:15"):
        return None
    try:
        return datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    except ValueError:
        return None
