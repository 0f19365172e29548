"""What a run leaves behind: rows of text, and annotated videos and pictures."""

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from app import columns
from app.batch.files import OutputError, RowFile, start_private, unwritable
from app.batch.rows import csv_row, json_line
from app.pipeline.events import PlateEvent
from app.pipeline.overlay import annotate
from app.pipeline.types import FrameResult, Image
from app.sources.source import SourceInfo, SourceSpec, is_text

_CODECS = {".avi": "MJPG", ".webm": "VP80"} | dict.fromkeys((".mp4", ".m4v", ".mov", ".mkv", ".ts"), "mp4v")
_ROOM_BYTES = 16 << 20  # left on the disk, for the video's end and for the log
_LONGEST_GAP_S = 5.0  # a longer one is a fault of the time stamps, not a still picture


#: Which watch list a plate is on at a time; empty for none.
ListOf = Callable[[str, datetime], str]


def on_no_list(_plate: str, _when: datetime) -> str:
    """The watch list of a run that keeps no log: none."""
    return ""


def csv_file(path: Path, list_of: ListOf = on_no_list) -> RowFile:
    """Return the CSV of a run."""

    def line(event: PlateEvent) -> str:
        return _csv_line(csv_row(event, list_of(event.text.plate, event.span.first_time)))

    return RowFile(path, _csv_line(columns.COLUMNS), columns.ENCODING, line)


def json_file(path: Path, list_of: ListOf = on_no_list) -> RowFile:
    """Return the JSONL of a run."""
    return RowFile(
        path, "", "utf-8", lambda event: json_line(event, list_of(event.text.plate, event.span.first_time)) + "\n"
    )


def _csv_line(fields: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(fields)
    return text.getvalue()


class AnnotatedVideo:
    """Writes the frames of a recording with boxes and texts. It is as long as the recording, at its mean frame rate.

    Where the recording's frame rate varies, frames are shown for as long as they were in it.
    """

    def __init__(self, path: Path, info: SourceInfo) -> None:
        """Open the file; raises OutputError."""
        self.path = path
        self._fps = info.fps if info.fps > 0 else 25.0
        self._size = (info.width, info.height)
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
