"""One copy of both networks for everything the window reads: the live view and the queue."""

import threading
from collections.abc import Callable, Sequence

from app.pipeline.core import Detector, Reader
from app.pipeline.types import Image
from detector.types import Detection
from recognizer.readings import Reading


class SharedNetworks:
    """Loads the networks when they are first wanted; several threads may use them, each network one call at a time.

    It is a Detector and a Reader itself.
    """

    def __init__(self, load: Callable[[], tuple[Detector, Reader]]) -> None:
        """load: may raise whatever it does; the next use tries again."""
        self._load = load
        self._loaded: tuple[Detector, Reader] | None = None
        self._loading, self._detecting, self._reading = threading.Lock(), threading.Lock(), threading.Lock()

    def ensure(self) -> None:
        """Load them unless they are there; another thread that is at it is waited for."""
        self._networks()

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Return the plates of each image, best first."""
        detector, _ = self._networks()
        with self._detecting:
            return detector.detect(images)

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """Return one reading a crop."""
        _, reader = self._networks()
        with self._reading:
            return reader.read(crops)

    def _networks(self) -> tuple[Detector, Reader]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded
