"""Cameras that give JPEGs over the web: in a row without end, or one at a time."""

import re
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.error import HTTPError

import cv2
import numpy as np

from app.sources.frame import Frame, Image, WallClock
from app.sources.jpeg import bare
from app.sources.live_source import Clock
from app.sources.source import Delivery, SourceError, SourceInfo, SourceSpec
from app.sources.web import WebClient

_POLL_S = 0.5  # between two fetches of one picture: twice a second is what such cameras make
_SAME_S = 5.0  # a picture that stays the same is given again after this: the source is well
_PICTURE_BYTES = 64 << 20
_LINE_BYTES = 4096
_HEADER_LINES = 64
_PACKED_BYTES = 0.25  # of a JPEG file for each pixel, at most, to be kept as it is


class _JpegSource:
    """What both have in common: pictures with the wall clock and the seconds since the source was first opened."""

    def __init__(self, spec: SourceSpec, client: WebClient, clock: Clock) -> None:
        self._spec = spec
        self._client = client
        self._clock = clock
        self._began: float | None = None
        self._index = 0

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def _info(self, frame: Frame) -> SourceInfo:
        height, width = frame.image.shape[:2]
        return SourceInfo(width, height, 0.0, None, None, frame.wall_time, WallClock.LIVE, delivery=Delivery.NEWEST)

    def _frame(self, data: bytes, image: Image) -> Frame:
        now = self._clock.monotonic()
        self._began = now if self._began is None else self._began
        kept = bare(data) if len(data) <= _PACKED_BYTES * image.shape[0] * image.shape[1] else b""
        index, self._index = self._index, self._index + 1
        return Frame(
            self._spec.source_id, index, image, self._clock.now(), now - self._began, WallClock.LIVE, jpeg=kept
        )

    def _lost(self, error: Exception | None = None) -> SourceError:
        lost = SourceError(f"{self._spec.source_id}: the connection was lost")
        lost.__cause__ = error
        return lost


class MultipartSource(_JpegSource):
    """A camera that sends one JPEG after the other over one connection (multipart/x-mixed-replace)."""

    def __init__(self, spec: SourceSpec, client: WebClient, clock: Clock) -> None:
        super().__init__(spec, client, clock)
        self._response: HTTPResponse | None = None
        self._parts: Iterator[bytes] = iter(())
        self._first: Frame | None = None

    def open(self) -> SourceInfo:
        """Connect, and wait for the first picture; raises SourceError."""
        self.close()
        self._response = self._client.get()
        self._parts = parts_of(self._response)
        self._first = self._next()
        return self._info(self._first)

    def read(self) -> Frame | None:
        """Return the next picture; raises SourceError when none came within the time-out."""
        if self._response is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        first, self._first = self._first, None
        return first or self._next()

    def close(self) -> None:
        """Let go of the connection."""
        if self._response is not None:
            with suppress(OSError):
                self._response.close()
            self._response = None

    def _next(self) -> Frame:
        try:
            for data in self._parts:
                image = decode(data)
                if image is not None:
                    return self._frame(data, image)
        except (OSError, HTTPException, ValueError) as error:
            raise self._lost(error) from error
        raise self._lost()


class PolledPicture(_JpegSource):
    """A picture behind an address that the camera makes anew whenever it is fetched."""

    def __init__(self, spec: SourceSpec, client: WebClient, clock: Clock) -> None:
        super().__init__(spec, client, clock)
        self._data = b""
        self._image: Image | None = None
        self._tag: dict[str, str] = {}
        self._fetched_s = 0.0
        self._first: Frame | None = None

    def open(self) -> SourceInfo:
        """Fetch the first picture; raises SourceError."""
        self._tag = {}
        self._fetch()
        if self._image is None:
            raise SourceError(f"{self._spec.source_id}: the picture there cannot be read")
        self._first = self._frame(self._data, self._image)
        return self._info(self._first)

    def read(self) -> Frame | None:
        """Return the picture when it has changed, or as it is after a while; raises SourceError."""
        if (first := self._first) is not None:
            self._first = None
            return first
        until = self._clock.monotonic() + _SAME_S
        while True:
            wait_s = self._fetched_s + _POLL_S - self._clock.monotonic()
            if wait_s > 0:
                self._clock.sleep(wait_s)
            changed = self._fetch()
            if self._image is None:
                raise SourceError(f"{self._spec.source_id}: the picture there cannot be read")
            if changed or self._clock.monotonic() >= until:
                return self._frame(self._data, self._image)

    def close(self) -> None:
        """Forget the picture."""
        self._first = None

    def _fetch(self) -> bool:
        """Fetch the picture; False where it is the same as before."""
        self._fetched_s = self._clock.monotonic()
        try:
            with self._client.get(headers=self._tag) as response:
                data = response.read(_PICTURE_BYTES)
                self._tag = _condition(response)
        except HTTPError:  # 304: not changed
            return False
        except (OSError, HTTPException) as error:
            raise self._lost(error) from error
        if data == self._data:
            return False
        image = decode(data)
        if image is None and self._image is not None:
            return False  # caught while the camera was writing it
        self._data, self._image = data, image
        return True


def _condition(response: HTTPResponse) -> dict[str, str]:
    """Return the header by which a server tells that a picture is still the same; its date would hide a second's."""
    tag = response.headers.get("ETag")
    return {"If-None-Match": tag} if tag else {}


def parts_of(response: HTTPResponse) -> Iterator[bytes]:
    """Yield the parts of a row of pictures as they come. Raises what reading the connection raises, and ValueError."""
    boundary = (response.headers.get_param("boundary") or "").__str__().strip().strip('"').lstrip("-").encode()
    while True:
        length = _part_length(response)
        if length is None:
            return
        data = response.read(length) if length else _until(response, b"--" + boundary if boundary else b"\xff\xd9")
        if not data:
            return
        yield data


def _part_length(response: HTTPResponse) -> int | None:
    """Read a part's headers: its length, 0 where they do not say, None at the end."""
    length, begun = 0, False
    for _ in range(_HEADER_LINES):
        line = response.readline(_LINE_BYTES)
        if not line:
            return None
        if begun and not line.strip():
            return length
        if found := re.match(rb"(?i)content-length:\s*(\d{1,9})\s*$", line):
            length = min(int(found[1]), _PICTURE_BYTES)
        begun = begun or b":" in line
    raise ValueError("these are no headers of a part")


def _until(response: HTTPResponse, mark: bytes) -> bytes:
    """Read a part whose length nobody told, to the boundary after it."""
    data = bytearray()
    while len(data) < _PICTURE_BYTES:
        line = response.readline(_LINE_BYTES)
        if not line or line.startswith(mark):
            return bytes(data)
        data += line
    raise ValueError("a part without end")


def decode(data: bytes) -> Image | None:
    """Decode a picture to BGR, None where it is none."""
    if not data:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except (cv2.error, MemoryError):
        return None
    return None if image is None or not image.size else cast(Image, np.asarray(image, np.uint8))
