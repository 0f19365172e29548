"""E-mail: each message is one mail, with the plate's picture attached."""

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

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

_SECURITY = ("starttls", "tls", "none")

OPTIONS = (
    ReceiverOption("host", "Mail server.", required=True),
    ReceiverOption("port", "Port of the mail server; 0 takes the usual one of the security.", default=0),
    ReceiverOption("security", "starttls (port 587), tls (port 465) or none (port 25).", default="starttls"),
    ReceiverOption("user", "Login name at the mail server; empty for none."),
    ReceiverOption("password", "Password at the mail server.", secret=True),
    ReceiverOption("sender", "Address that mails come from.", required=True),
    ReceiverOption("recipients", "Addresses that mails go to.", default=[], required=True),
    ReceiverOption("subject", "Subject; $plate, $source, $text … are filled in.", default="Platescribe: $text"),
    ReceiverOption("template", "Text of the mail; empty for the standard one.", default=""),
    ReceiverOption("crop", "Attach the plate's picture.", default=True),
    ReceiverOption("frame", "Attach the whole picture.", default=False),
)

_TEXT = "$text\n\nTime: $time\nSource: $source\n"


class EmailSender(Sender):
    """Sends mails through one server, with a connection of its own for each: minutes may lie between two."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._security = str(options["security"])
        if self._security not in _SECURITY:
            raise ReceiverError(f"security: {self._security!r} is none of {', '.join(_SECURITY)}")
        self._host = str(options["host"])
        usual = {"starttls": 587, "tls": 465, "none": 25}[self._security]
        self._port = int(options["port"]) or usual
        self._user, self._password = str(options["user"]), str(options["password"])
        if self._user and self._security == "none" and self._host not in ("localhost", "127.0.0.1", "::1"):
            raise ReceiverError("security: a password would travel in plain text; use starttls or tls")
        self._from, self._to = str(options["sender"]), [str(address) for address in options["recipients"]]
        if not self._to:
            raise ReceiverError("recipients: names nobody; give at least one address")
        self._subject, self._template = str(options["subject"]), str(options["template"]) or _TEXT
        self._crop, self._frame = bool(options["crop"]), bool(options["frame"])

    def send(self, message: Message) -> None:
        """Sends one mail; it arrived when the server took it for every recipient."""
        mail = self.compose(message)
        try:
            with self._connect() as server:
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryError(_refusal(error.recipients), permanent=_permanent(error.recipients)) from error
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error
            answer = words.decode(errors="replace") if isinstance(words, bytes) else words
            permanent = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
            reason = redact(f"the mail server answered {error.smtp_code} {answer}")
            raise DeliveryError(reason, permanent=permanent) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(redact(f"{type(error).__name__}: {error}")) from error
        if refused:
            raise DeliveryError(_refusal(refused), permanent=True)

    def compose(self, message: Message) -> EmailMessage:
        """Returns the mail of a message."""
        mail = EmailMessage()
        mail["Subject"] = " ".join(fill_template(self._subject, message).split())
        mail["From"], mail["To"] = self._from, ", ".join(self._to)
        mail["Date"] = formatdate(message.time.timestamp(), localtime=True)
        mail["Message-ID"] = f"<{message.id}@{make_msgid(domain='platescribe.invalid').rpartition('@')[2]}"
        mail.set_content(fill_template(self._template, message))
        for name, wanted, picture in (("plate", self._crop, message.crop), ("frame", self._frame, message.frame)):
            if wanted and picture:
                mail.add_attachment(picture, maintype="image", subtype="jpeg", filename=f"{name}.jpg")
        return mail

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _refusal(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return redact("; ".join(f"{who}: {code} {why.decode(errors='replace')}" for who, (code, why) in refused.items()))


def _permanent(refused: Mapping[str, tuple[int, bytes]]) -> bool:
    return all(code >= 500 for code, _ in refused.values())


register_kind(Kind("email", "E-mail", OPTIONS, EmailSender))
