from pathlib import Path

import pytest

from app.notifications.message import EventName
from app.notifications.receivers import load_receivers
from app.notifications.sender import ReceiverError
from tests.app.notifications.samples import receiver

GOOD = """
[[receiver]]
name = "Home Assistant"
kind = "mqtt"
host = "127.0.0.1"
events = ["new", "final", "hit"]
sources = ["Gate*"]
hours = "Mon-Fri 08:00-18:00"
min_confidence = 0.8

[[receiver]]
name = "office"
kind = "webhook"
url = "https://office.example/hook"
enabled = false
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notifications.toml"


def test_without_a_file_nobody_is_told(path: Path) -> None:
    assert load_receivers(path) == ()


def test_receivers_come_from_their_file(path: Path) -> None:
    path.write_text(GOOD)

    home, office = load_receivers(path)

    assert home.kind.name == "mqtt"
    assert home.rule.events == {EventName.NEW, EventName.FINAL, EventName.HIT}
    assert (home.rule.sources, home.rule.min_confidence) == (("Gate*",), 0.8)
    assert home.options == {"host": "127.0.0.1"}
    assert not office.enabled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "cannot be read"),
        ("[receiver]\nname = 'x'", r"\[\[receiver\]\]"),
        ("[[receiver]]\nkind = 'webhook'", "needs one of up to 64"),
        ("[[receiver]]\nname = 'x'\nkind = 'fax'", "'fax' is none of command, email, mqtt, webhook"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\nadress = 'y'", "no option 'adress'"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\nevents = ['gone']", "known: new, update"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\nhours = 'noon'", "are no hours"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\nmin_confidence = 3", "from 0 to 1"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\nsources = 'Gate'", "sources is a list of texts"),
        ("[[receiver]]\nname = 'x'\nkind = 'webhook'\n" * 2, "two receivers are called 'x'"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(path: Path, text: str, said: str) -> None:
    path.write_text(text)

    with pytest.raises(ReceiverError, match=said) as caught:
        load_receivers(path)

    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("webhook", {}, "url is missing"),
        ("webhook", {"url": "ftp://x"}, "no http:// or https:// address"),
        ("email", {"host": "h", "sender": "a@b"}, "recipients is missing"),
        ("email", {"host": "h", "sender": "a@b", "recipients": ["c@d"], "security": "ssl"}, "none of starttls"),
        ("email", {"host": "h", "sender": "a@b", "recipients": ["c@d"], "security": "none", "user": "u"}, "plain text"),
        ("mqtt", {"host": "h", "topic": "a/#"}, "is no topic"),
        ("mqtt", {"host": "h", "port": "many"}, "wrong form"),
        ("command", {}, "command is missing"),
        ("webhook", {"url": "http://h", "secret": "env:PLATESCRIBE_NOT_SET"}, "PLATESCRIBE_NOT_SET, which is not set"),
    ],
)
def test_options_that_cannot_work_are_refused(kind: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(ReceiverError, match=said):
        receiver(kind, **options).make_sender()


def test_secrets_come_from_the_keyring_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        asked: tuple[str, str] | None = None

        def get_password(self, service: str, name: str, /) -> str:
            self.asked = (service, name)
            return "from the ring"

    ring = Ring()
    receiver("webhook", url="http://127.0.0.1").make_sender(ring)
    assert ring.asked == ("platescribe-notifications", "r/secret")

    monkeypatch.setenv("HOOK_SECRET", "from outside")
    ring.asked = None
    receiver("webhook", url="http://127.0.0.1", secret="env:HOOK_SECRET").make_sender(ring)
    assert ring.asked is None
