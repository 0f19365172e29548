"""Small pictures of crops, read from the log's picture folder in a worker; the least recently used go first."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from PyQt5.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QImageReader

from app.gui.session.background import ResultQueue, shared_pool
from app.store.errors import LogError

KEPT = 600


@dataclass(frozen=True, slots=True)
class _LoadedThumbnail:
    """A picture by its name; null where there is none."""

    name: str
    image: QImage


class Thumbnails(QObject):
    """Pictures by name, no larger than `box` pixels; `get` answers at once and `ready` tells when one has come."""

    ready = pyqtSignal(str)

    def __init__(self, locate: Callable[[str], Path], box: QSize, parent: QObject) -> None:
        super().__init__(parent)
        self._locate, self._box = locate, box
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._wanted: list[str] = []
        self._awaited = 0
        self._answers: ResultQueue[_LoadedThumbnail] = ResultQueue(self._take, self)

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

    def at_hand(self, name: str) -> QImage | None:
        """Return a picture that is in memory, or None; none is read from the disk."""
        return self._kept.get(name)

    def put(self, name: str, image: QImage) -> None:
        """Keep a picture that is at hand already, such as a live one."""
        self._keep(name, scale_down(image, self._box))

    def _start(self) -> None:
        if self._awaited or not self._wanted:
            return
        names = tuple(reversed(self._wanted))  # the rows asked for last are the ones on screen
        self._wanted.clear()
        for _ in names:
            self._answers.expect()
        self._awaited = len(names)
        files = tuple((name, self._path(name)) for name in names)
        box, answers = self._box, self._answers.box
        shared_pool().start(lambda: _load(files, box, answers))

    def _path(self, name: str) -> Path | None:
        try:
            return self._locate(name)
        except (OSError, LogError):
            return None

    def _take(self, loaded: _LoadedThumbnail) -> None:
        self._awaited -= 1
        self._keep(loaded.name, loaded.image)
        self.ready.emit(loaded.name)
        self._start()

    def _keep(self, name: str, image: QImage) -> None:
        self._kept[name] = image
        self._kept.move_to_end(name)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _load(files: Sequence[tuple[str, Path | None]], box: QSize, answers: "SimpleQueue[_LoadedThumbnail]") -> None:
    """Read pictures in a worker, which holds no object of the window's."""
    for name, path in files:
        answers.put(_LoadedThumbnail(name, read_picture(path, box) if path is not None else QImage()))


def read_picture(path: Path, box: QSize | None = None) -> QImage:
    """Read a picture, made no larger than box; a null image where it is missing or broken."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    if box is not None and reader.size().isValid():
        size = reader.size()
        if size.width() > box.width() or size.height() > box.height():
            reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    return QImage(reader.read())


def scale_down(image: QImage, box: QSize) -> QImage:
    """Return image made no larger than box, its shape kept."""
    if image.width() <= box.width() and image.height() <= box.height():
        return image
    return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
