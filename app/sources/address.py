"""Network addresses as people write and paste them, taken apart, and as FFmpeg takes them."""

import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, unquote

from app.config.redaction import redact
from app.sources.source import SourceError, is_text

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
#: The schemes that can be read; of those below, people try these too, and OpenCV's FFmpeg is built without them.
SCHEMES = (*DEFAULT_PORTS, "udp", "tcp", "rtp")
_WITHOUT_LOGIN = ("udp", "rtp")
_LACKING = {
    "srt": "relay it as rtsp:// or rtmp:// (MediaMTX does)",
    "rist": "relay it as rtsp:// or rtmp://",
    "webrtc": "use the camera's rtsp:// address",
    "whep": "use the camera's rtsp:// address",
    "onvif": "use the rtsp:// address that the camera's ONVIF page shows",
    "ndi": "relay it as rtsp:// or rtmp://",
    "ftp": "copy the file here first",
    "sftp": "copy the file here first",
    "smb": "mount the share, and give the file's path",
    "s3": "give the file's https:// address",
    "mms": "use the http:// address of the stream",
}
_SCHEME = re.compile(r"(?i)^([a-z][a-z0-9+.-]*)://")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%25?\w+)?\]|[^\s/?#@:\[\]]+)?(?::(\d{1,5}))?(?=[/?#]|$)")
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; user and password as the person means them, rest is the path and what follows it."""

    scheme: str
    user: str
    password: str
    host: str
    port: int | None
    rest: str

    @property
    def url(self) -> str:
        """The address as FFmpeg takes it: a login with signs of its own is escaped."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        login = f"{quote(self.user, safe='')}{secret}@" if self.user or self.password else ""
        return f"{self.scheme}://{login}{self._place}"

    @property
    def bare(self) -> str:
        """The address without its login."""
        return f"{self.scheme}://{self._place}"

    @property
    def root(self) -> str:
        """The address of the server, without login and path."""
        return f"{self.scheme}://{self._place.removesuffix(self.rest)}/"

    @property
    def connects_to(self) -> tuple[str, int | None]:
        """Host and port to connect to; None as port where the scheme has no usual one and none is given."""
        return self.host.strip("[]"), self.port if self.port is not None else DEFAULT_PORTS.get(self.scheme)

    @property
    def _place(self) -> str:
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.host}{port}{self.rest}"


def scheme_of(text: str) -> str:
    """Return the scheme that text begins with, in small letters; empty where there is none."""
    found = _SCHEME.match(text)
    return found[1].lower() if found else ""


def parse_address(text: str) -> Address:
    """Take an address apart; raises SourceError for a scheme that cannot be read and for what is no address.

    A login may hold any sign unescaped. Where all its `%` are escapes, it is taken as escaped.
    """
    if not is_text(text):
        raise SourceError(f"{redact(text)!a}: an address is text in UTF-8")
    scheme = scheme_of(text)
    if scheme not in SCHEMES:
        raise SourceError(_not_readable(text, scheme))
    rest = text[len(scheme) + 3 :]
    if scheme in _WITHOUT_LOGIN:
        rest = rest.removeprefix("@")  # as VLC writes "any host"
    login, place = _split_login(rest)
    found = _HOST.match(place)
    host, port = (found[1] or "", found[2]) if found else ("", None)
    if found is None or (not host and scheme not in _WITHOUT_LOGIN) or (port and not 0 < int(port) < 65536):
        raise SourceError(f"{text}: no host in this address; write it as {scheme}://HOST/PATH")
    user, _, password = login.partition(":")
    rest = place[found.end() :].replace(" ", "%20")
    return Address(scheme, _plain(user), _plain(password), host, int(port) if port else None, rest)


def _not_readable(text: str, scheme: str) -> str:
    known = ", ".join(f"{name}://" for name in SCHEMES)
    if scheme in _LACKING:
        return f"{redact(text)}: {scheme}:// cannot be read by this build; {_LACKING[scheme]}"
    return f"{redact(text)}: {scheme}:// is not known here; addresses begin with {known}"


def _split_login(rest: str) -> tuple[str, str]:
    """Return the login and what follows its @.

    Any @ may end the login, since people paste passwords with @, / and ? in them. What follows must look like a host.
    """
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" not in authority and _is_host(authority):
        return "", rest  # a later @ belongs to the path
    places = [found.start() for found in re.finditer("@", rest)]
    hosts = [at for at in places if _is_host(rest[at + 1 :])]
    sure = [at for at in hosts if _is_surely_host(rest[at + 1 :])] or hosts
    if not sure:
        return "", rest
    # past a host that is sure, and a question mark, an @ is a part of the query
    last = next((at for at, after in pairwise(sure) if "?" in rest[at:after]), sure[-1])
    return rest[:last], rest[last + 1 :]


def _is_host(text: str) -> bool:
    """Whether text begins with a host, a port if there is one, and the path's or the text's own end."""
    found = _HOST.match(text)
    return found is not None and bool(found[1])


def _is_surely_host(text: str) -> bool:
    """Whether the host has a port, a dot, or is this machine: hardly a part of a password."""
    found = _HOST.match(text)
    if found is None or not found[1]:
        return False
    return found[2] is not None or "." in found[1] or found[1].startswith("[") or found[1].lower() == "localhost"


def _plain(text: str) -> str:
    """Return a user or password without escapes, where every % in it begins one."""
    return text if _ESCAPES.search(text) else unquote(text)
