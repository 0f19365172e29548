"""One copy of both networks for several pipelines."""

import threading
from collections.abc import Callable, Sequence

from app.pipeline.detection import Detector
from app.pipeline.reading import Reader
from app.pipeline.types import Image
from detector.types import Detection
from recognizer.readings import Reading


class SharedNetworks:
    """One copy of both networks for all that reads in this process.

    They are loaded when they are first wanted; several threads may use them. The reader takes one call at a time, the
    detector as many as it can. It is a Detector and a Reader itself.
    """

    def __init__(self, load: Callable[[], tuple[Detector, Reader]]) -> None:
        """load: may raise whatever it does; the next use tries again."""
        self._load = load
        self._loaded: tuple[Detector, Reader] | None = None
        self._loading, self._reading = threading.Lock(), threading.Lock()
        self._detecting = threading.Semaphore()

    def ensure_loaded(self) -> None:
        """Load the networks unless they are there. Waits for another thread that is loading them."""
        self._networks()

    def prefer_region(self, region: str | None) -> None:
        """Have the reader, if it is loaded, prefer the plates of a region from now on. Never waits."""
        if self._loaded is not None:
            self._loaded[1].prefer_region(region)

    @property
    def streams(self) -> int:
        """How many threads may be in detect() without waiting for each other; loads the networks."""
        return self._networks()[0].streams

    @property
    def size(self) -> int:
        """The longer side of the detector's input in pixels; loads the networks."""
        return self._networks()[0].size

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Return the plates of each image, best first."""
        detector, _ = self._networks()
        with self._detecting:
            return detector.detect(images)

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        """Return one reading a crop."""
        _, reader = self._networks()
        with self._reading:
            return reader.read(crops, thorough=thorough)

    def _networks(self) -> tuple[Detector, Reader]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
                self._detecting = threading.Semaphore(self._loaded[0].streams)
            return self._loaded
