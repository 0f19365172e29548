"""What threads have to say, delivered in the window's thread.

Threads only put into a queue and hold no Qt object: a signal that a thread emits while its object is deleted in the
window's thread, or an object whose last reference a thread drops, crashes the program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from PyQt5.QtCore import QObject, QTimer

T = TypeVar("T")
_INTERVAL_MS = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """What the work of a number came to: a value, or an error."""

    number: int
    value: object = None
    error: Exception | None = None


def answer_to(number: int, work: Callable[[], object]) -> Answer:
    """Do the work, in a thread."""
    try:
        return Answer(number, work())
    except Exception as error:
        return Answer(number, error=error)


class Answers(QObject, Generic[T]):
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
