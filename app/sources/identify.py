"""Tells what kind of source the user's words stand for: addresses and cameras by spelling, files by content."""

import re
from collections.abc import Callable
from pathlib import Path

from app.config.redaction import redact
from app.sources.file_kind import FileKind, kind_of_file
from app.sources.source import SourceError, SourceKind, SourceSpec, is_text
from app.sources.source_id import SourceId

PICTURE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2", ".ppm", ".pgm")
)
VIDEO_SUFFIXES = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv"),
        *(".3gp", ".ogv", ".asf", ".vob", ".dav", ".h264", ".h265", ".hevc", ".mjpeg", ".mjpg", ".mxf"),
    )
)
_ADDRESS = re.compile(r"(?i)^(rtsp|rtsps|rtmp|rtmps|http|https|udp|tcp|srt|rtp)://\S+$")
_LIKE_AN_ADDRESS = re.compile(r"(?i)^[a-z][a-z0-9+.-]+:/")
_DEVICE = re.compile(r"^(?:/dev/video|camera:)?(\d{1,5})$")
_CAMERA_PREFIX = "camera:"
_KINDS = {FileKind.PICTURE: SourceKind.PICTURE, FileKind.VIDEO: SourceKind.VIDEO}


def identify(text: str) -> SourceSpec:
    """Tell what a single source is from what the user typed; raises SourceError for a folder or a missing file."""
    if _ADDRESS.match(text):
        if not is_text(text):
            raise SourceError(f"{text!a}: an address is text in UTF-8")
        return SourceSpec(SourceKind.STREAM, SourceId(redact(text)), text)
    if (device := _DEVICE.match(text)) and not _is(Path(text), Path.is_file):
        return SourceSpec(SourceKind.CAMERA, SourceId(f"camera {int(device[1])}"), device[1])
    if text.startswith(_CAMERA_PREFIX):
        name = text[len(_CAMERA_PREFIX) :].strip()
        if not name:
            raise SourceError(f"{text}: which camera? Give its number or a part of its name")
        return SourceSpec(SourceKind.CAMERA, SourceId(name), name)
    path = Path(text)
    if _is(path, Path.is_dir):
        raise SourceError(f"{text}: a folder; open the files in it")
    if not _is(path, Path.exists):
        hint = "; write an address as rtsp://HOST/PATH, without blanks" if _LIKE_AN_ADDRESS.match(text) else ""
        raise SourceError(f"{text}: no such file, camera or address{hint}")
    return SourceSpec(_kind_of(path), SourceId(text), text)


def expand(text: str) -> list[SourceSpec]:
    """Return the sources that text stands for: itself, or for a folder the videos and pictures in and below it.

    A file of a folder is named folder/file, as the user wrote the folder. Raises SourceError when there is nothing.
    """
    folder = Path(text)
    if _ADDRESS.match(text) or not _is(folder, Path.is_dir):
        return [identify(text)]
    try:
        paths = sorted(filter(_is_wanted, folder.rglob("*")), key=_natural)
    except OSError as error:
        raise SourceError(f"{text}: cannot be listed ({error.strerror}); check its permissions") from error
    if not paths:
        raise SourceError(f"{text}: no video and no picture in this folder")
    return [SourceSpec(_kind_of(path), SourceId(str(path)), str(path)) for path in paths]


def _is(path: Path, what: Callable[[Path], bool]) -> bool:
    """Ask the disk about a path; one that no disk can hold (too long, a NUL in it) is nothing at all."""
    try:
        return what(path)
    except (OSError, ValueError):
        return False


def _is_wanted(path: Path) -> bool:
    """Whether a file found in a folder is a video or a picture, by its content or else its name, and not hidden."""
    if path.name.startswith(".") or not path.is_file():
        return False
    known = kind_of_file(path) is not FileKind.OTHER
    return known or path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES


def _kind_of(path: Path) -> SourceKind:
    """The kind of a file by its content; one whose content says nothing is what its name says."""
    found = _KINDS.get(kind_of_file(path))
    if found is not None:
        return found
    return SourceKind.PICTURE if path.suffix.lower() in PICTURE_SUFFIXES else SourceKind.VIDEO


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key by which clip2 comes before clip10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
