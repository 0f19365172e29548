"""A recording behind a web address as a source: read whole, in order, once."""

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from io import BytesIO
from pathlib import Path

from app.sources.containers.facts import ContainerFacts
from app.sources.containers.read import read_facts, read_facts_of
from app.sources.decoder_process import DecoderProcess
from app.sources.either_build import EitherBuild, SeekableHandle
from app.sources.frame import Frame, WallClock
from app.sources.recording import Recording, open_recording
from app.sources.source import SourceError, SourceInfo, SourceSpec
from app.sources.start_time import EARLIEST
from app.sources.video_file import open_file
from app.sources.web import WebClient

_HEAD_BYTES = 1 << 20


class RemoteRecording:
    """A file, or a playlist that has ended, on a web server.

    A server that gives files from their beginning only leaves FFmpeg without the index at their end: such a file is
    fetched whole first.
    """

    def __init__(self, spec: SourceSpec, url: str, client: WebClient, modified: datetime | None) -> None:
        """Make a source that is not opened yet.

        Args:
            spec: what was asked for.
            url: the address as FFmpeg takes it.
            client: gets the file where FFmpeg cannot.
            modified: when the server says that the file was written: its end, as a recorder closes it then.
        """
        self._spec = spec
        self._url = url
        self._client = client
        self._modified = modified
        self._recording: Recording | None = None
        self._fetched: Path | None = None

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Open it at its beginning; raises SourceError."""
        self.close()
        handle, facts = self._open_handle()
        if not handle.isOpened():
            handle.release()
            raise SourceError(f"{self._spec.source_id}: no video that can be read")
        self._recording = Recording(self._spec, handle, facts)
        ended = self._modified or datetime.now(UTC)
        created = facts.created.astimezone() if facts.created is not None else None
        if created is not None and EARLIEST <= created <= ended + timedelta(days=1):
            return self._recording.begin(created, WallClock.CONTAINER)
        start = ended - timedelta(seconds=self._recording.duration_s or 0.0)
        return self._recording.begin(start.astimezone(), WallClock.FILE_TIME)

    def read(self) -> Frame | None:
        """Return the next frame, None at the end; raises SourceError once where the end is missing."""
        if self._recording is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        return self._recording.read()

    def close(self) -> None:
        """Let go of the connection, and of what was fetched."""
        if self._recording is not None:
            self._recording.close()
            self._recording = None
        if self._fetched is not None:
            self._fetched.unlink(missing_ok=True)
            self._fetched = None

    def _open_handle(self) -> tuple[SeekableHandle, ContainerFacts]:
        facts = self._facts_of_head()
        handle = self._open_streamed(facts)
        if handle is not None:
            return handle, facts
        self._fetched = self._fetch()
        facts = read_facts(self._fetched)
        return open_file(self._fetched, 0, facts.interlaced), facts

    def _open_streamed(self, facts: ContainerFacts) -> SeekableHandle | None:
        """Open the address itself; None where no frame comes that way."""
        if facts.interlaced:  # OpenCV leaves frames of two fields as the memory was
            other = DecoderProcess(self._url)
            if other.isOpened():
                return other
            other.release()
        handle = EitherBuild(open_recording(self._url), lambda second: DecoderProcess(self._url, start_s=second))
        if handle.isOpened() and handle.decodes:
            return handle
        handle.release()
        return None

    def _facts_of_head(self) -> ContainerFacts:
        """Return what the first bytes tell of the container; they may hold no index."""
        try:
            with self._client.get() as response:
                head = response.read(_HEAD_BYTES)
        except (OSError, HTTPException):
            return ContainerFacts()
        facts = read_facts_of(BytesIO(head), len(head))
        return facts if facts.can_jump else replace(facts, whole=None)  # it ends behind these bytes

    def _fetch(self) -> Path:
        """Fetch the file into one for this user only; raises SourceError."""
        try:
            with self._client.get() as response, tempfile.NamedTemporaryFile(delete=False) as file:
                shutil.copyfileobj(response, file)
        except (OSError, HTTPException) as error:
            raise SourceError(f"{self._spec.source_id}: could not be fetched ({error})") from error
        return Path(file.name)
