"""Webhooks: each message is one HTTP POST of JSON, signed where a secret is set."""

import base64
import hashlib
import hmac
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from app.config.redaction import redact
from app.notifications.message import Message, fill_template
from app.notifications.sender import (
    TIMEOUT_S,
    DeliveryError,
    Kind,
    ReceiverError,
    ReceiverOption,
    Sender,
    register_kind,
)

#: Client errors that may pass by themselves: time-out, conflict, too early, too many requests.
_PASSING = frozenset({401, 403, 407, 408, 409, 423, 425, 429})
#: So much of an answer is read, in bytes: enough for an error text, too little to keep a thread busy.
_MOST_ANSWER = 4096

OPTIONS = (
    ReceiverOption("url", "Address that messages are posted to, http:// or https://.", required=True),
    ReceiverOption("secret", "Signs the body: X-Platescribe-Signature holds sha256= and its HMAC.", secret=True),
    ReceiverOption("headers", "More headers, a table of texts.", default={}),
    ReceiverOption("crop", "Send the plate's picture, as base64 JPEG in `crop`.", default=False),
    ReceiverOption("frame", "Send the whole picture, as base64 JPEG in `frame`.", default=False),
    ReceiverOption(
        "template", "Body in place of the standard JSON; $plate, $source, $text … are filled in.", default=""
    ),
    ReceiverOption("content_type", "Content type of the body.", default="application/json"),
)


class WebhookSender(Sender):
    """Posts messages to one address. Redirects are not followed: what is told goes where the user said, only."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._url = str(options["url"])
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ReceiverError(f"url: {redact(self._url)!r} is no http:// or https:// address")
        self._secret = str(options["secret"]).encode()
        self._headers = {str(name): str(value) for name, value in dict(options["headers"]).items()}
        self._crop, self._frame = bool(options["crop"]), bool(options["frame"])
        self._template, self._content_type = str(options["template"]), str(options["content_type"])
        login = f"{parts.username}:{parts.password or ''}" if parts.username else ""
        if login:
            host = parts.netloc.rpartition("@")[2]
            self._url = parts._replace(netloc=host).geturl()
            self._headers.setdefault("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        self._opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )

    def send(self, message: Message) -> None:
        """Posts a message; any 2xx answer means that it arrived."""
        body = self.body(message)
        request = urllib.request.Request(self._url, body, self._all_headers(message, body), method="POST")
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                answer.read(_MOST_ANSWER)
        except urllib.error.HTTPError as error:
            permanent = 400 <= error.code < 500 and error.code not in _PASSING
            raise DeliveryError(f"the receiver answered {error.code} {error.reason}", permanent=permanent) from error
        except (OSError, HTTPException, ValueError) as error:
            raise DeliveryError(redact(f"{type(error).__name__}: {getattr(error, 'reason', error)}")) from error

    def body(self, message: Message) -> bytes:
        """Returns the body of a message's request."""
        if self._template:
            return fill_template(self._template, message, in_json="json" in self._content_type).encode()
        values = message.to_json()
        for name, wanted, picture in (("crop", self._crop, message.crop), ("frame", self._frame, message.frame)):
            if wanted:
                values[name] = base64.b64encode(picture).decode() if picture else None
        return json.dumps(values, ensure_ascii=False).encode()

    def _all_headers(self, message: Message, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": self._content_type,
            "User-Agent": "Platescribe",
            "X-Platescribe-Event": message.event.value,
            "X-Platescribe-Id": message.id,
        }
        if self._secret:
            headers["X-Platescribe-Signature"] = f"sha256={sign(body, self._secret)}"
        return headers | self._headers


def sign(body: bytes, secret: bytes) -> str:
    """Returns the HMAC-SHA256 of a body, in hexadecimal digits."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for a refusal."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


register_kind(Kind("webhook", "Webhook", OPTIONS, WebhookSender))
