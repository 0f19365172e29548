"""The outbox: messages that wait on disk for their receivers, so that no crash and no dead receiver loses one."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.notifications.message import Message

#: Messages kept for one receiver. Beyond it the oldest are dropped and counted: a disk must not fill for a receiver
#: that is gone. With two pictures of some 100 kB each this bounds an outbox at about 2 GB.
MOST_WAITING = 10_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    message TEXT NOT NULL,
    crop BLOB,
    frame BLOB,
    queued_s REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS waiting_by_receiver ON waiting (receiver, number);
CREATE TABLE IF NOT EXISTS receivers (
    receiver TEXT PRIMARY KEY,
    sent INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    last_sent_s REAL,
    error TEXT NOT NULL DEFAULT ''
);
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox. number: its place in the order; queued_s: when it came, in seconds since 1970."""

    number: int
    message: Message
    queued_s: float
    tries: int


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """How a receiver stands.

    waiting: messages not delivered yet. sent, refused, dropped: counts since the outbox was made. oldest_s: when the
    first waiting message came; last_sent_s: when the last one arrived, both in seconds since 1970. error: why the last
    try failed, empty after one that succeeded.
    """

    receiver: str
    waiting: int
    sent: int
    refused: int
    dropped: int
    oldest_s: float | None
    last_sent_s: float | None
    error: str


def outbox_path(data_folder: Path) -> Path:
    """Where the outbox of a log lies: in the same folder."""
    return data_folder / "outbox.sqlite3"


class Outbox:
    """Messages by receiver, first in, first out. Every method may be called from any thread."""

    def __init__(self, path: Path, most_waiting: int = MOST_WAITING) -> None:
        """Opens the outbox, or makes it, readable by the user alone; OSError or sqlite3.Error when it cannot."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, timeout=10.0, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)

    def add(self, deliveries: Iterable[tuple[str, Message]]) -> None:
        """Stores messages for receivers, all or none; once it returns they outlive the process."""
        now_s = time.time()
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            receivers = set()
            for receiver, message in deliveries:
                text = json.dumps(message.to_json(), ensure_ascii=False)
                row = (receiver, text, message.crop, message.frame, now_s)
                self._database.execute(
                    "INSERT INTO waiting (receiver, message, crop, frame, queued_s) VALUES (?, ?, ?, ?, ?)", row
                )
                receivers.add(receiver)
            for receiver in receivers:
                self._bound(receiver)

    def first(self, receiver: str) -> Waiting | None:
        """Returns the message that is to be delivered next, None when none waits."""
        with self._lock:
            row = self._database.execute(
                "SELECT number, message, crop, frame, queued_s, tries FROM waiting WHERE receiver = ?"
                " ORDER BY number LIMIT 1",
                (receiver,),
            ).fetchone()
        if row is None:
            return None
        number, text, crop, frame, queued_s, tries = row
        return Waiting(number, Message.from_json(json.loads(text), crop, frame), queued_s, tries)

    def mark_sent(self, receiver: str, number: int) -> None:
        """Takes a delivered message out."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM waiting WHERE number = ?", (number,))
            self._count(receiver, "sent = sent + 1, error = '', last_sent_s = ?", time.time())

    def mark_refused(self, receiver: str, number: int, reason: str) -> None:
        """Takes out a message that its receiver refuses for good, and keeps the reason."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM waiting WHERE number = ?", (number,))
            self._count(receiver, "refused = refused + 1, error = ?", reason)

    def mark_failed(self, receiver: str, number: int, reason: str) -> None:
        """Notes a try that failed; the message stays first."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("UPDATE waiting SET tries = tries + 1 WHERE number = ?", (number,))
            self._count(receiver, "error = ?", reason)

    def status(self, receivers: Iterable[str]) -> list[ReceiverStatus]:
        """Returns how receivers stand, in the order of their names as given."""
        return [self._status(receiver) for receiver in receivers]

    def forget(self, receiver: str) -> int:
        """Drops all that waits for a receiver and returns how many messages that were."""
        with self._lock, self._database:
            dropped = self._database.execute("DELETE FROM waiting WHERE receiver = ?", (receiver,)).rowcount
            self._count(receiver, "dropped = dropped + ?", dropped)
        return dropped

    def close(self) -> None:
        """Closes the file; what waits stays in it."""
        with self._lock:
            self._database.close()

    def _status(self, receiver: str) -> ReceiverStatus:
        with self._lock:
            waiting, oldest_s = self._database.execute(
                "SELECT COUNT(*), MIN(queued_s) FROM waiting WHERE receiver = ?", (receiver,)
            ).fetchone()
            counts = self._database.execute(
                "SELECT sent, refused, dropped, last_sent_s, error FROM receivers WHERE receiver = ?", (receiver,)
            ).fetchone()
        sent, refused, dropped, last_sent_s, error = counts or (0, 0, 0, None, "")
        return ReceiverStatus(receiver, waiting, sent, refused, dropped, oldest_s, last_sent_s, error)

    def _bound(self, receiver: str) -> None:
        """Drops the oldest messages of a receiver beyond the bound."""
        (waiting,) = self._database.execute("SELECT COUNT(*) FROM waiting WHERE receiver = ?", (receiver,)).fetchone()
        if (surplus := waiting - self._most_waiting) > 0:
            self._database.execute(
                "DELETE FROM waiting WHERE number IN"
                " (SELECT number FROM waiting WHERE receiver = ? ORDER BY number LIMIT ?)",
                (receiver, surplus),
            )
            self._count(receiver, "dropped = dropped + ?", surplus)

    def _count(self, receiver: str, change: str, *values: object) -> None:
        self._database.execute("INSERT OR IGNORE INTO receivers (receiver) VALUES (?)", (receiver,))
        self._database.execute(f"UPDATE receivers SET {change} WHERE receiver = ?", (*values, receiver))
