"""Work that would make the window wait, done in a thread; its result comes back in the GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PyQt5.QtCore import QObject, pyqtSignal

T = TypeVar("T")
Failed = Callable[[BaseException], None]


class Tasks(QObject):
    """A few worker threads. Callbacks run in the thread that made this object, which needs an event loop."""

    _finished = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="window task")
        self._finished.connect(lambda call: call())
        self._closed = False

    def start(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Run work() in a thread, then done(result), or failed(error); without failed the error is raised here."""

        def report(future: Future[T]) -> None:
            if not self._closed:
                self._finished.emit(lambda: _deliver(future, done, failed))

        if not self._closed:
            self._pool.submit(work).add_done_callback(report)

    def close(self) -> None:
        """Start and deliver nothing more; what runs is left to end by itself."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)


def _deliver(future: "Future[Any]", done: Callable[[Any], None], failed: Failed | None) -> None:
    error = future.exception()
    if error is None:
        done(future.result())
    elif failed is not None:
        failed(error)
    else:
        raise error
