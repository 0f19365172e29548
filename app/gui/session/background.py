"""Work off the window's thread, whose results come back in the window's thread.

Threads only put results into a queue and hold no Qt object: a signal that a thread emits while its object is deleted
in the window's thread, or an object whose last reference a thread drops, crashes the program.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from PyQt5.QtCore import QObject, QThreadPool, QTimer, pyqtSignal

from app.store.errors import LogError

T = TypeVar("T")
_INTERVAL_MS = 15


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What the work of a number came to: a value, or an error."""

    number: int
    value: object = None
    error: Exception | None = None


def run_task(number: int, work: Callable[[], object]) -> TaskResult:
    """Do the work, in a thread."""
    try:
        return TaskResult(number, work())
    except Exception as error:
        return TaskResult(number, error=error)


class ResultQueue(QObject, Generic[T]):
    """A box that threads put answers into; deliver is called with each, in the thread that made this object."""

    def __init__(self, deliver: Callable[[T], None], parent: QObject) -> None:
        super().__init__(parent)
        self.box: SimpleQueue[T] = SimpleQueue()
        self._deliver = deliver
        self._awaited = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def expect(self) -> None:
        """Look into the box until one more answer has come."""
        self._awaited += 1
        self._timer.start()

    def _collect(self) -> None:
        while self._awaited:
            try:
                answer = self.box.get_nowait()
            except Empty:
                return
            self._awaited -= 1
            if not self._awaited:
                self._timer.stop()
            self._deliver(answer)


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
        self._answers: ResultQueue[TaskResult] = ResultQueue(self._deliver, self)
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
        self._jobs.put(lambda: box.put(run_task(number, work)))

    def close(self) -> None:
        """Start and deliver nothing more; what runs is left to end by itself."""
        self._closed = True
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in range(self._running):
            self._jobs.put(None)

    def _deliver(self, answer: TaskResult) -> None:
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


def shared_pool() -> QThreadPool:
    """Return the threads that all questions share."""
    pool = QThreadPool.globalInstance()
    assert pool is not None
    return pool


@dataclass(slots=True)
class _Newest:
    """The number of the newest question; workers see it, without holding the LatestTask."""

    number: int = 0


class LatestTask(QObject):
    """Asks one kind of question at a time; only the answer to the newest one is delivered, in the window's thread.

    failed carries what a LogError or OSError says; any other exception is raised again in the window's thread, where
    the crash dialog takes it. busy tells whether an answer is awaited.
    """

    failed = pyqtSignal(str)
    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: QObject | None = None, pool: QThreadPool | None = None) -> None:
        super().__init__(parent)
        self._pool = pool if pool is not None else shared_pool()
        self._newest = _Newest()
        self._then: Callable[[object], None] | None = None
        self._answers: ResultQueue[TaskResult] = ResultQueue(self._deliver, self)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._then is not None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run work in a worker and give what it returns to then; forget every earlier question."""
        self._newest.number += 1
        number, newest, box = self._newest.number, self._newest, self._answers.box
        was_busy, self._then = self.busy, then  # type: ignore[assignment]  # the pair belongs together by number
        if not was_busy:
            self.busy_changed.emit(True)
        self._answers.expect()
        self._pool.start(lambda: box.put(_answer(number, newest, work)))

    def forget(self) -> None:
        """Drop the question under way; its answer goes nowhere."""
        self._newest.number += 1
        self._finish()

    def _deliver(self, answer: TaskResult) -> None:
        if answer.number != self._newest.number:
            return
        then = self._then
        self._finish()
        if isinstance(answer.error, LogError | OSError):
            self.failed.emit(str(answer.error))
        elif answer.error is not None:
            raise answer.error
        elif then is not None:
            then(answer.value)

    def _finish(self) -> None:
        if self._then is not None:
            self._then = None
            self.busy_changed.emit(False)


def _answer(number: int, newest: _Newest, work: Callable[[], object]) -> TaskResult:
    """Do the work, unless a newer question was asked meanwhile."""
    return run_task(number, work) if number == newest.number else TaskResult(number)
