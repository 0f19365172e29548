"""Work that would make the window wait, done in a thread; its result comes back in the GUI thread."""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

from PyQt5.QtCore import QObject, pyqtSignal

T = TypeVar("T")
Failed = Callable[[BaseException], None]
_Job = Callable[[], None]


class Tasks(QObject):
    """A few worker threads. Callbacks run in the thread that made this object, which needs an event loop.

    The threads are daemons: work that hangs, in a driver or on the network, never keeps the program from ending.
    """

    _finished = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = threads
        self._running = 0
        self._closed = False
        self._finished.connect(self._deliver)

    def start(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Run work() in a thread, then done(result), or failed(error); without failed the error is raised here."""
        if self._closed:
            return
        if self._running < self._threads:
            self._running += 1
            threading.Thread(target=self._run, name=f"window task {self._running}", daemon=True).start()
        self._jobs.put(lambda: self._answer(work, done, failed))

    def close(self) -> None:
        """Start and deliver nothing more; what runs is left to end by itself."""
        self._closed = True
        for _ in range(self._running):
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not self._closed:
                job()

    def _answer(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None) -> None:
        try:
            result = work()
        except Exception as error:
            self._tell(_failure(error, failed))
        else:
            self._tell(lambda: done(result))

    def _tell(self, call: _Job) -> None:
        with suppress(RuntimeError):  # the window, and this object with it, may have gone meanwhile
            self._finished.emit(call)

    def _deliver(self, call: _Job) -> None:
        if not self._closed:
            call()


def _failure(error: Exception, failed: Failed | None) -> _Job:
    def tell() -> None:
        if failed is None:
            raise error
        failed(error)

    return tell
