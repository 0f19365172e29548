"""Says in words why an address could not be opened: FFmpeg's own reason does not come through OpenCV."""

import hashlib
import re
import secrets
import socket
import ssl
from base64 import b64encode
from urllib.parse import urljoin

from app.sources.address import Address

_ANSWER_BYTES = 65536
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_STATUS_WORDS = {
    400: "it does not understand the address",
    403: "it forbids this to the user given",
    404: "it has no such stream; check the path",
    406: "it has nothing that can be read",
    410: "the stream is gone",
    453: "it has no bandwidth left; close another viewer",
    454: "it has no such session",
    455: "it does not play this path; check it",
    457: "it does not play this path; check it",
    461: "it offers none of the transports TCP, UDP and multicast",
    500: "it has a fault of its own",
    502: "the server behind it does not answer",
    503: "it is busy or has too many viewers",
    504: "the server behind it does not answer",
}


def status_words(status: int, has_login: bool) -> str:
    """Return what an HTTP or RTSP status means for the user."""
    if status == 401:
        words = "the user or the password is wrong" if has_login else "it asks for a user and a password"
    else:
        words = _STATUS_WORDS.get(status, "it refuses")
    return f"{words} ({status})"


def network_words(error: OSError, address: Address) -> str:
    """Return what a fault of the network means, with the host that it concerns."""
    host, port = address.connects_to
    place = f"{host}:{port}" if port is not None else host
    if isinstance(error, socket.gaierror):
        return f"no connection: no host is called {host}"
    if isinstance(error, ConnectionRefusedError):
        return f"no connection: {place} refused it; check the port, and that the device's service is on"
    if isinstance(error, TimeoutError):
        return f"no connection: {place} does not answer; check the address, and that the device is on"
    if isinstance(error, ssl.SSLError):
        return f"no connection: {place} speaks no TLS that is understood; try the scheme without the s"
    if isinstance(error, ConnectionError):
        return f"no connection: {place} took the connection and dropped it"
    return f"no connection: {place} cannot be reached ({error.strerror or error})"


def explain_failure(address: Address, timeout_s: float) -> str:
    """Ask the address itself why it cannot be opened, and return that in words.

    For the schemes that FFmpeg opens alone; web addresses are asked before they are opened.
    """
    host, port = address.connects_to
    if address.scheme in ("udp", "rtp"):
        return f"no connection: nothing was received at port {port}; check the sender and the firewall"
    if port is None:
        return "no connection: the address names no port"
    try:
        with _connect(address, timeout_s) as link:
            if address.scheme in ("rtsp", "rtsps"):
                return _ask_rtsp(link, address)
    except OSError as error:
        return network_words(error, address)
    if address.scheme in ("rtmp", "rtmps"):
        return "no connection: the server is there but has no such stream; check the path and its key"
    return f"no connection: {host}:{port} is there but sends no video that is understood"


def _connect(address: Address, timeout_s: float) -> socket.socket:
    host, port = address.connects_to
    assert port is not None
    link = socket.create_connection((host, port), timeout_s)
    if not address.scheme.endswith("s"):
        return link
    try:
        return unverified_context().wrap_socket(link, server_hostname=host)
    except OSError:
        link.close()
        raise


def unverified_context() -> ssl.SSLContext:
    """Return a TLS context that takes any certificate, as FFmpeg does: cameras sign their own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _ask_rtsp(link: socket.socket, address: Address) -> str:
    """Go through the opening of an RTSP stream as far as the server lets us, and say where it stops."""
    talk = _RtspTalk(link, address)
    status, answer = talk.ask("DESCRIBE", address.bare, "Accept: application/sdp")
    if status == 200:
        status, answer = talk.ask(
            "SETUP", video_control(answer, address), "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
        )
    if status == 0:
        return "no connection: the host is there but speaks no RTSP at this port"
    if status == 200:
        return "no connection: the stream is there but sends nothing, or nothing that can be decoded"
    return f"no connection: {status_words(status, bool(address.user or address.password))}"


class _RtspTalk:
    """Requests of one RTSP connection (RFC 2326), with the login where the server asks for one."""

    def __init__(self, link: socket.socket, address: Address) -> None:
        self._link = link
        self._address = address
        self._sequence = 0
        self._challenge = ""

    def ask(self, method: str, url: str, header: str) -> tuple[int, str]:
        """Send a request and return the status and the answer; status 0 where the answer is no RTSP."""
        status, answer = self._send(method, url, header)
        if status == 401 and not self._challenge and (self._address.user or self._address.password):
            self._challenge = answer
            status, answer = self._send(method, url, header)
        return status, answer

    def _send(self, method: str, url: str, header: str) -> tuple[int, str]:
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", "User-Agent: platescribe", header]
        if self._challenge:
            lines.append(f"Authorization: {authorization(self._challenge, method, url, self._address)}")
        self._link.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = self._receive()
        found = re.match(r"RTSP/\d\.\d (\d{3})", answer)
        return (int(found[1]) if found else 0), answer

    def _receive(self) -> str:
        data = b""
        while len(data) < _ANSWER_BYTES:
            head, end, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length:\s*(\d{1,6})", head)
            if end and len(body) >= (int(length[1]) if length else 0):
                break
            more = self._link.recv(8192)
            if not more:
                break
            data += more
        return data.decode("utf-8", "replace")


def authorization(challenge: str, method: str, url: str, address: Address) -> str:
    """Answer a server's challenge for a login, by digest where it offers that (RFC 2617), else in plain."""
    digest = re.search(r"(?im)^www-authenticate:\s*digest\s+(.*)$", challenge)
    if digest is None:
        return f"Basic {b64encode(f'{address.user}:{address.password}'.encode()).decode()}"
    asked = {
        name.lower(): quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', digest[1])
    }
    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    name = asked.get("algorithm", "MD5").upper().removesuffix("-SESS").replace("-", "").lower()
    secret = _hashed(name, f"{address.user}:{realm}:{address.password}")
    request = _hashed(name, f"{method}:{url}")
    fields = {"username": address.user, "realm": realm, "nonce": nonce, "uri": url}
    if "auth" in asked.get("qop", ""):
        own = secrets.token_hex(8)
        fields |= {"qop": "auth", "nc": "00000001", "cnonce": own}
        fields["response"] = _hashed(name, f"{secret}:{nonce}:00000001:{own}:auth:{request}")
    else:
        fields["response"] = _hashed(name, f"{secret}:{nonce}:{request}")
    return "Digest " + ", ".join(f'{key}="{value}"' for key, value in fields.items())


def _hashed(name: str, text: str) -> str:
    algorithm = name if name in ("md5", "sha256") else "md5"
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


def video_control(answer: str, address: Address) -> str:
    """Return the address of the video track in a description (RFC 4566), the stream's own where there is none."""
    base = re.search(r"(?im)^content-base:\s*(\S+)", answer)
    video = answer.partition("m=video")[2]
    control = re.search(r"(?m)^a=control:(\S+)", video)
    if control is None or control[1] == "*":
        return address.bare
    if "://" in control[1]:
        return str(control[1])
    start = base[1] if base else address.bare
    try:
        return str(urljoin(start if start.endswith("/") else f"{start}/", control[1]))
    except ValueError:  # what the camera calls its address is none
        return address.bare
