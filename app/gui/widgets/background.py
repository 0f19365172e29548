"""Work off the window's thread: the answer comes back by signal, and a newer question supersedes an older one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PyQt5.QtCore import QObject, QThreadPool, pyqtSignal

from app.gui.widgets.thread_queue import Answer, Answers, answer_to
from app.store.errors import LogError

T = TypeVar("T")


def shared_pool() -> QThreadPool:
    """Return the threads that all questions share."""
    pool = QThreadPool.globalInstance()
    assert pool is not None
    return pool


@dataclass(slots=True)
class _Newest:
    """The number of the newest question; workers see it, without holding the Asker."""

    number: int = 0


class Asker(QObject):
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
        self._answers: Answers[Answer] = Answers(self._deliver, self)

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

    def _deliver(self, answer: Answer) -> None:
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


def _answer(number: int, newest: _Newest, work: Callable[[], object]) -> Answer:
    """Do the work, unless a newer question was asked meanwhile."""
    return answer_to(number, work) if number == newest.number else Answer(number)
