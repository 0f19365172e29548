"""Where the window stood and how it was divided, and repairs of what Qt paints on screens of fractional density."""

from PyQt5.QtCore import QByteArray, QObject, QSettings, QSize, QTimer
from PyQt5.QtWidgets import QApplication, QSplitter, QWidget

_USUAL = QSize(1440, 900)
_FRAME = QSize(16, 56)  # what title bar and borders take of the screen


def find_available_size(window: QWidget) -> QSize:
    """Return how large a window can be for its screen to show all of it, with title bar and borders."""
    screen = window.screen() or QApplication.primaryScreen()
    return (screen.availableSize() if screen is not None else QSize(1280, 800)) - _FRAME


def fit_to_screen(window: QWidget, width: int, height: int) -> None:
    """Make a window so large, or as large as its screen allows."""
    window.resize(QSize(width, height).boundedTo(find_available_size(window)))


class WindowGeometry:
    """Restores and saves the window's geometry and its splitters, by name."""

    def __init__(self, window: QWidget, splitters: dict[str, QSplitter], state: QSettings) -> None:
        self._window, self._splitters, self._state = window, splitters, state

    def restore(self) -> None:
        """Put everything where it was; at the first start, as large as the screen allows."""
        fit_to_screen(self._window, _USUAL.width(), _USUAL.height())
        restores = {f"window/{name}": splitter.restoreState for name, splitter in self._splitters.items()}
        for key, restore in {"window/geometry": self._window.restoreGeometry, **restores}.items():
            value = self._state.value(key)
            if isinstance(value, QByteArray):
                restore(value)

    def save(self) -> None:
        """Remember where everything is."""
        self._state.setValue("window/geometry", self._window.saveGeometry())
        for name, splitter in self._splitters.items():
            self._state.setValue(f"window/{name}", splitter.saveState())
        self._state.sync()


_AFTER_MS = 400
_NEARLY_WHOLE = 0.01  # what is told of a screen's density may be a little off


class SeamRepainter(QObject):
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
