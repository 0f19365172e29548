"""Annotated versions of what a run reads: a video of a recording, a picture of a picture, with boxes and texts."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from app.pipeline.overlay import annotate
from app.pipeline.sink import Sink
from app.pipeline.stats import StageTimes
from app.pipeline.types import FrameResult, Image
from app.sinks.input_files import InputFiles
from app.sinks.row_file import OutputError, start_private, unwritable
from app.sources.source import SourceInfo, SourceSpec, is_text

_CODECS = {".avi": "MJPG", ".webm": "VP80"} | dict.fromkeys((".mp4", ".m4v", ".mov", ".mkv", ".ts"), "mp4v")
_ROOM_BYTES = 16 << 20  # left on the disk, for the video's end and for the log
_LONGEST_GAP_S = 5.0  # a longer one is a fault of the time stamps, not a still picture


class VideoSink(Sink):
    """Writes an annotated version of each source. One that cannot be written ends, and is an error of the run."""

    def __init__(self, wanted: Path, inputs: InputFiles, alone: bool, stages: StageTimes) -> None:
        """Write nothing yet.

        Args:
            wanted: Where it goes; several sources get their own name appended to it.
            inputs: What must not be overwritten.
            alone: Whether there is one source only.
            stages: Where the time of drawing is counted.
        """
        self._wanted = wanted
        self._inputs = inputs
        self._alone = alone
        self._stages = stages
        self._taken: set[Path] = set()
        self._videos: dict[str, AnnotatedVideo] = {}
        self._begun: dict[str, tuple[SourceSpec, SourceInfo | None]] = {}
        self._errors: list[str] = []
        self._written: list[Path] = []

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return str(self._wanted)

    @property
    def written(self) -> Sequence[Path]:
        """The versions that could be written."""
        return tuple(self._written)

    def on_source_begun(self, source: SourceSpec, info: SourceInfo | None) -> None:
        """Note a source, for its first frame."""
        self._begun[source.source_id] = source, info

    def on_frame(self, result: FrameResult) -> None:
        """Draw a frame into its source's version."""
        name = result.frame.source_id
        try:
            if name in self._begun:
                self._start(*self._begun.pop(name), result)
            if name in self._videos:
                with self._stages.measure("draw"):
                    self._videos[name].add(result)
        except OutputError as error:
            self._errors.append(str(error))
            self._end(name)

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """Finish a source's version."""
        self._begun.pop(source.source_id, None)
        self._end(source.source_id)

    def close(self, interrupted: bool) -> Sequence[str]:
        """Finish what is open, and return what could not be written."""
        for name in list(self._videos):
            self._end(name)
        return self._errors

    def _start(self, source: SourceSpec, info: SourceInfo | None, result: FrameResult) -> None:
        still = result.frame.is_still
        if not still and info is None:
            return
        path = annotated_path(self._wanted, source, self._alone, still, self._taken)
        self._inputs.spare(path)
        if still:
            save_annotated(path, result)
        elif info is not None:
            self._videos[source.source_id] = AnnotatedVideo(path, info)
        self._written.append(path)

    def _end(self, name: str) -> None:
        video = self._videos.pop(name, None)
        if video is None:
            return
        try:
            video.close()
        except OutputError as error:
            self._errors.append(str(error))
            self._written.remove(video.path)


class AnnotatedVideo:
    """Writes the frames of a recording with boxes and texts. It is as long as the recording, at its mean frame rate.

    Where the recording's frame rate varies, frames are shown for as long as they were in it.
    """

    def __init__(self, path: Path, info: SourceInfo) -> None:
        """Open the file; raises OutputError."""
        self.path = path
        self._fps = info.fps if info.fps > 0 else 25.0
        self._size = _shown_size(info)
        self._written = 0
        self._start: float | None = None
        self._last: Image | None = None
        if not is_text(str(path)):
            raise OutputError(f"{str(path)!a}: the name is no text in UTF-8; choose another")
        codec = _CODECS.get(path.suffix.lower())
        if codec is None:  # asked first: a text of the user's under this name is to stay
            raise OutputError(f"{path}: no video can be written under this name; let it end in .mp4 or .avi")
        code = cv2.VideoWriter.fourcc(*codec)
        start_private(path).close()  # cv2 says nothing of why it cannot write
        self._see_room()
        self._writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, self._fps, self._size)
        if not self._writer.isOpened():
            raise OutputError(f"{path}: no video of {info.width} x {info.height} can be written; try .avi")

    def add(self, result: FrameResult) -> None:
        """Add a frame; frames come in order. Raises OutputError, before the disk is full: cv2 would not say so."""
        self._see_room()
        image = annotate(result.frame.image, result.tracks)
        if (image.shape[1], image.shape[0]) != self._size:
            image = np.asarray(cv2.resize(image, self._size), np.uint8)
        if self._start is None:
            self._start = result.frame.media_time
        due = min(
            round((result.frame.media_time - self._start) * self._fps),
            self._written + round(_LONGEST_GAP_S * self._fps),
        )
        while self._last is not None and self._written < due:
            self._put(self._last)
        self._last = image

    def close(self) -> None:
        """Write the last frame and finish the file; raises OutputError where it is not whole: cv2 would not say so."""
        if self._last is not None:
            self._put(self._last)
            self._last = None
        self._writer.release()
        if self._written and not self._is_whole():
            raise OutputError(
                f"{self.path}: the video could not be finished; see to room, quota and limits of file size"
            )

    def _is_whole(self) -> bool:
        """Whether the file can be played and is about as long as what was written; not all containers tell."""
        played = cv2.VideoCapture(str(self.path.resolve()), cv2.CAP_FFMPEG)
        try:
            frames = played.get(cv2.CAP_PROP_FRAME_COUNT)
            return played.read()[0] and (frames <= 0 or frames > self._written / 2)
        finally:
            played.release()

    def _see_room(self) -> None:
        if shutil.disk_usage(self.path.parent).free < _ROOM_BYTES:
            raise OutputError(f"{self.path}: the disk is nearly full; the video ends here. Free some space")

    def _put(self, image: Image) -> None:
        self._writer.write(image)
        self._written += 1


def _shown_size(info: SourceInfo) -> tuple[int, int]:
    """Width and height as players show a recording: what cv2 writes has square pixels. Even, as codecs want it."""
    if info.pixel_aspect == 1.0:
        return info.width, info.height
    width, height = info.width * max(1.0, info.pixel_aspect), info.height / min(1.0, info.pixel_aspect)
    return 2 * round(width / 2), 2 * round(height / 2)


def save_annotated(path: Path, result: FrameResult) -> None:
    """Write an annotated picture; raises OutputError."""
    good, data = cv2.imencode(path.suffix, annotate(result.frame.image, result.tracks))
    if good:
        with start_private(path) as file:
            try:
                file.write(data.tobytes())
            except OSError as error:
                raise unwritable(path, error) from error


def annotated_path(wanted: Path, spec: SourceSpec, alone: bool, is_still: bool, taken: set[Path]) -> Path:
    """Return where a source's annotated version goes, and mark it as taken.

    A single source gets the wanted name, several get their own name appended to it; pictures end in .jpg.
    """
    suffix = ".jpg" if is_still else wanted.suffix or ".mp4"
    own = "".join(c if c.isalnum() or c in "-_." else "_" for c in Path(spec.source_id).stem) or "source"
    stem = wanted.stem if alone else f"{wanted.stem}_{own}"
    path, number = wanted.with_name(stem + suffix), 2
    while path in taken:
        path, number = wanted.with_name(f"{stem}_{number}{suffix}"), number + 1
    taken.add(path)
    return path
