"""When a photograph was taken, as its EXIF data say."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

from app.sources.frame import WallClock
from app.sources.picture_decoding import PictureError, open_with_pillow
from app.sources.start_time import EARLIEST

_EXIF_FOLDER = 0x8769
_ORIGINAL, _DIGITIZED, _CHANGED = 0x9003, 0x9004, 0x0132
_ZONES = {_ORIGINAL: 0x9011, _DIGITIZED: 0x9012, _CHANGED: 0x9010}
_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")
_HEAD_BYTES = 1 << 20  # EXIF data stand within the first pages of a file
_MARKS = (b"Exif", b"eXIf", b"EXIF", b"II*\0", b"MM\0*")


@dataclass(frozen=True, slots=True)
class Taken:
    """A moment, aware, and where it is known from."""

    when: datetime
    clock: WallClock


def taken_at(data: bytes) -> Taken | None:
    """Return when a picture was taken, or None where it does not say; a time without offset is a local one."""
    if not any(mark in data[:_HEAD_BYTES] for mark in _MARKS):
        return None  # most pictures have none: Pillow need not be loaded
    try:
        with open_with_pillow(data) as picture:
            exif = picture.getexif()
            texts = {**dict(exif), **dict(exif.get_ifd(_EXIF_FOLDER))}
    except PictureError:
        return None
    except Exception:  # broken EXIF data raise whatever they lead Pillow to
        return None
    for tag in (_ORIGINAL, _DIGITIZED, _CHANGED):
        when = parse_exif_time(str(texts.get(tag, "")), str(texts.get(_ZONES[tag], "")))
        if when is not None:
            return Taken(when, WallClock.EXIF)
    return None


def parse_exif_time(text: str, zone: str = "") -> datetime | None:
    """Return the moment of an EXIF date, local without a zone; None for none, and for a camera's default."""
    found, offset = _TIME.match(text), _ZONE.match(zone)
    if found is None:
        return None
    try:
        when = datetime(*(int(part) for part in cast("tuple[str, ...]", found.groups())))  # type: ignore[arg-type]
        if offset is not None:
            sign = -1 if offset[1] == "-" else 1
            when = when.replace(tzinfo=timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3]))))
        when = when.astimezone()
    except (ValueError, OverflowError, OSError):
        return None
    return when if EARLIEST <= when <= datetime.now(UTC) + timedelta(days=1) else None
