"""Where the window stood and how it was divided, remembered from one start to the next."""

from PyQt5.QtCore import QByteArray, QSettings, QSize
from PyQt5.QtWidgets import QApplication, QSplitter, QWidget

_USUAL = QSize(1440, 900)
_FRAME = QSize(16, 56)  # what title bar and borders take of the screen


def room_for(window: QWidget) -> QSize:
    """Return how large a window can be for its screen to show all of it, with title bar and borders."""
    screen = window.screen() or QApplication.primaryScreen()
    return (screen.availableSize() if screen is not None else QSize(1280, 800)) - _FRAME


def fit(window: QWidget, width: int, height: int) -> None:
    """Make a window so large, or as large as its screen allows."""
    window.resize(QSize(width, height).boundedTo(room_for(window)))


class Placing:
    """Restores and saves the window's geometry and its splitters, by name."""

    def __init__(self, window: QWidget, splitters: dict[str, QSplitter], state: QSettings) -> None:
        self._window, self._splitters, self._state = window, splitters, state

    def restore(self) -> None:
        """Put everything where it was; at the first start, as large as the screen allows."""
        fit(self._window, _USUAL.width(), _USUAL.height())
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
