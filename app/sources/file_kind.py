"""Tells by its first bytes whether a file is a picture or a video, whatever it is called."""

import re
import stat
from enum import Enum
from pathlib import Path

HEAD_BYTES = 4096
_TS_PACKET, _TS_PREFIXES = 188, (0, 4)  # M2TS puts a time stamp of four bytes before each packet
_STILL_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif"))
_SEQUENCE_BRANDS = frozenset((b"hevc", b"hevx", b"msf1", b"avis"))  # decoded by the same library as stills
_BOXES = frozenset((b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot", b"styp", b"moof", b"sidx"))
_PICTURES = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",  # TIFF
    b"MM\0*",
    b"II+\0",  # BigTIFF
    b"MM\0+",
    b"\0\0\0\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xff\x4f\xff\x51",  # JPEG 2000, the bare code stream
)
_VIDEOS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF, WMV
    b"OggS",
    b"\0\0\x01\xba",  # MPEG programme stream
    b"\0\0\x01\xb3",  # MPEG-1 and -2 video
    b"\x06\x0e\x2b\x34",  # MXF
    b"DHAV",  # Dahua recorders
    b"DKIF",  # IVF
    b"YUV4MPEG2",
    b".RMF",
)
_H264_FIRST, _H264_SET = frozenset((6, 7, 9)), 7  # information, sequence parameter set, access unit delimiter
_H265_FIRST, _H265_SETS = frozenset((32, 33, 35, 39)), frozenset((32, 33))
_UNIT = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)


class FileKind(Enum):
    """What a file holds, as its first bytes say."""

    PICTURE = "picture"
    VIDEO = "video"
    OTHER = "other"


def kind_of_file(path: Path) -> FileKind:
    """Return what a file holds; OTHER also for one that cannot be read, and for pipes and devices."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return FileKind.OTHER
        with path.open("rb") as file:
            return kind_of_bytes(file.read(HEAD_BYTES))
    except (OSError, ValueError):
        return FileKind.OTHER


def kind_of_bytes(head: bytes) -> FileKind:
    """Return what a file that begins so holds."""
    if _is_picture(head):
        return FileKind.PICTURE
    return FileKind.VIDEO if _is_video(head) else FileKind.OTHER


def _is_picture(head: bytes) -> bool:
    if head.startswith(_PICTURES):
        return True
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    if head[:2] == b"BM":  # two letters are little: the reserved fields are zero, and the header is of a known length
        return head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    if head[:1] == b"P" and head[1:2] in b"123456":
        return head[2:3] in (b"\n", b" ", b"\t", b"\r")
    return head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS | _SEQUENCE_BRANDS


def _is_video(head: bytes) -> bool:
    if head.startswith(_VIDEOS) or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return True
    if head[4:8] == b"ftyp" or (head[4:8] in _BOXES and len(head) > 8):
        return True
    return transport_stream_prefix(head) is not None or is_raw_video(head)


def transport_stream_prefix(head: bytes) -> int | None:
    """Return how many bytes stand before each packet of an MPEG transport stream; None for anything else."""
    for prefix in _TS_PREFIXES:
        starts = head[prefix :: _TS_PACKET + prefix]
        if len(starts) >= 3 and set(starts) == {0x47}:
            return prefix
    return None


def is_raw_video(head: bytes) -> bool:
    """Whether this is H.264 or H.265 without a container: units that come first, and a parameter set among them."""
    if not head.startswith((b"\0\0\x01", b"\0\0\0\x01")):
        return False
    units = [found[1][0] for found in _UNIT.finditer(head)]
    if not units or units[0] & 0x80:
        return False
    kinds_264, kinds_265 = {unit & 0x1F for unit in units}, {unit >> 1 for unit in units}
    if units[0] & 0x1F in _H264_FIRST and _H264_SET in kinds_264:
        return True
    return units[0] >> 1 in _H265_FIRST and bool(_H265_SETS & kinds_265)
