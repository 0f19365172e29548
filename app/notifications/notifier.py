"""Takes messages without waiting, keeps them in the outbox, and delivers each receiver's in order in its own thread."""

import logging
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.config.redaction import redact
from app.config.secrets import Keyring
from app.notifications.message import Message
from app.notifications.outbox import Outbox, ReceiverStatus
from app.notifications.receivers import Receiver
from app.notifications.sender import DeliveryError, Sender

_log = logging.getLogger(__name__)

#: Waits between tries double from the first to the last, in seconds: who comes back is found within a minute.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
#: A message that its receiver refuses by itself is tried so often before it is put aside, since it keeps up all others.
TRIES_OF_REFUSED = 3
#: Messages that may wait in memory for the outbox while its disk is slow; beyond it the newest are counted and lost.
MOST_IN_MEMORY = 2_000

_POLL_S = 0.02
#: With more messages than this in memory, further ones leave their pictures out: frames would fill it.
MOST_WITH_PICTURES = 64

#: Makes crop and frame as JPEG files, the frame only where it is asked for; called in another thread.
PictureMaker = Callable[[bool], tuple[bytes | None, bytes | None]]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message on its way to the outbox, for receivers by name."""

    receivers: tuple[Receiver, ...]
    message: Message
    make_pictures: PictureMaker | None = None

    def deliveries(self) -> list[tuple[str, Message]]:
        """The message for each receiver, with the pictures that it wants."""
        if self.make_pictures is None:
            return [(receiver.name, self.message) for receiver in self.receivers]
        wants_frame = [bool(receiver.options.get("frame")) for receiver in self.receivers]
        crop, frame = self.make_pictures(any(wants_frame))
        return [
            (receiver.name, replace(self.message, crop=crop, frame=frame if wanted else None))
            for receiver, wanted in zip(self.receivers, wants_frame, strict=True)
        ]


class MessageTarget(Protocol):
    """What takes messages; the notifier is one. on_trouble: is told what a person should see."""

    on_trouble: Callable[[str], None] | None

    @property
    def lost(self) -> int:
        """Messages that could not be kept."""
        ...

    def notify(self, message: Message, make_pictures: PictureMaker | None = None) -> None:
        """Takes a message; never waits."""
        ...

    def close(self, timeout_s: float = 5.0) -> None:
        """Ends it."""
        ...


class Notifier:
    """Delivers messages to receivers. `notify` never waits: a slow or dead receiver costs no read."""

    def __init__(
        self,
        receivers: Sequence[Receiver],
        outbox: Outbox,
        secrets: Keyring | None = None,
        *,
        first_wait_s: float = FIRST_WAIT_S,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        """Makes the senders; nothing is sent before `start`.

        Args:
            receivers: who is told; those that are not enabled are left out.
            outbox: where messages wait; closed by `close`.
            secrets: the system's keyring, None where there is none.
            first_wait_s: between the first two tries.
            on_trouble: is told, in another thread, when a receiver cannot be reached or refuses a message.

        Raises:
            ReceiverError: the settings of a receiver cannot be used.
        """
        self._receivers = tuple(receiver for receiver in receivers if receiver.enabled)
        self._outbox, self._first_wait_s, self.on_trouble = outbox, first_wait_s, on_trouble
        self._intake: queue.Queue[_Taken | None] = queue.Queue(MOST_IN_MEMORY)
        self._stopping = threading.Event()
        self._lost = 0
        self._couriers = [
            _Courier(receiver.name, receiver.make_sender(secrets), outbox, self._stopping, first_wait_s, self._tell)
            for receiver in self._receivers
        ]
        self._keeper = threading.Thread(target=self._keep_messages, name="outbox", daemon=True)

    @property
    def lost(self) -> int:
        """Messages that found no room in memory while the outbox could not be written."""
        return self._lost

    def start(self) -> "Notifier":
        """Starts the threads; what waited since an earlier run is delivered first."""
        self._keeper.start()
        for courier in self._couriers:
            courier.start()
        return self

    def notify(self, message: Message, make_pictures: PictureMaker | None = None) -> None:
        """Takes a message for every receiver that wants it; its pictures are made later, in another thread."""
        wanted = tuple(receiver for receiver in self._receivers if receiver.rule.wants(message))
        if not wanted:
            return
        if self._intake.qsize() >= MOST_WITH_PICTURES:
            make_pictures = None
        try:
            self._intake.put_nowait(_Taken(wanted, message, make_pictures))
        except queue.Full:
            self._lost += len(wanted)

    def status(self) -> list[ReceiverStatus]:
        """Returns how each receiver stands."""
        return self._outbox.status(receiver.name for receiver in self._receivers)

    def close(self, timeout_s: float = 5.0) -> None:
        """Keeps what was taken, delivers it where receivers answer, and ends the threads.

        What was not delivered within timeout_s seconds, or to a receiver that fails, waits in the outbox.
        """
        deadline_s = time.monotonic() + timeout_s
        self._intake.put(None)
        self._keeper.join(timeout_s)
        for courier in self._couriers:
            while courier.is_delivering and time.monotonic() < deadline_s:
                time.sleep(_POLL_S)
        self._stopping.set()
        for courier in self._couriers:
            courier.wake()
        for courier in self._couriers:
            courier.join(timeout_s)
        self._outbox.close()

    def _keep_messages(self) -> None:
        """Moves messages from memory to the outbox, all that there are in one transaction."""
        ends = False
        while not ends:
            taken = self._take_all()
            ends = None in taken
            deliveries = [delivery for part in taken if part for delivery in part.deliveries()]
            while deliveries and not self._store(deliveries) and not self._stopping.is_set():
                self._stopping.wait(self._first_wait_s)
            for courier in self._couriers:
                courier.wake()

    def _take_all(self) -> list[_Taken | None]:
        """Waits for messages and returns all that there are."""
        taken = [self._intake.get()]
        while True:
            try:
                taken.append(self._intake.get_nowait())
            except queue.Empty:
                return taken

    def _store(self, deliveries: list[tuple[str, Message]]) -> bool:
        try:
            self._outbox.add(deliveries)
        except sqlite3.Error as error:  # the disk is full, say; what waits in memory is bounded
            self._tell(f"the outbox of notifications cannot be written: {error}")
            return False
        return True

    def _tell(self, text: str) -> None:
        _log.warning("%s", redact(text))
        if self.on_trouble is not None:
            self.on_trouble(redact(text))


class _Courier(threading.Thread):
    """Delivers the messages of one receiver, first in, first out."""

    def __init__(
        self,
        receiver: str,
        sender: Sender,
        outbox: Outbox,
        stopping: threading.Event,
        first_wait_s: float,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(name=f"notify {receiver}", daemon=True)
        self._receiver, self._sender, self._outbox = receiver, sender, outbox
        self._stopping, self._first_wait_s, self._tell = stopping, first_wait_s, tell
        self._news = threading.Event()
        self._failures = 0

    @property
    def is_delivering(self) -> bool:
        """Whether messages wait for a receiver that answered the last time."""
        return self._failures == 0 and self._outbox.first(self._receiver) is not None

    def wake(self) -> None:
        """Has the courier look for messages."""
        self._news.set()

    def run(self) -> None:
        """Delivers until the notifier stops."""
        try:
            while not self._stopping.is_set():
                self._news.clear()
                waiting = self._outbox.first(self._receiver)
                if waiting is None:
                    self._news.wait()
                elif not self._deliver(waiting.number, waiting.message, waiting.tries):
                    self._stopping.wait(self._wait_s())
        except sqlite3.ProgrammingError:  # the outbox was closed while this waited for a slow receiver
            _log.info("the outbox was closed while %s was being told", self._receiver)
        finally:
            self._sender.close()

    def _deliver(self, number: int, message: Message, tries: int) -> bool:
        """Tries one message; False asks for a wait before the next try."""
        try:
            self._sender.send(message)
        except Exception as error:  # a sender's own fault must not end the courier: its messages would wait for ever
            return self._note_failure(number, tries, error)
        self._outbox.mark_sent(self._receiver, number)
        self._failures = 0
        return True

    def _note_failure(self, number: int, tries: int, error: Exception) -> bool:
        reason = str(error) if isinstance(error, DeliveryError) else f"{type(error).__name__}: {error}"
        permanent = not isinstance(error, DeliveryError) or error.permanent
        if permanent and tries + 1 >= TRIES_OF_REFUSED:
            self._outbox.mark_refused(self._receiver, number, redact(reason))
            self._tell(f"{self._receiver}: a message was refused and is put aside: {reason}")
            return True
        self._outbox.mark_failed(self._receiver, number, redact(reason))
        if self._failures == 0:
            self._tell(f"{self._receiver}: cannot be reached, trying again: {reason}")
        self._failures += 1
        return False

    def _wait_s(self) -> float:
        """Seconds until the next try, with a little chance in it so that many programs do not come at once."""
        longest = min(LONGEST_WAIT_S, self._first_wait_s * 2.0 ** min(self._failures - 1, 10))
        return longest * random.uniform(0.8, 1.2)


def send_at_once(receiver: Receiver, message: Message, secrets: Keyring | None = None) -> None:
    """Sends one message past the outbox, to try a receiver; ReceiverError or DeliveryError says what is wrong."""
    sender = receiver.make_sender(secrets)
    try:
        sender.send(message)
    finally:
        sender.close()
