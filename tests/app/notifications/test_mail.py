from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.notifications.sender import DeliveryError
from tests.app.notifications.samples import hit, message, receiver
from tests.app.notifications.servers import free_port


class Mailbox:
    """Keeps mails; refuses them with `answer` where that is set."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = ""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answer:
            return self.answer
        content = cast(bytes, envelope.content)
        self.mails.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(box: Mailbox) -> Iterator[dict[str, Any]]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield {
        "host": "127.0.0.1",
        "port": controller.port,
        "security": "none",
        "sender": "gate@example.org",
        "recipients": ["guard@example.org"],
    }
    controller.stop()


def test_a_mail_says_what_happened_and_carries_the_plate(box: Mailbox, server: dict[str, Any]) -> None:
    sent = hit()
    receiver("email", **server).make_sender().send(sent)

    (mail,) = box.mails
    assert mail["Subject"] == "Platescribe: Watch-list hit: AB12CDE (block) at Gate"
    assert "Source: Gate" in cast(EmailMessage, mail.get_body()).get_content()
    assert [part.get_content() for part in mail.iter_attachments()] == [sent.crop]


def test_a_line_break_in_a_name_cannot_add_a_header(box: Mailbox, server: dict[str, Any]) -> None:
    receiver("email", **server).make_sender().send(message(source="Gate\r\nBcc: all@example.org"))

    assert box.mails[0]["Bcc"] is None


@pytest.mark.parametrize(("answer", "permanent"), [("452 later", False), ("554 not here", True)])
def test_a_refusal_says_whether_to_come_again(
    box: Mailbox, server: dict[str, Any], answer: str, permanent: bool
) -> None:
    box.answer = answer
    with pytest.raises(DeliveryError, match=answer) as caught:
        receiver("email", **server).make_sender().send(message())

    assert caught.value.permanent is permanent


def test_a_server_without_encryption_gets_nothing_where_it_was_asked_for(box: Mailbox, server: dict[str, Any]) -> None:
    with pytest.raises(DeliveryError):
        receiver("email", **(server | {"security": "starttls"})).make_sender().send(message())

    assert box.mails == []
