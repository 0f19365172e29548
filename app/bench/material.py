"""What the bench reads: the demo clip or the user's, a 1080p version of it as a camera, and stills of a megapixel."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from app.config.paths import DEMO_CLIP
from app.pipeline.types import Image
from app.sources.identify import expand, identify
from app.sources.source import SourceError, SourceKind
from app.sources.video_file import VideoFile

LIVE_SIZE = (1920, 1080)
LIVE_FPS = 30
STILL_SIZE = (1280, 800)  # 1.02 megapixels
STILLS = 50  # enough that starting and ending the run, some 35 ms, count little
_LIVE_FRAMES = 150
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Material:
    """Files to measure with: a recording, what a camera shows (1920x1080), and pictures."""

    clip: Path
    live: Path
    stills: tuple[Path, ...]
    described: str


def prepare(source: str | None, folder: Path, stills: int = STILLS) -> Material:
    """Make what is needed into folder; source is a recording, a picture, a folder of pictures, or None for the demo.

    Pictures take the place of the stills only, a recording that of everything. Raises SourceError.
    """
    if source is None:
        return _of_clip(DEMO_CLIP, folder, stills, "the demo clip")
    specs = expand(source)
    if all(spec.kind is SourceKind.PICTURE for spec in specs):
        made = _of_clip(DEMO_CLIP, folder, 0, "the demo clip")
        pictures = tuple(Path(spec.address).resolve() for spec in specs)
        return Material(made.clip, made.live, pictures, f"the demo clip; stills: {source}")
    if len(specs) != 1 or specs[0].kind is not SourceKind.VIDEO:
        raise SourceError(f"{source}: give one recording, or pictures")
    return _of_clip(Path(specs[0].address).resolve(), folder, stills, source)


def frames(clip: Path, skip: int = 0) -> Iterator[Image]:
    """The pictures of a recording from number skip on; raises SourceError where it cannot be read at all."""
    video = VideoFile(identify(str(clip)))
    video.open()
    count = 0
    try:
        while (frame := video.read()) is not None:
            count += 1
            if count > skip:
                yield frame.image
    except SourceError:
        if not count:
            raise
    finally:
        video.close()


def _of_clip(clip: Path, folder: Path, stills: int, name: str) -> Material:
    """Make camera and stills in one pass over the clip."""
    video = VideoFile(identify(str(clip)))
    info = video.open()
    video.close()
    count = info.frames or _LIVE_FRAMES
    skip = count // 6 if count > _LIVE_FRAMES * 6 // 5 else 0  # so that something is in view
    every = max(1, min(count - skip, _LIVE_FRAMES) // stills) if stills else 0
    camera = folder / "camera.mp4"
    paths: list[Path] = []
    writer = _writer(camera)
    (folder / "stills").mkdir(exist_ok=True)
    for number, image in enumerate(islice(frames(clip, skip), _LIVE_FRAMES)):
        writer.write(_resized(image, LIVE_SIZE))
        if every and number % every == 0 and len(paths) < stills:
            paths.append(folder / "stills" / f"{number:03}.jpg")
            cv2.imwrite(str(paths[-1]), _resized(image, STILL_SIZE), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    writer.release()
    return Material(clip, camera, tuple(paths), f"{name} ({info.width}x{info.height}, {count} frames)")


def _writer(path: Path) -> cv2.VideoWriter:
    """A file for the 1080p recording that a made-up camera shows over and over."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), LIVE_FPS, LIVE_SIZE)
    if not writer.isOpened():
        raise SourceError(f"{path}: no video can be written here; free some space in the folder for temporary files")
    return writer


def _resized(image: Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture scaled to cover size and cut to it, so that plates keep their shape."""
    height, width = image.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    wide, high = max(size[0], round(width * scale)), max(size[1], round(height * scale))
    large = cv2.resize(image, (wide, high), interpolation=cv2.INTER_LINEAR)
    left, top = (wide - size[0]) // 2, (high - size[1]) // 2
    return np.ascontiguousarray(large[top : top + size[1], left : left + size[0]], dtype=np.uint8)
