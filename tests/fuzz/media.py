"""Pictures and video."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import picture, put, taken


def _picture_seeds(_: Path) -> list[bytes]:
    return [picture(suffix) for suffix in (".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm", ".gif", ".avif")]


def _feed_picture(data: bytes, folder: Path) -> bool:
    from app.sources.identify import identify
    from app.sources.picture_file import PictureFile
    from app.sources.source import SourceError

    def read(path: Path) -> None:
        source = PictureFile(identify(str(path)))
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
    from app.sources.identify import identify
    from app.sources.source import SourceError
    from app.sources.video_file import VideoFile

    def read(path: Path) -> None:
        with closing(VideoFile(identify(str(path)))) as source:
            source.open()
            for _ in range(40):
                if source.read() is None:
                    break

    return taken(put(folder, "a.mp4", data), read, SourceError)


TARGETS: Sequence[Target] = (
    Target("picture", _picture_seeds, _feed_picture, native=True),
    Target("video", _video_seeds, _feed_video, native=True),
)
