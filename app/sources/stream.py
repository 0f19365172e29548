"""Network streams as sources: what is behind the address decides how it is read."""

import cv2

from app.sources.address import Address, parse_address
from app.sources.decoder_process import DecoderProcess
from app.sources.either_build import EitherBuild
from app.sources.failure_reason import explain_failure
from app.sources.frame import Frame
from app.sources.live_jpeg import MultipartSource, PolledPicture
from app.sources.live_source import READ_TIMEOUT_S, Clock, Handle, LiveSource
from app.sources.remote_recording import RemoteRecording
from app.sources.source import Source, SourceError, SourceInfo, SourceSpec
from app.sources.web import Content, Found, WebClient

OPEN_TIMEOUT_S = 8.0
_WEB = ("http", "https")
_PROBED = 3  # frames that FFmpeg wants before it says what a stream is
_SEGMENTS = 3  # of a live playlist, so many may pass before a new one is there


class NetworkStream:
    """Whatever is behind an address.

    Behind a web address there may be a recording, which is read whole and once, a playlist that goes on, a camera's
    row of JPEGs, or one picture that is fetched again and again. Everything else is a stream for FFmpeg.
    """

    def __init__(self, spec: SourceSpec, clock: Clock | None = None) -> None:
        self.patience_s = READ_TIMEOUT_S
        self._spec = spec
        self._address: Address | None = None
        self._clock = clock or Clock()
        self._found = Found(Content.LIVE)
        self._source: Source | None = None

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Connect, or connect again; raises SourceError with the reason in words."""
        address = parse_address(self._spec.address)
        if address.scheme in _WEB:
            self._find_out(address)
        if self._source is None:
            self._source = self._make(address)
        return self._source.open()

    def read(self) -> Frame | None:
        """Return the next frame, None at the end of a recording; raises SourceError when the source is lost."""
        if self._source is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        return self._source.read()

    def close(self) -> None:
        """Let go of the connection."""
        if self._source is not None:
            self._source.close()

    def _find_out(self, address: Address) -> None:
        """Ask the server what is there; a source of another kind than before is begun anew."""
        found = WebClient(address, open_timeout_s(self.patience_s)).find_out()
        if self._source is not None and found.content is not self._found.content:
            self._source.close()
            self._source = None
        self._found = found

    def _make(self, address: Address) -> Source:
        spec, found, client = self._spec, self._found, WebClient(address, self.patience_s)
        if found.content is Content.PICTURE:
            return PolledPicture(spec, client, self._clock)
        if found.content is Content.MULTIPART:
            return MultipartSource(spec, client, self._clock)
        if found.content is Content.RECORDING:
            return RemoteRecording(spec, address.url, client, found.modified)

        def open_it(_: SourceSpec) -> Handle:
            return open_address(address, max(self.patience_s, _SEGMENTS * self._found.segment_s))

        def explain(_: SourceSpec) -> str:
            if address.scheme in _WEB:
                return "no connection: the server is there but sends no video that is understood"
            return explain_failure(address, min(OPEN_TIMEOUT_S, self.patience_s))

        paced = found.content is Content.LIVE_PLAYLIST
        return LiveSource(spec, open_it, self._clock, explain=explain, paced=paced)


def open_address(address: Address, patience_s: float) -> Handle:
    """Open an address with OpenCV; time-outs hold only because the backend is named."""
    time_outs = [
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(open_timeout_s(patience_s) * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(patience_s * 1000)),
    ]
    handle = cv2.VideoCapture(address.url, cv2.CAP_FFMPEG, time_outs)
    return EitherBuild(handle, lambda _: DecoderProcess(address.url))


def open_timeout_s(patience_s: float) -> float:
    """How long to wait for a stream to open: FFmpeg wants a few frames before it says what it is."""
    return OPEN_TIMEOUT_S + (_PROBED * patience_s if patience_s > READ_TIMEOUT_S else 0.0)
