"""Work that would make the window wait, done in a thread; its result comes back in the GUI thread."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from PyQt5.QtCore import QObject

from app.gui.widgets.thread_queue import Answer, Answers, answer_to

T = TypeVar("T")
Failed = Callable[[BaseException], None]
_Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Then:
    """Whom to tell how a job went."""

    done: Callable[[Any], None]
    failed: Failed | None


class BackgroundTasks(QObject):
    """A few worker threads. Callbacks run in the thread that made this object, which needs an event loop.

    The threads are daemons: work that hangs, in a driver or on the network, never keeps the program from ending.
    """

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._answers: Answers[Answer] = Answers(self._deliver, self)
        self._asked = 0
        self._then: dict[int, _Then] = {}  # here, since threads hold nothing of the window's
        self._threads = threads
        self._running = 0
        self._closed = False

    def start(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Run work() in a thread, then done(result), or failed(error); without failed the error is raised here."""
        if self._closed:
            return
        if self._running < self._threads:
            self._running += 1
            name = f"window task {self._running}"
            threading.Thread(target=_run, args=(self._jobs,), name=name, daemon=True).start()
        self._answers.expect()
        self._asked += 1
        number, box = self._asked, self._answers.box
        self._then[number] = _Then(done, failed)
        self._jobs.put(lambda: box.put(answer_to(number, work)))

    def close(self) -> None:
        """Start and deliver nothing more; what runs is left to end by itself."""
        self._closed = True
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in range(self._running):
            self._jobs.put(None)

    def _deliver(self, answer: Answer) -> None:
        then = self._then.pop(answer.number)
        if self._closed:
            return
        if answer.error is None:
            then.done(answer.value)
        elif then.failed is not None:
            then.failed(answer.error)
        else:
            raise answer.error


def _run(jobs: "SimpleQueue[_Job | None]") -> None:
    """Do jobs until there is a None."""
    while (job := jobs.get()) is not None:
        job()
        del job  # what it holds shall not wait for the next one
