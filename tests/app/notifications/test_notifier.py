import sqlite3
import threading
from pathlib import Path

from app.notifications.message import EventName
from app.notifications.notifier import Notifier
from app.notifications.outbox import Outbox
from app.notifications.receivers import Receiver
from app.notifications.rules import Rule
from app.notifications.sender import Kind, Sender
from tests.app.notifications.samples import ALL, message, receiver
from tests.app.notifications.servers import wait_until, web_server


def test_a_receiver_that_fails_every_second_time_gets_all_in_order(tmp_path: Path) -> None:
    with web_server(lambda number: 503 if number % 2 else 200) as server:
        box = Outbox(tmp_path / "outbox")
        notifier = Notifier([receiver("webhook", url=server.url)], box, first_wait_s=0.001).start()
        for number in range(500):
            notifier.notify(message(f"P{number}"))
        wait_until(lambda: len(server.taken) >= 500)
        notifier.close()

    assert [taken["read"]["plate"] for taken in server.taken] == [f"P{number}" for number in range(500)]


def test_what_a_dead_receiver_missed_arrives_after_a_restart(tmp_path: Path) -> None:
    troubles: list[str] = []
    with web_server(lambda _: 503) as server:
        dead = receiver("webhook", url=server.url)
        notifier = Notifier([dead], Outbox(tmp_path / "outbox"), on_trouble=troubles.append).start()
        for number in range(20):
            notifier.notify(message(f"P{number}"))
        wait_until(lambda: bool(troubles))
        (status,) = notifier.status()
        notifier.close()
    assert status.error == "the receiver answered 503 Service Unavailable"
    with web_server() as server:
        back = receiver("webhook", url=server.url)
        notifier = Notifier([back], Outbox(tmp_path / "outbox")).start()
        wait_until(lambda: len(server.taken) == 20)
        notifier.close()

    assert [taken["read"]["plate"] for taken in server.taken] == [f"P{number}" for number in range(20)]


def test_a_message_that_is_refused_for_good_does_not_keep_up_the_others(tmp_path: Path) -> None:
    with web_server(lambda number: 422 if number < 3 else 200) as server:
        notifier = Notifier([receiver("webhook", url=server.url)], Outbox(tmp_path / "o"), first_wait_s=0.001).start()
        notifier.notify(message("BAD"))
        notifier.notify(message("GOOD"))
        wait_until(lambda: len(server.taken) == 1)
        wait_until(lambda: notifier.status()[0].sent == 1)
        (status,) = notifier.status()
        notifier.close()

    assert server.taken[0]["read"]["plate"] == "GOOD"
    assert (status.sent, status.refused, status.waiting) == (1, 1, 0)


class _Stuck(Sender):
    """A receiver that takes for ever."""

    let_go = threading.Event()

    def send(self, message: object) -> None:
        self.let_go.wait(60)


def test_a_receiver_that_hangs_holds_up_neither_the_caller_nor_another(tmp_path: Path) -> None:
    stuck_kind = Kind("stuck", "Stuck", (), lambda _: _Stuck())
    with web_server() as server:
        receivers = [Receiver("stuck", stuck_kind, ALL), receiver("webhook", url=server.url)]
        notifier = Notifier(receivers, Outbox(tmp_path / "outbox")).start()
        for number in range(1000):
            notifier.notify(message(str(number)))
        wait_until(lambda: len(server.taken) == 1000)
        stuck, _ = notifier.status()
        _Stuck.let_go.set()
        notifier.close()

    assert stuck.waiting == 1000
    assert notifier.lost == 0


class _Faulty(Sender):
    """A sender with a fault of its own."""

    def send(self, message: object) -> None:
        raise ZeroDivisionError("a fault")


def test_a_senders_own_fault_puts_the_message_aside_and_is_told(tmp_path: Path) -> None:
    faulty = Receiver("r", Kind("faulty", "Faulty", (), lambda _: _Faulty()), ALL)
    notifier = Notifier([faulty], Outbox(tmp_path / "outbox"), first_wait_s=0.001).start()
    notifier.notify(message())
    wait_until(lambda: notifier.status()[0].refused == 1)
    (status,) = notifier.status()
    notifier.close()

    assert status.error == "ZeroDivisionError: a fault"


class _FullDisk(Outbox):
    """An outbox whose disk is full at first."""

    failures = 3

    def add(self, deliveries: object) -> None:
        if self.failures:
            self.failures -= 1
            raise sqlite3.OperationalError("database or disk is full")
        super().add(deliveries)  # type: ignore[arg-type]


def test_while_the_disk_is_full_messages_wait_in_memory(tmp_path: Path) -> None:
    troubles: list[str] = []
    with web_server() as server:
        box = _FullDisk(tmp_path / "outbox")
        hook = receiver("webhook", url=server.url)
        notifier = Notifier([hook], box, first_wait_s=0.001, on_trouble=troubles.append).start()
        notifier.notify(message())
        wait_until(lambda: len(server.taken) == 1)
        notifier.close()

    assert "disk is full" in troubles[0]


def test_only_who_wants_a_message_gets_it(tmp_path: Path) -> None:
    with web_server() as server:
        hits = receiver("webhook", Rule(frozenset({EventName.HIT})), url=server.url)
        notifier = Notifier([hits], Outbox(tmp_path / "outbox")).start()
        notifier.notify(message("NEW1"))
        notifier.notify(message("HIT1", EventName.HIT))
        wait_until(lambda: len(server.taken) == 1)
        notifier.close()

    assert server.taken[0]["read"]["plate"] == "HIT1"


def test_closing_delivers_what_an_answering_receiver_has_not_got_yet(tmp_path: Path) -> None:
    with web_server() as server:
        notifier = Notifier([receiver("webhook", url=server.url)], Outbox(tmp_path / "outbox")).start()
        for number in range(50):
            notifier.notify(message(str(number)))
        notifier.close(60.0)

    assert len(server.taken) == 50
