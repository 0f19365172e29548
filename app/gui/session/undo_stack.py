"""What was done to the log last, so that it can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt5.QtCore import QObject, pyqtSignal

_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One thing that was done: what taking it back is called, and how it is done."""

    words: str
    undo: Callable[[], None]


class UndoStack(QObject):
    """Steps of the whole window, the latest first to be undone."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[UndoStep] = []

    @property
    def next_words(self) -> str:
        """What would be undone next, in words; empty where there is nothing."""
        return self._steps[-1].words if self._steps else ""

    def push(self, words: str, undo: Callable[[], None]) -> None:
        """Note that something was done; undo takes it back and is called in the GUI thread."""
        self._steps.append(UndoStep(words, undo))
        del self._steps[:-_MOST_STEPS]
        self.changed.emit()

    def undo(self) -> None:
        """Take back what was done last."""
        if self._steps:
            step = self._steps.pop()
            self.changed.emit()
            step.undo()
