"""Work off the window's thread: the answer comes back by signal, and a newer question supersedes an older one."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PyQt5.QtCore import QObject, QThreadPool, pyqtSignal

from app.platelog.errors import LogError

T = TypeVar("T")


def shared_pool() -> QThreadPool:
    """Return the threads that all questions share."""
    pool = QThreadPool.globalInstance()
    assert pool is not None
    return pool


class Asker(QObject):
    """Asks one kind of question at a time; only the answer to the newest one is delivered, in the window's thread.

    failed carries what a LogError or OSError says; any other exception is raised again in the window's thread, where
    the crash dialog takes it. busy tells whether an answer is awaited.
    """

    failed = pyqtSignal(str)
    busy_changed = pyqtSignal(bool)
    _answered = pyqtSignal(int, object, object)

    def __init__(self, parent: QObject | None = None, pool: QThreadPool | None = None) -> None:
        super().__init__(parent)
        self._pool = pool if pool is not None else shared_pool()
        self._newest = 0
        self._then: Callable[[object], None] | None = None
        self._answered.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._then is not None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run work in a worker and give what it returns to then; forget every earlier question."""
        self._newest += 1
        number = self._newest
        was_busy, self._then = self.busy, then  # type: ignore[assignment]  # the pair belongs together by number
        if not was_busy:
            self.busy_changed.emit(True)
        self._pool.start(lambda: self._run(number, work))

    def forget(self) -> None:
        """Drop the question under way; its answer goes nowhere."""
        self._newest += 1
        self._finish()

    def _run(self, number: int, work: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the window, and this object with it, may have gone meanwhile
            if number != self._newest:
                return
            try:
                answer, error = work(), None
            except Exception as problem:
                answer, error = None, problem
            self._answered.emit(number, answer, error)

    def _deliver(self, number: int, answer: object, error: Exception | None) -> None:
        if number != self._newest:
            return
        then = self._then
        self._finish()
        if isinstance(error, LogError | OSError):
            self.failed.emit(str(error))
        elif error is not None:
            raise error
        elif then is not None:
            then(answer)

    def _finish(self) -> None:
        if self._then is not None:
            self._then = None
            self.busy_changed.emit(False)
