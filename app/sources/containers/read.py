"""Reads what a file's container tells, whichever it is."""

from pathlib import Path
from typing import BinaryIO

from app.sources.containers.avi import read_avi
from app.sources.containers.facts import ContainerFacts
from app.sources.containers.matroska import read_matroska
from app.sources.containers.mp4 import read_mp4
from app.sources.containers.mpeg import read_other, read_raw_video, read_transport_stream
from app.sources.file_kind import HEAD_BYTES, is_raw_video, transport_stream_prefix

_MATROSKA = b"\x1aE\xdf\xa3"
_MP4_KINDS = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot"))


def read_facts(path: Path) -> ContainerFacts:
    """Return what a recording's container tells; next to nothing for one that is not known or cannot be read."""
    try:
        with path.open("rb") as file:
            return read_facts_of(file, path.stat().st_size)
    except OSError:
        return ContainerFacts()


def read_facts_of(file: BinaryIO, size: int) -> ContainerFacts:
    """Return what the container of an opened recording, or of its first bytes, tells. Raises OSError."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head[4:8] in _MP4_KINDS:
        return read_mp4(file, size)
    if head.startswith(_MATROSKA):
        return read_matroska(file, size)
    if head[:4] == b"RIFF":
        return read_avi(file, size)
    if (prefix := transport_stream_prefix(head)) is not None:
        return read_transport_stream(file, prefix)
    return read_raw_video(file) if is_raw_video(head) else read_other(file)
