"""The newest events, kept for the detail panel: readings of many tracks, whole frames of a few."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QImage

from app.pipeline.types import PlateEvent

KEPT_EVENTS = 500
KEPT_FRAMES = 12  # a frame of a camera takes some 6 MB


class LiveEvents:
    """The last event of each of the newest tracks, by track_key."""

    def __init__(self) -> None:
        self._events: OrderedDict[str, PlateEvent] = OrderedDict()
        self._framed: OrderedDict[str, None] = OrderedDict()

    def take(self, events: Iterable[PlateEvent]) -> None:
        """Keep events; the oldest lose their frames, then go."""
        for event in events:
            for key in event.gone:
                self._events.pop(key, None)
                self._framed.pop(key, None)
            if event.track_key in event.gone:
                continue
            self._events[event.track_key] = event
            self._events.move_to_end(event.track_key)
            self._framed[event.track_key] = None
            self._framed.move_to_end(event.track_key)
            self._shrink()

    def get(self, key: str) -> PlateEvent | None:
        """Return the last event of a track; its frame may be empty by now."""
        return self._events.get(key)

    def _shrink(self) -> None:
        while len(self._framed) > KEPT_FRAMES:
            key, _ = self._framed.popitem(last=False)
            if key in self._events:
                event = self._events[key]
                self._events[key] = replace(event, best_frame=event.best_frame[:0, :0].copy(), best_jpeg=b"")
        while len(self._events) > KEPT_EVENTS:
            self._events.popitem(last=False)


def picture_of(image: NDArray[np.uint8]) -> QImage:
    """Return a BGR image (H, W, 3) as a QImage of its own memory; null for an empty one."""
    if image.size == 0:
        return QImage()
    data = np.ascontiguousarray(image)
    height, width = data.shape[:2]
    return QImage(data.tobytes(), width, height, width * 3, QImage.Format.Format_BGR888).copy()


def pixels_of(picture: QImage) -> NDArray[np.uint8]:
    """Return a QImage as a BGR image (H, W, 3)."""
    plain = picture.convertToFormat(QImage.Format.Format_BGR888)
    bits = plain.constBits()
    if bits is None:
        return np.zeros((0, 0, 3), np.uint8)
    rows = np.frombuffer(bits.asstring(plain.sizeInBytes()), dtype=np.uint8).reshape(
        plain.height(), plain.bytesPerLine()
    )
    tight = rows[:, : plain.width() * 3].copy()
    return tight.reshape(plain.height(), plain.width(), 3)
