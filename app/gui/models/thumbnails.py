"""Small pictures of crops, read from the log's picture folder in a worker; the least recently used go first."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PyQt5.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QImageReader

from app.gui.models.background import shared_pool
from app.platelog.errors import LogError

KEPT = 600


class Thumbnails(QObject):
    """Pictures by name, no larger than `box` pixels; `get` answers at once and `ready` tells when one has come."""

    ready = pyqtSignal(str)
    _loaded = pyqtSignal(str, QImage)
    _done = pyqtSignal()

    def __init__(self, locate: Callable[[str], Path], box: QSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._locate, self._box = locate, box
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._wanted: list[str] = []
        self._running = False
        self._loaded.connect(self._keep)
        self._done.connect(self._next)

    def get(self, name: str) -> QImage | None:
        """Return the picture, a null image where there is none, or None while it is being read."""
        if not name:
            return QImage()
        image = self._kept.get(name)
        if image is not None:
            self._kept.move_to_end(name)
            return image
        if name not in self._wanted:
            self._wanted.append(name)
            del self._wanted[:-64]  # rows that were scrolled past are asked for again when they come back
        self._start()
        return None

    def put(self, name: str, image: QImage) -> None:
        """Keep a picture that is at hand already, such as a live one."""
        self._keep_image(name, scaled(image, self._box))

    def _start(self) -> None:
        if self._running or not self._wanted:
            return
        self._running = True
        names = tuple(reversed(self._wanted))  # the rows asked for last are the ones on screen
        self._wanted.clear()
        shared_pool().start(lambda: self._load(names))

    def _load(self, names: Sequence[str]) -> None:
        with suppress(RuntimeError):  # the window may have gone meanwhile
            for name in names:
                image = QImage()
                with suppress(OSError, LogError):
                    image = read_picture(self._locate(name), self._box)
                self._loaded.emit(name, image)
            self._done.emit()

    def _keep(self, name: str, image: QImage) -> None:
        self._keep_image(name, image)
        self.ready.emit(name)

    def _next(self) -> None:
        self._running = False
        self._start()

    def _keep_image(self, name: str, image: QImage) -> None:
        self._kept[name] = image
        self._kept.move_to_end(name)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def read_picture(path: Path, box: QSize | None = None) -> QImage:
    """Read a picture, made no larger than box; a null image where it is missing or broken."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    if box is not None and reader.size().isValid():
        size = reader.size()
        if size.width() > box.width() or size.height() > box.height():
            reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    return QImage(reader.read())


def scaled(image: QImage, box: QSize) -> QImage:
    """Return image made no larger than box, its shape kept."""
    if image.width() <= box.width() and image.height() <= box.height():
        return image
    return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
