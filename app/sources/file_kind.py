"""Tells by its first bytes whether a file is a picture or a video, whatever it is called."""

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
_H264_FIRST = frozenset((7, 9))  # sequence parameter set, access unit delimiter
_H265_FIRST = frozenset((32, 33, 35))  # video and sequence parameter set, access unit delimiter


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
    return _is_transport_stream(head) or _is_raw_video(head)


def _is_transport_stream(head: bytes) -> bool:
    """Whether every packet of the head begins with the sync byte of MPEG-TS."""
    for prefix in _TS_PREFIXES:
        starts = head[prefix :: _TS_PACKET + prefix]
        if len(starts) >= 3 and set(starts) == {0x47}:
            return True
    return False


def _is_raw_video(head: bytes) -> bool:
    """Whether this is H.264 or H.265 without a container: a start code and a unit that only comes first."""
    for start in (b"\0\0\0\x01", b"\0\0\x01"):
        if head.startswith(start) and len(head) > len(start) + 1:
            first = head[len(start)]
            if first & 0x80:
                return False
            return first & 0x1F in _H264_FIRST or (first >> 1 in _H265_FIRST and first & 1 == 0)
    return False
