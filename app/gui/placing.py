"""Where the window stood and how it was divided, remembered from one start to the next."""

from PyQt5.QtCore import QByteArray, QSettings, QSize
from PyQt5.QtWidgets import QApplication, QSplitter, QWidget

_USUAL = QSize(1440, 900)
_FRAME = QSize(16, 56)  # what title bar and borders take of the screen


class Placing:
    """Restores and saves the window's geometry and its splitters, by name."""

    def __init__(self, window: QWidget, splitters: dict[str, QSplitter], state: QSettings) -> None:
        self._window, self._splitters, self._state = window, splitters, state

    def restore(self) -> None:
        """Put everything where it was; at the first start, as large as the screen allows."""
        screen = QApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else QSize(1280, 800)
        self._window.resize(_USUAL.boundedTo(room - _FRAME))
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
