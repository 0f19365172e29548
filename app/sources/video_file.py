"""A file of recorded video as a source."""

from datetime import datetime
from pathlib import Path

from app.sources.animation import AnimationHandle
from app.sources.containers.read import read_facts
from app.sources.decoder_process import DecoderProcess
from app.sources.either_build import EitherBuild, SeekableHandle
from app.sources.file_kind import FileKind, kind_of_file
from app.sources.files import checked_file
from app.sources.frame import Frame
from app.sources.parts import is_moving
from app.sources.recording import Recording, open_recording
from app.sources.source import SourceError, SourceInfo, SourceSpec
from app.sources.start_time import recording_start


class VideoFile:
    """A recording, read from front to end through FFmpeg, upright as its rotation tag says."""

    def __init__(self, spec: SourceSpec, start: datetime | None = None) -> None:
        """start: when the recording began, where the user knows better than the file."""
        self._spec = spec
        self._given_start = start
        self._recording: Recording | None = None

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Open the file at its beginning; raises SourceError, naming the file and what is wrong with it."""
        self.close()
        path = checked_file(self._spec)
        facts = read_facts(path)
        handle = open_file(path, self._spec.part, facts.interlaced)
        if not handle.isOpened():
            handle.release()
            raise SourceError(f"{self._spec.source_id}: not a video that can be read, or cut off before its index")
        self._recording = Recording(self._spec, handle, facts, path.stat().st_size)
        duration_s = self._recording.duration_s or 0.0
        return self._recording.begin(*recording_start(path, duration_s, self._given_start, facts.created))

    def read(self) -> Frame | None:
        """Return the next frame, None at the end; raises SourceError once where the end of the file is missing."""
        return self._opened().read()

    def seek(self, seconds: float) -> None:
        """Go on from a second of the recording, or from the nearest place before it that the file allows."""
        self._opened().seek(seconds)

    def close(self) -> None:
        """Release the file."""
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    def _opened(self) -> Recording:
        if self._recording is None:
            raise SourceError(f"{self._spec.source_id}: used before it was opened")
        return self._recording


def open_file(path: Path, track: int, interlaced: bool) -> SeekableHandle:
    """Open a recording by what can decode it."""
    if kind_of_file(path) is FileKind.PICTURE and is_moving(path):
        return AnimationHandle(path)
    if track or interlaced:  # OpenCV cannot choose a track, and leaves frames of two fields as the memory was
        other = DecoderProcess(str(path.resolve()), track)
        if track or other.isOpened():
            return other
    # an absolute path, since FFmpeg takes "clip:1.mp4" for a protocol
    target = str(path.resolve())
    return EitherBuild(open_recording(target), lambda second: DecoderProcess(target, start_s=second))
