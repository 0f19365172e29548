"""`notify list|status|test|forget`: who is told of reads, how that stands, and a trial."""

import argparse
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.config import settings
from app.config.secrets import system_keyring
from app.config.wording import counted
from app.notifications.message import EventName, Message
from app.notifications.notifier import send_at_once
from app.notifications.outbox import Outbox, outbox_path
from app.notifications.receivers import Receiver, default_path, load_receivers
from app.notifications.sender import DeliveryError, ReceiverError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `notify`."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    commands.add_parser("list", help="show the receivers and where they are set up")
    commands.add_parser("status", help="show what was delivered, what waits, and the last fault of each receiver")
    trial = commands.add_parser("test", help="send a test message now, and say whether it arrived")
    trial.add_argument("receiver", help="the receiver's name")
    forget = commands.add_parser("forget", help="drop the messages that wait for a receiver")
    forget.add_argument("receiver", help="the receiver's name")


def main(args: argparse.Namespace) -> int:
    """Run `notify`; the exit status is 0, or 1 with a message when it could not be done."""
    try:
        receivers = load_receivers()
        if args.action == "list":
            return _list(receivers)
        if args.action == "status":
            return _show_status(receivers)
        chosen = _find(receivers, args.receiver)
        return _send_test(chosen) if args.action == "test" else _forget(chosen)
    except (ReceiverError, DeliveryError, sqlite3.Error, OSError) as error:
        print(f"{error}", file=sys.stderr)
        return 1


def _list(receivers: tuple[Receiver, ...]) -> int:
    if not receivers:
        print(f"Nobody is told of anything: there is no {default_path()}.")
        return 0
    table = Table("Receiver", "Kind", "Events", "Only", "On")
    for receiver in receivers:
        rule = receiver.rule
        events = ", ".join(event.value for event in EventName if event in rule.events)
        only = ", ".join((*rule.lists, *rule.sources, *rule.zones))
        cells = (receiver.name, receiver.kind.label, events, only, "yes" if receiver.enabled else "no")
        table.add_row(*map(escape, cells))
    Console().print(table)
    print(f"Set up in {default_path()}")
    return 0


def _show_status(receivers: tuple[Receiver, ...]) -> int:
    with closing(_open_outbox()) as outbox:
        rows = outbox.status(receiver.name for receiver in receivers)
    table = Table("Receiver", "Sent", "Waiting", "Refused", "Dropped", "Waiting since", "Last fault")
    for row in rows:
        since = f"{datetime.fromtimestamp(row.oldest_s):%Y-%m-%d %H:%M:%S}" if row.oldest_s else ""
        counts = (str(count) for count in (row.sent, row.waiting, row.refused, row.dropped))
        table.add_row(escape(row.receiver), *counts, since, escape(row.error))
    Console().print(table)
    return 0


def _send_test(receiver: Receiver) -> int:
    send_at_once(receiver, Message(EventName.TEST, datetime.now(UTC), "test"), system_keyring())
    print(f"{receiver.name}: the test message arrived.")
    return 0


def _forget(receiver: Receiver) -> int:
    with closing(_open_outbox()) as outbox:
        dropped = outbox.forget(receiver.name)
    print(f"{receiver.name}: {counted(dropped, 'waiting message')} dropped.")
    return 0


def _open_outbox() -> Outbox:
    return Outbox(outbox_path(settings.data_folder(settings.load().settings)))


def _find(receivers: tuple[Receiver, ...], name: str) -> Receiver:
    for receiver in receivers:
        if receiver.name == name:
            return receiver
    known = ", ".join(receiver.name for receiver in receivers) or "none is set up"
    raise ReceiverError(f"there is no receiver {name!r}; known: {known} ({default_path()})")
