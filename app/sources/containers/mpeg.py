"""MPEG transport streams (ISO/IEC 13818-1), as AVCHD cameras write them, and video without a container."""

from datetime import datetime, timedelta, timezone
from typing import BinaryIO

from app.sources.containers.facts import ContainerFacts
from app.sources.containers.parameter_sets import h264_rate, h265_rate, is_interlaced, units_of

_PACKET = 188
_HEAD_BYTES = 2 << 20
_VIDEO_TYPES = frozenset((0x01, 0x02, 0x10, 0x1B, 0x24, 0x33, 0x42, 0xD1, 0xEA))
_DATE_TAG, _TIME_TAG = 0x18, 0x19
_GUESSED_FPS = 25


def read_transport_stream(file: BinaryIO, prefix: int) -> ContainerFacts:
    """Return what a transport stream tells; prefix: bytes before each packet, as M2TS has them. Raises OSError."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    step = _PACKET + prefix
    packets = [head[at : at + _PACKET] for at in range(prefix, len(head) - _PACKET + 1, step)]
    carried = b"".join(_payload(packet) for packet in packets)
    tracks = max(1, _video_pids(packets))
    return ContainerFacts(_avchd_date(carried), tracks, whole=True, interlaced=is_interlaced(carried))


def read_raw_video(file: BinaryIO) -> ContainerFacts:
    """Return the frame rate that H.264 or H.265 names in its own headers, or say that it is guessed. Raises OSError."""
    file.seek(0)
    head = file.read(_HEAD_BYTES // 16)
    units, interlaced = units_of(head), is_interlaced(head)
    rate = next((found for unit in units if (found := h264_rate(unit) or h265_rate(unit))), 0.0)
    if rate:
        return ContainerFacts(whole=True, fps=rate, interlaced=interlaced)
    note = f"its header names no frame rate: {_GUESSED_FPS} a second are guessed, and the times with them"
    return ContainerFacts(whole=True, fps=float(_GUESSED_FPS), interlaced=interlaced, notes=(note,))


def read_other(file: BinaryIO) -> ContainerFacts:
    """Return what the first pictures of any other container tell. Raises OSError."""
    file.seek(0)
    return ContainerFacts(interlaced=is_interlaced(file.read(_HEAD_BYTES // 8)))


def _payload(packet: bytes) -> bytes:
    """Return what a packet carries, without its header and adaptation field."""
    if len(packet) < _PACKET or packet[0] != 0x47 or not packet[3] & 0x10:
        return b""
    start = 5 + packet[4] if packet[3] & 0x20 else 4
    return packet[start:]


def _section(packet: bytes) -> bytes:
    """Return the table that begins in a packet."""
    payload = _payload(packet)
    if not packet[1] & 0x40 or not payload:
        return b""
    return payload[1 + payload[0] :]


def _pid(packet: bytes) -> int:
    return int.from_bytes(packet[1:3], "big") & 0x1FFF if len(packet) == _PACKET and packet[0] == 0x47 else -1


def _video_pids(packets: list[bytes]) -> int:
    """Count the video tracks that the first tables of a stream name."""
    maps: set[int] = set()
    found: set[int] = set()
    for packet in packets:
        pid = _pid(packet)
        if pid == 0:
            table = _section(packet)
            for at in range(8, min(len(table), 3 + _length(table)) - 7, 4):
                if table[at : at + 2] != b"\0\0":
                    maps.add(int.from_bytes(table[at + 2 : at + 4], "big") & 0x1FFF)
        elif pid in maps:
            found |= _video_of(_section(packet))
    return len(found)


def _length(table: bytes) -> int:
    return int.from_bytes(table[1:3], "big") & 0x0FFF if len(table) > 3 else 0


def _video_of(table: bytes) -> set[int]:
    """Return the packet numbers of the video tracks in a program's table."""
    if len(table) < 12 or table[0] != 2:
        return set()
    found = set()
    at, end = 12 + (int.from_bytes(table[10:12], "big") & 0x0FFF), min(len(table), 3 + _length(table)) - 4
    while at + 5 <= end:
        if table[at] in _VIDEO_TYPES:
            found.add(int.from_bytes(table[at + 1 : at + 3], "big") & 0x1FFF)
        at += 5 + (int.from_bytes(table[at + 3 : at + 5], "big") & 0x0FFF)
    return found


def _avchd_date(data: bytes) -> datetime | None:
    """Return the date that AVCHD cameras put beside the pictures (MDPM, in decimal digits of four bits)."""
    at = data.find(b"MDPM")
    if at < 0:
        return None
    body = data[at + 4 : at + 104].replace(b"\0\0\x03", b"\0\0")
    if not body:
        return None
    fields = {body[i]: body[i + 1 : i + 5] for i in range(1, min(len(body) - 4, 1 + 5 * body[0]), 5)}
    day, time = fields.get(_DATE_TAG, b""), fields.get(_TIME_TAG, b"")
    if len(day) < 4 or len(time) < 4:
        return None
    try:
        digits = [int(f"{byte:02x}") for byte in (*day[1:], *time)]
        when = datetime(digits[0] * 100 + digits[1], *digits[2:])  # type: ignore[arg-type]
    except ValueError:
        return None
    zone = day[0]
    if zone == 0xFF:
        return when
    hours = (zone >> 1 & 0x0F) + (0.5 if zone & 1 else 0.0)
    return when.replace(tzinfo=timezone(timedelta(hours=-hours if zone & 0x20 else hours)))
