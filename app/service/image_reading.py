"""Reads the plates of one picture that was posted, with the networks of the service."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np

from app.pipeline.events import EventKind
from app.pipeline.pipeline import Pipeline
from app.records import Record, record_of
from app.sources.frame import Frame, WallClock
from app.sources.source_id import SourceId

#: A picture of more pixels is refused: decoded it would take more than 300 MB.
MOST_PIXELS = 100_000_000
_SOURCE = SourceId("posted picture")


class ImageError(ValueError):
    """What was posted is no picture that can be read; the text says why."""


class ImageReader:
    """Owns a pipeline of its own, so that a posted picture mixes with no camera. For any thread, one at a time."""

    def __init__(self, make_pipeline: Callable[[], Pipeline]) -> None:
        self._make_pipeline = make_pipeline
        self._pipeline: Pipeline | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes) -> list[Record]:
        """Returns the records of the plates in a picture file, surest first. Raises ImageError."""
        image = decode_image(data)
        with self._lock:
            if self._pipeline is None:
                self._pipeline = self._make_pipeline()
            frame = Frame(_SOURCE, 0, image, datetime.now(UTC), 0.0, WallClock.LIVE, is_still=True)
            step = self._pipeline.process([frame])
            events = (*step.events, *self._pipeline.finish(_SOURCE))
        records = [record_of(event) for event in events if event.kind is EventKind.FINAL]
        return sorted(records, key=lambda record: -record.confidence)


def decode_image(data: bytes) -> np.ndarray:
    """Returns a picture file as uint8 BGR (H, W, 3). Raises ImageError."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error as error:
        raise ImageError("the picture is damaged or too large") from error
    if image is None:
        raise ImageError("this is no picture: post the bytes of a JPEG, PNG or WebP file")
    if image.shape[0] * image.shape[1] > MOST_PIXELS:
        raise ImageError(f"the picture has more than {MOST_PIXELS:,} pixels")
    return image
