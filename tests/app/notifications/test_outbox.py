import stat
import sys
from pathlib import Path

import pytest

from app.notifications.outbox import Outbox
from tests.app.notifications.samples import message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite3"


def test_what_was_added_is_there_after_a_restart_with_its_pictures(path: Path) -> None:
    sent = message(frame=b"\xff\xd8frame")
    box = Outbox(path)
    box.add([("r", sent)])
    box.close()

    waiting = Outbox(path).first("r")

    assert waiting is not None
    assert waiting.message == sent


def test_messages_leave_in_the_order_they_came_each_receiver_by_itself(path: Path) -> None:
    box = Outbox(path)
    box.add([("a", message("1")), ("b", message("2")), ("a", message("3"))])
    box.add([("a", message("4"))])
    left = []
    while (waiting := box.first("a")) is not None:
        left.append(waiting.message.plate)
        box.mark_sent("a", waiting.number)

    assert left == ["1", "3", "4"]
    assert box.status(["a", "b"])[1].waiting == 1


def test_beyond_its_bound_the_oldest_are_dropped_and_counted(path: Path) -> None:
    box = Outbox(path, most_waiting=3)
    box.add([("a", message(str(number))) for number in range(5)])
    first, (status,) = box.first("a"), box.status(["a"])

    assert first is not None
    assert first.message.plate == "2"
    assert (status.waiting, status.dropped) == (3, 2)


def test_failures_are_kept_until_one_arrives(path: Path) -> None:
    box = Outbox(path)
    box.add([("a", message())])
    waiting = box.first("a")
    assert waiting is not None
    box.mark_failed("a", waiting.number, "no answer")
    assert box.status(["a"])[0].error == "no answer"
    again = box.first("a")
    assert again is not None
    assert again.tries == 1

    box.mark_sent("a", waiting.number)

    (status,) = box.status(["a"])
    assert (status.error, status.sent, status.waiting) == ("", 1, 0)


def test_what_waits_can_be_forgotten(path: Path) -> None:
    box = Outbox(path)
    box.add([("a", message()), ("a", message())])

    assert box.forget("a") == 2
    assert box.first("a") is None


def test_only_the_user_can_read_it(path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps rights in another way")
    Outbox(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
