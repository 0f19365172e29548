from contextlib import closing
from pathlib import Path

import pytest

from app.cli.main import main
from app.config import settings
from app.notifications.outbox import Outbox, outbox_path
from app.notifications.receivers import default_path
from tests.app.notifications.samples import message
from tests.app.notifications.servers import WebServer, web_server


def set_up(server: WebServer) -> None:
    default_path().parent.mkdir(parents=True, exist_ok=True)
    default_path().write_text(f'[[receiver]]\nname = "office"\nkind = "webhook"\nurl = "{server.url}"\n')


def fill_outbox() -> None:
    with closing(Outbox(outbox_path(settings.data_folder(settings.Settings())))) as outbox:
        outbox.add([("office", message()), ("office", message())])


def test_a_test_message_is_sent_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with web_server() as server:
        set_up(server)
        assert main(["notify", "test", "office"]) == 0

    assert server.taken[0]["event"] == "test"
    assert "arrived" in capsys.readouterr().out


def test_a_test_message_that_fails_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with web_server(lambda _: 503) as server:
        set_up(server)
        assert main(["notify", "test", "office"]) == 1

    assert "503" in capsys.readouterr().err


def test_without_receivers_it_says_where_they_would_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notify", "list"]) == 0
    assert str(default_path()) in capsys.readouterr().out.replace("\n", "")


def test_an_unknown_receiver_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with web_server() as server:
        set_up(server)
        assert main(["notify", "test", "ofice"]) == 1

    assert "known: office" in capsys.readouterr().err


def test_what_waits_is_shown_and_can_be_dropped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with web_server() as server:
        set_up(server)
    fill_outbox()

    assert main(["notify", "status"]) == 0
    assert " 2 " in capsys.readouterr().out
    assert main(["notify", "forget", "office"]) == 0
    assert "2 waiting messages dropped" in capsys.readouterr().out
    assert main(["notify", "list"]) == 0
    assert "Webhook" in capsys.readouterr().out
