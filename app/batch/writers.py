"""What a run leaves behind: rows of text, and annotated videos and pictures."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

import cv2
import numpy as np

from app import columns
from app.batch.rows import csv_row, json_line
from app.pipeline.overlay import annotate
from app.pipeline.sources import SourceInfo, SourceSpec
from app.pipeline.types import FrameResult, Image, PlateEvent

_CODECS = {".avi": "MJPG", ".mkv": "mp4v", ".webm": "VP80"}
_LONGEST_GAP_S = 5.0  # a longer one is a fault of the time stamps, not a still picture


class OutputError(Exception):
    """An output cannot be written; the message names the file and says what to do."""


class RowFile:
    """A file of text to which the reads of one source after the other are added; each addition is on disk at once."""

    def __init__(self, path: Path, header: str, encoding: str, line: Callable[[PlateEvent], str]) -> None:
        self.path = path
        self._header = header
        self._encoding = encoding
        self._line = line
        self._file: IO[bytes] | None = None

    def open(self, keep_bytes: int = 0) -> None:
        """Start the file anew, or go on after the first keep_bytes of it; raises OutputError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if keep_bytes else "wb")
            self._file.truncate(keep_bytes)
            self._file.seek(keep_bytes)
            if not keep_bytes:
                self._file.write(self._header.encode(self._encoding))
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    @property
    def position(self) -> int:
        """Length of the file in bytes, after open()."""
        return self._file.tell() if self._file else 0

    def add(self, events: Sequence[PlateEvent]) -> None:
        """Add reads; raises OutputError."""
        if self._file is None:
            return
        try:
            # utf-8, not utf-8-sig: the mark stands at the start only
            self._file.write("".join(self._line(event) for event in events).encode("utf-8"))
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


#: Which watch list a plate is on at a time; empty for none.
ListOf = Callable[[str, datetime], str]


def on_no_list(_plate: str, _when: datetime) -> str:
    """The watch list of a run that keeps no log: none."""
    return ""


def csv_file(path: Path, list_of: ListOf = on_no_list) -> RowFile:
    """Return the CSV of a run."""

    def line(event: PlateEvent) -> str:
        return _csv_line(csv_row(event, list_of(event.text, event.first_wall)))

    return RowFile(path, _csv_line(columns.COLUMNS), columns.ENCODING, line)


def json_file(path: Path, list_of: ListOf = on_no_list) -> RowFile:
    """Return the JSONL of a run."""
    return RowFile(path, "", "utf-8", lambda event: json_line(event, list_of(event.text, event.first_wall)) + "\n")


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
        code = cv2.VideoWriter.fourcc(*_CODECS.get(path.suffix.lower(), "mp4v"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            str(path).encode()  # OpenCV crashes where this fails
            path.open("ab").close()  # cv2 says nothing of why it cannot write
        except UnicodeEncodeError as error:
            raise OutputError(f"{str(path)!a}: the name is no text in UTF-8; choose another") from error
        except OSError as error:
            raise _unwritable(path, error) from error
        self._writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, self._fps, self._size)
        if not self._writer.isOpened():
            path.unlink(missing_ok=True)
            raise OutputError(f"{path}: no video can be written under this name; let it end in .mp4 or .avi")

    def add(self, result: FrameResult) -> None:
        """Add a frame; frames come in order."""
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
        """Write the last frame and finish the file."""
        if self._last is not None:
            self._put(self._last)
            self._last = None
        self._writer.release()

    def _put(self, image: Image) -> None:
        self._writer.write(image)
        self._written += 1


def save_annotated(path: Path, result: FrameResult) -> None:
    """Write an annotated picture; raises OutputError."""
    good, data = cv2.imencode(path.suffix, annotate(result.frame.image, result.tracks))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if good:
            path.write_bytes(data.tobytes())
    except OSError as error:
        raise _unwritable(path, error) from error


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


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path}: cannot be written ({error.strerror or error}); choose another place")
