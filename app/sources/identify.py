"""Tells what kind of source the user's words stand for: addresses and cameras by spelling, files by content."""

import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.request import url2pathname

from app.config.redaction import redact
from app.sources.address import parse_address, scheme_of
from app.sources.containers.read import read_facts
from app.sources.file_kind import FileKind, kind_of_file
from app.sources.parts import count_pages_of, is_moving
from app.sources.source import SourceError, SourceKind, SourceSpec
from app.sources.source_id import SourceId

PICTURE_SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2", ".ppm", ".pgm", ".gif"),
        *(".heic", ".heif", ".avif"),
    )
)
VIDEO_SUFFIXES = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv"),
        *(".3gp", ".ogv", ".asf", ".vob", ".dav", ".h264", ".h265", ".hevc", ".264", ".265", ".mjpeg", ".mjpg"),
        *(".mxf", ".m2v", ".m1v", ".ivf", ".y4m", ".divx", ".f4v", ".qt", ".insv"),
    )
)
_LIKE_AN_ADDRESS = re.compile(r"(?i)^[a-z][a-z0-9+.-]+:/")
_DEVICE = re.compile(r"^(?:/dev/video|camera:)?(\d{1,5})$")
_CAMERA_PREFIX = "camera:"
_PATTERN = re.compile(r"[*?\[]")
_KINDS = {FileKind.PICTURE: SourceKind.PICTURE, FileKind.VIDEO: SourceKind.VIDEO}


def identify(text: str) -> SourceSpec:
    """Tell what a single source is from what the user typed; raises SourceError for a folder or a missing file."""
    text = _without_file_scheme(text)
    if scheme_of(text):
        return SourceSpec(SourceKind.STREAM, SourceId(redact(parse_address(text).url)), text)
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
        hint = "; write an address as rtsp://HOST/PATH" if _LIKE_AN_ADDRESS.match(text) else ""
        raise SourceError(f"{text}: no such file, camera or address{hint}")
    return SourceSpec(_kind_of(path), SourceId(text), text)


def expand(text: str, passed_over: Counter[str] | None = None) -> list[SourceSpec]:
    """Return the sources that text stands for.

    A folder stands for the videos and pictures in and below it, each named folder/file as the user wrote the folder; a
    pattern such as `gate/*.jpg` for the files and folders that match; all else for itself.

    Args:
        text: what the user typed.
        passed_over: counts, by what they are, the files of folders that are neither video nor picture.

    Raises:
        SourceError: there is nothing.
    """
    text = _without_file_scheme(text)
    if scheme_of(text):
        return [identify(text)]
    path = Path(text)
    if _is(path, Path.is_dir):
        return _expand_folder(path, passed_over if passed_over is not None else Counter())
    if _PATTERN.search(text) and not _is(path, Path.exists):
        matches = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))), key=_natural)
        if not matches:
            raise SourceError(f"{text}: no file matches this pattern")
        return [spec for match in matches for spec in expand(str(match), passed_over)]
    if _is(path, Path.is_file) and not _DEVICE.match(text):
        return _parts_of(path)
    return [identify(text)]


def _expand_folder(folder: Path, passed_over: Counter[str]) -> list[SourceSpec]:
    wanted: list[Path] = []
    for path in _files_below(folder):
        if reason := _reason_to_pass(path):
            passed_over[reason] += 1
        else:
            wanted.append(path)
    if not wanted:
        others = ", ".join(f"{count} {what}" for what, count in sorted(passed_over.items()))
        raise SourceError(f"{folder}: no video and no picture in this folder{f', only {others}' if others else ''}")
    return [spec for path in wanted for spec in _parts_of(path)]


def _parts_of(path: Path) -> list[SourceSpec]:
    """Return a file as the sources that it holds: the pages of a picture and the tracks of a video are each its own."""
    kind, name = _kind_of(path), str(path)
    count = count_pages_of(path) if kind is SourceKind.PICTURE else read_facts(path).tracks
    if count == 1:
        return [SourceSpec(kind, SourceId(name), name)]
    word = "page" if kind is SourceKind.PICTURE else "track"
    return [SourceSpec(kind, SourceId(f"{name} ({word} {part + 1})"), name, part) for part in range(count)]


def _files_below(folder: Path) -> list[Path]:
    """Return the files in and below a folder in natural order; what several links lead to comes once."""
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    for parent, folders, names in os.walk(folder, followlinks=True, onerror=_refuse_listing(folder)):
        here = Path(parent).stat()
        if (here.st_dev, here.st_ino) in seen:
            folders.clear()
            continue
        seen.add((here.st_dev, here.st_ino))
        folders.sort(key=lambda name: (Path(parent, name).is_symlink(), name))  # a link comes after what it leads to
        found += [Path(parent, name) for name in names]
    return sorted(found, key=_natural)


def _refuse_listing(folder: Path) -> Callable[[OSError], None]:
    def refuse(error: OSError) -> None:
        place = error.filename or folder
        raise SourceError(f"{place}: cannot be listed ({error.strerror}); check its permissions") from error

    return refuse


def _without_file_scheme(text: str) -> str:
    """Return the path of a file:// address, as file managers copy it; anything else as it is."""
    if scheme_of(text) != "file":
        return text
    host, slash, path = text[len("file://") :].partition("/")
    if host not in ("", "localhost"):
        raise SourceError(f"{text}: a file of another machine; mount its folder, and give the file's path")
    return url2pathname(slash + path)


def _is(path: Path, what: Callable[[Path], bool]) -> bool:
    """Ask the disk about a path; one that no disk can hold (too long, a NUL in it) is nothing at all."""
    try:
        return what(path)
    except (OSError, ValueError):
        return False


def _reason_to_pass(path: Path) -> str:
    """Return what a file found in a folder is that is not read, for the count at the end; empty for one to read."""
    if path.name.startswith("."):
        return "hidden"
    if not _is(path, Path.is_file):
        return "no file (a link to nothing, a pipe or a device)"
    if kind_of_file(path) is not FileKind.OTHER or path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES:
        return ""
    return path.suffix.lower() or "without ending, of unknown content"


def _kind_of(path: Path) -> SourceKind:
    """The kind of a file by its content; one whose content says nothing is what its name says."""
    found = _KINDS.get(kind_of_file(path))
    if found is SourceKind.PICTURE and is_moving(path):
        return SourceKind.VIDEO
    if found is not None:
        return found
    return SourceKind.PICTURE if path.suffix.lower() in PICTURE_SUFFIXES else SourceKind.VIDEO


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key by which clip2 comes before clip10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
