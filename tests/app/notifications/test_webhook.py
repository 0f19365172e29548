import base64
import json

import pytest

from app.notifications.sender import DeliveryError
from app.notifications.webhook import sign
from tests.app.notifications.samples import hit, message, receiver
from tests.app.notifications.servers import free_port, web_server


def test_a_message_arrives_whole_signed_and_with_its_pictures() -> None:
    sent = hit()
    with web_server() as server:
        receiver("webhook", url=server.url, secret="s3cret", crop=True, frame=True).make_sender().send(sent)
    ((headers, body),) = server.requests

    values = json.loads(body)
    assert base64.b64decode(values.pop("crop")) == sent.crop
    assert values.pop("frame") is None
    assert values == sent.to_json()
    assert headers["X-Platescribe-Signature"] == f"sha256={sign(body, b's3cret')}"
    assert headers["X-Platescribe-Id"] == sent.id


def test_pictures_stay_where_they_are_unless_asked_for() -> None:
    with web_server() as server:
        receiver("webhook", url=server.url).make_sender().send(message())

    assert "crop" not in server.taken[0]


def test_login_and_own_headers_are_sent() -> None:
    with web_server() as server:
        url = server.url.replace("//", "//user:pw@")
        receiver("webhook", url=url, headers={"X-Key": "7"}).make_sender().send(message())

    headers = server.requests[0][0]
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"user:pw"
    assert headers["X-Key"] == "7"


def test_a_template_is_the_body() -> None:
    with web_server() as server:
        options = {"template": "Seen: $plate", "content_type": "text/plain"}
        receiver("webhook", url=server.url, **options).make_sender().send(message())

    assert server.requests[0][1] == b"Seen: AB12CDE"


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (429, False), (401, False), (422, True)])
def test_refusals_tell_whether_another_try_may_help(status: int, permanent: bool) -> None:
    with web_server(lambda _: status) as server, pytest.raises(DeliveryError, match=str(status)) as caught:
        receiver("webhook", url=server.url).make_sender().send(message())

    assert caught.value.permanent is permanent


def test_a_redirect_is_not_followed() -> None:
    with web_server(lambda _: 302) as server, pytest.raises(DeliveryError, match="302"):
        receiver("webhook", url=server.url).make_sender().send(message())


def test_nobody_there_is_no_refusal_and_passwords_stay_out_of_the_words() -> None:
    with pytest.raises(DeliveryError) as caught:
        receiver("webhook", url=f"http://user:hush@127.0.0.1:{free_port()}/").make_sender().send(message())

    assert not caught.value.permanent
    assert "hush" not in str(caught.value)
