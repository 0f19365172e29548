"""JPEG files kept as they came: packing a picture again costs time and leaves less of it."""

import re
import struct

_START, _END = b"\xff\xd8", b"\xff\xd9"
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # what ends the data of a scan
_SCAN, _APP0, _APP1, _ADOBE, _COMMENT = 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_USUAL_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_LEFT_OUT = set(range(_APP0, 0xF0)) - {_ADOBE} | {_COMMENT}
_ORIENTATION, _UPRIGHT = 0x0112, 1


def bare(data: bytes) -> bytes:
    """The picture of a JPEG file (ITU-T T.81) with nothing else: no place, camera, thumbnail, or what follows its end.

    Empty where the data are no whole JPEG of 8 bits in grey or colour, or the EXIF data say that it is to be turned.
    """
    if not data.startswith(_START):
        return b""
    kept, at = [_START], len(_START)
    while (end := _segment_end(data, at)) is not None:
        kind, content = data[at + 1], data[at + 4 : end]
        if not _as_decoded(kind, content):
            return b""
        if kind == _SCAN:
            marker = _MARKER.search(data, end)
            end = marker.start() if marker else len(data)
        if kind not in _LEFT_OUT or content.startswith(b"JFIF\0"):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, _END]) if data[at : at + 2] == _END else b""


def is_whole(data: bytes) -> bool:
    """Whether a JPEG file has its end; what follows it does not count."""
    if not data.startswith(_START):
        return False
    at = len(_START)
    while (end := _segment_end(data, at)) is not None:
        if data[at + 1] == _SCAN:
            marker = _MARKER.search(data, end)
            end = marker.start() if marker else len(data)
        at = end
    return data[at : at + 2] == _END


def _segment_end(data: bytes, at: int) -> int | None:
    """Where the segment that begins at a place ends; None where none begins, or it is cut off."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] < min(_FRAMES) or data[at : at + 2] == _END:
        return None
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    return end if at + 4 <= end <= len(data) else None


def _as_decoded(kind: int, content: bytes) -> bool:
    """Whether whoever opens the file sees what was decoded, as far as a segment tells."""
    if kind in _FRAMES:
        return kind in _USUAL_FRAMES and len(content) > 5 and content[0] == 8 and content[5] in {1, 3}
    return kind != _APP1 or not content.startswith(b"Exif\0\0") or _orientation(content[6:]) == _UPRIGHT


def _orientation(tiff: bytes) -> int | None:
    """How EXIF data say the picture is to be turned, upright where they say nothing; None for broken data."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        return None
    return _UPRIGHT
