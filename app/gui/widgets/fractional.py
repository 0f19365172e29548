"""On screens of fractional density (125 %, 150 %) Qt leaves stale rows of pixels at the seams of a partial repaint."""

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtWidgets import QWidget

_AFTER_MS = 400
_NEARLY_WHOLE = 0.01  # what is told of a screen's density may be a little off


class Seams(QObject):
    """Repaints a whole window a moment after parts of it were, where the density is fractional."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._mending = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._mend)

    def repainted(self) -> None:
        """Note that parts of the window were repainted."""
        if self._mending:
            self._mending = False
        elif is_fractional(self._window.devicePixelRatioF()) and not self._timer.isActive():
            self._timer.start()

    def _mend(self) -> None:
        self._mending = True
        self._window.update()


def is_fractional(ratio: float) -> bool:
    """Whether a logical pixel is no whole number of pixels of the screen."""
    return abs(ratio - round(ratio)) > _NEARLY_WHOLE
