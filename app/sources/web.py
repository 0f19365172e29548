"""What is behind a web address: a picture, a camera's row of JPEGs, a playlist, a recording, or a live stream."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from app.sources.address import Address
from app.sources.failure_reason import network_words, status_words, unverified_context
from app.sources.file_kind import HEAD_BYTES, FileKind, kind_of_bytes
from app.sources.source import SourceError

_LEAST_HEAD_BYTES = 16
_PLAYLIST_BYTES = 1 << 20
_USER_AGENT = "platescribe"


class Content(Enum):
    """What an address gives."""

    PICTURE = "picture"
    MULTIPART = "multipart"
    LIVE_PLAYLIST = "live playlist"
    RECORDING = "recording"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Found:
    """What is behind an address. segment_s: length of a playlist's segments; modified: when the file was written."""

    content: Content
    segment_s: float = 0.0
    modified: datetime | None = None


class WebClient:
    """Gets what an address gives, with its login, from servers whose certificate nobody signed, too."""

    def __init__(self, address: Address, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._opener = _opener(address)

    def get(self, url: str = "", headers: dict[str, str] | None = None) -> HTTPResponse:
        """Ask for url, or for the address itself; raises SourceError with the reason in words, HTTPError for 304."""
        address = self._address
        request = Request(url or address.bare, headers={"User-Agent": _USER_AGENT, **(headers or {})})
        try:
            return cast(HTTPResponse, self._opener.open(request, timeout=self._timeout_s))
        except HTTPError as error:
            error.close()
            if error.code == 304:
                raise
            raise SourceError(f"{address.bare}: {status_words(error.code, bool(address.user))}") from error
        except URLError as error:
            reason = error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason))
            raise SourceError(f"{address.bare}: {network_words(reason, address)}") from error
        except OSError as error:
            raise SourceError(f"{address.bare}: {network_words(error, address)}") from error

    def find_out(self) -> Found:
        """Tell what is behind the address. Raises SourceError."""
        try:
            with self.get() as response:
                head = _first_bytes(response)
                if head.lstrip().startswith(b"#EXTM3U"):
                    return self._playlist(head + response.read(_PLAYLIST_BYTES), response.url)
                return _found(response, head)
        except (HTTPException, ValueError):  # ValueError: a status line that is none, as old cameras send
            return Found(Content.LIVE)
        except OSError as error:
            raise SourceError(f"{self._address.bare}: {network_words(error, self._address)}") from error

    def _playlist(self, text: bytes, url: str) -> Found:
        """Tell a playlist that has ended from one that goes on; of one that lists playlists, look at its first."""
        lines = text.decode("utf-8", "replace").splitlines()
        if any(line.startswith("#EXT-X-STREAM-INF") for line in lines):
            first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
            with self.get(urljoin(url, first.strip())) as response:
                lines = response.read(_PLAYLIST_BYTES).decode("utf-8", "replace").splitlines()
        if any(line.startswith("#EXT-X-ENDLIST") for line in lines):
            return Found(Content.RECORDING)
        lengths = [re.match(r"#EXT-X-TARGETDURATION:\s*(\d{1,4}(?:\.\d{1,6})?)", line) for line in lines]
        return Found(Content.LIVE_PLAYLIST, next((float(length[1]) for length in lengths if length), 0.0))


def _opener(address: Address) -> OpenerDirector:
    handlers: list[object] = [HTTPSHandler(context=unverified_context())]
    if address.user or address.password:
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, address.root, address.user, address.password)
        handlers += [HTTPDigestAuthHandler(passwords), HTTPBasicAuthHandler(passwords)]
    return cast(Callable[..., OpenerDirector], build_opener)(*handlers)


def _first_bytes(response: HTTPResponse) -> bytes:
    """Read what has come so far, and no less than it takes to tell what it is."""
    head = b""
    while len(head) < _LEAST_HEAD_BYTES and (more := response.read1(HEAD_BYTES)):
        head += more
    return head


def _found(response: HTTPResponse, head: bytes) -> Found:
    kind = response.headers.get_content_type()
    if kind.startswith("multipart/"):
        return Found(Content.MULTIPART)
    found = kind_of_bytes(head)
    if found is FileKind.PICTURE:
        return Found(Content.PICTURE)
    if kind.startswith(("text/html", "application/json")) and found is FileKind.OTHER:
        raise SourceError(f"{response.url}: gives a page ({kind}) and no video; use the address of the stream itself")
    # a file has a length, a stream has none
    if response.headers.get("Content-Length") and head:
        return Found(Content.RECORDING, modified=_modified(response))
    return Found(Content.LIVE)


def _modified(response: HTTPResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Last-Modified", ""))
    except (TypeError, ValueError):
        return None
