"""A recording behind a web address as a source: read whole, in order, once."""

from datetime import UTC, datetime, timedelta

from app.sources.containers.facts import ContainerFacts
from app.sources.decoder_process import DecoderProcess
from app.sources.either_build import EitherBuild
from app.sources.frame import Frame, WallClock
from app.sources.recording import Recording, open_recording
from app.sources.source import SourceError, SourceInfo, SourceSpec


class RemoteRecording:
    """A file, or a playlist that has ended, on a web server."""

    def __init__(self, spec: SourceSpec, url: str, modified: datetime | None) -> None:
        """Make a source that is not opened yet.

        Args:
            spec: what was asked for.
            url: the address as FFmpeg takes it.
            modified: when the server says that the file was written: its end, as a recorder closes it then.
        """
        self._spec = spec
        self._url = url
        self._modified = modified
        self._recording: Recording | None = None

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Open it at its beginning; raises SourceError."""
        self.close()
        handle = EitherBuild(open_recording(self._url), lambda second: DecoderProcess(self._url, start_s=second))
        if not handle.isOpened():
            handle.release()
            raise SourceError(f"{self._spec.source_id}: no video that can be read")
        self._recording = Recording(self._spec, handle, ContainerFacts())
        ended = self._modified or datetime.now(UTC)
        start = ended - timedelta(seconds=self._recording.duration_s or 0.0)
        return self._recording.begin(start.astimezone(), WallClock.FILE_TIME)

    def read(self) -> Frame | None:
        """Return the next frame, None at the end; raises SourceError once where the end is missing."""
        if self._recording is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        return self._recording.read()

    def close(self) -> None:
        """Let go of the connection."""
        if self._recording is not None:
            self._recording.close()
            self._recording = None
