"""Pictures and video."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pil

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import picture, put, taken


def _picture_seeds(_: Path) -> list[bytes]:
    plain = [picture(suffix) for suffix in (".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm", ".gif", ".avif")]
    return [*plain, *_pages()]


def _pages() -> list[bytes]:
    """Pictures with pages, with EXIF data, and of a phone."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    pages = [Pil.fromarray(np.full((24, 40, 3), level, np.uint8)) for level in (40, 90, 200)]
    exif = Pil.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update({0x9003: "2023:07:14 09:15:02", 0x9011: "+02:00"})
    found = []
    for form in ("TIFF", "GIF", "WEBP", "PNG", "HEIF", "JPEG"):
        file = BytesIO()
        more = {"exif": exif} if form in ("JPEG", "HEIF") else {}
        pages[0].save(file, form, save_all=form != "JPEG", append_images=pages[1:] if form != "JPEG" else [], **more)
        found.append(file.getvalue())
    return found


def _feed_picture(data: bytes, folder: Path) -> bool:
    from app.sources.identify import identify
    from app.sources.parts import count_pages_of
    from app.sources.picture_file import PictureFile
    from app.sources.source import SourceError

    def read(path: Path) -> None:
        for part in range(min(3, count_pages_of(path))):
            source = PictureFile(replace(identify(str(path)), part=part))
            source.open()
            frame = source.read()
            assert frame is not None and frame.image.ndim == 3 and frame.image.shape[2] == 3

    return taken(put(folder, "a.jpg", data), read, SourceError)


def _video_seeds(folder: Path) -> list[bytes]:
    found = []
    for name, code in (("a.mp4", "mp4v"), ("a.avi", "MJPG"), ("a.mkv", "mp4v"), ("a.webm", "VP80"), ("a.ts", "mp4v")):
        path = folder / name
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), 10, (64, 48))
        for number in range(6):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
        writer.release()
        if path.exists():
            found.append(path.read_bytes())
    return found


def _feed_video(data: bytes, folder: Path) -> bool:
    from app.sources import video_file
    from app.sources.identify import identify
    from app.sources.source import SourceError
    from app.sources.video_file import VideoFile

    # a process for each case would take hours; what it cannot stand takes nothing with it
    video_file.DecoderProcess = _NoOtherBuild  # type: ignore[misc,assignment]

    def read(path: Path) -> None:
        with closing(VideoFile(identify(str(path)))) as source:
            source.open()
            for _ in range(40):
                if source.read() is None:
                    break

    return taken(put(folder, "a.mp4", data), read, SourceError)


class _NoOtherBuild:
    """Stands for the decoder in another process, and opens nothing."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def isOpened(self) -> bool:
        return False

    def release(self) -> None: ...


def _container_seeds(folder: Path) -> list[bytes]:
    h264 = bytes.fromhex("000000010605ff000000000167640016acd940a03db016a04040b4a000000300200000030301e2c5b2c0")
    h265 = bytes.fromhex("0000000140010c01ffff016000000300900000030000030078959809") + bytes(40)
    avchd = (b"\x47\x41\x00\x10MDPM\x02\x18\x04\x20\x23\x07\x19\x14\x09\x15\x02").ljust(188, b"\xff") * 4
    text = b"FRI Jul 14 09:15:02 2023\n\0"
    header = b"hdrlIDIT" + len(text).to_bytes(4, "little") + text
    dated = b"RIFF\0\0\0\0AVI LIST" + len(header).to_bytes(4, "little") + header
    return [*_video_seeds(folder), h264, h265, avchd, dated]


def _feed_container(data: bytes, folder: Path) -> bool:
    from app.sources.containers.facts import ContainerFacts
    from app.sources.containers.read import read_facts
    from app.sources.start_time import recording_start

    path = put(folder, "a.bin", data)
    facts = read_facts(path)
    assert facts.tracks >= 1 and (facts.fps == 0 or 0.01 <= facts.fps <= 1000)
    recording_start(path, 1.0, None, facts.created)
    return facts != ContainerFacts()


def _rtsp_seeds(_: Path) -> list[bytes]:
    described = (
        b"RTSP/1.0 200 OK\r\nContent-Base: rtsp://cam/live/\r\n\r\nv=0\r\nm=video 0 RTP/AVP 96\r\na=control:track1\r\n"
    )
    asked = b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="y", qop="auth", algorithm=SHA-256\r\n\r\n'
    return [described, asked]


def _feed_rtsp(data: bytes, _: Path) -> bool:
    from app.sources.address import parse_address
    from app.sources.failure_reason import authorization, video_control

    address, text = parse_address("rtsp://u:p@cam/live"), data.decode("utf-8", "replace")
    assert authorization(text, "DESCRIBE", "rtsp://cam/live", address).startswith(("Basic ", "Digest "))
    return video_control(text, address) != address.bare


TARGETS: Sequence[Target] = (
    Target("container", _container_seeds, _feed_container),
    Target("rtsp-answer", _rtsp_seeds, _feed_rtsp),
    Target("picture", _picture_seeds, _feed_picture, native=True),
    Target("video", _video_seeds, _feed_video, native=True),
)
