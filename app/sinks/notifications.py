"""Tells the receivers of notifications: what the engine hands out becomes messages, which the notifier delivers."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np

from app.notifications.message import EventName, ListHit, Message
from app.notifications.notifier import MessageTarget
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.ledger import Ledger, LedgerChange, LedgerEntry
from app.pipeline.sink import Bus, Sink, WatchHit
from app.records import json_object, record_of
from app.sources.source import SourceSpec
from app.sources.source_id import TrackKey

#: A vehicle that stands is told again so often at the most, in seconds, unless its text changes.
UPDATE_S = 60.0
#: The quality at which pictures are sent: as the log keeps them.
_JPEG_QUALITY = 90

_NAMES = {
    LedgerChange.NEW: EventName.NEW,
    LedgerChange.CHANGED: EventName.UPDATE,
    LedgerChange.FINAL: EventName.FINAL,
    LedgerChange.WITHDRAWN: EventName.WITHDRAWN,
}


class NotificationSink(Sink):
    """Makes messages of events, hits and sources. Images become JPEG files in the notifier's thread."""

    def __init__(self, notifier: MessageTarget, run: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """Takes over a notifier, which `close` closes.

        Args:
            notifier: delivers the messages; started already.
            run: names the run in the records, as the log does.
            clock: seconds that only grow.
        """
        self._notifier, self._run, self._clock = notifier, run, clock
        self._ledger = Ledger()
        self._told: dict[TrackKey, tuple[str, float]] = {}

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return "notifications"

    def connect(self, bus: Bus) -> None:
        """Has trouble with receivers told to all sinks."""
        self._notifier.on_trouble = bus.tell_trouble

    def on_event(self, event: PlateEvent) -> None:
        """Tells what an event changed."""
        for entry in self._ledger.apply(event):
            self._tell_entry(entry)
        if event.kind is EventKind.FINAL:
            self._ledger.forget(event.key)
            self._told.pop(event.key, None)

    def on_hit(self, hit: WatchHit) -> None:
        """Tells a watch-list hit."""
        self._tell(EventName.HIT, hit.event, (ListHit(hit.list_name, hit.entry, hit.note),))

    def on_source_lost(self, source: SourceSpec, error: str) -> None:
        """Tells that a live source gives no frames."""
        self._notifier.notify(Message(EventName.SOURCE_LOST, datetime.now(UTC), source.source_id, detail=error))

    def on_source_back(self, source: SourceSpec) -> None:
        """Tells that a live source gives frames again."""
        self._notifier.notify(Message(EventName.SOURCE_BACK, datetime.now(UTC), source.source_id))

    def close(self, interrupted: bool) -> list[str]:
        """Keeps what waits in the outbox and says what could not even be kept."""
        self._notifier.close()
        lost = self._notifier.lost
        return [f"{lost} messages to receivers were lost: the outbox could not be written."] if lost else []

    def _tell_entry(self, entry: LedgerEntry) -> None:
        now_s = self._clock()
        plate, told_s = self._told.get(entry.key, ("", -UPDATE_S))
        if entry.change is LedgerChange.CHANGED and plate == entry.event.text.plate and now_s - told_s < UPDATE_S:
            return
        if entry.change is LedgerChange.FINAL and entry.first:
            self._tell(EventName.NEW, entry.event)
        if entry.change is LedgerChange.WITHDRAWN:
            self._told.pop(entry.key, None)
        else:
            self._told[entry.key] = (entry.event.text.plate, now_s)
        self._tell(_NAMES[entry.change], entry.event)

    def _tell(self, name: EventName, event: PlateEvent, hits: tuple[ListHit, ...] = ()) -> None:
        record = json_object(record_of(event, self._run, hits[0].list_name if hits else ""))
        message = Message(name, datetime.now(UTC), event.source, record, hits)
        crop, frame, jpeg = event.evidence.crop, event.evidence.frame, event.evidence.jpeg
        self._notifier.notify(message, lambda wanted: _encode(crop, frame, jpeg, wanted))


def _encode(crop: np.ndarray, frame: np.ndarray, jpeg: bytes, frame_wanted: bool) -> tuple[bytes | None, bytes | None]:
    """Returns crop and frame as JPEG files; the frame only where it is wanted."""
    return _jpeg(crop), (jpeg or _jpeg(frame)) if frame_wanted else None


def _jpeg(image: np.ndarray) -> bytes | None:
    if image.size == 0:
        return None
    done, data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
    return data.tobytes() if done else None
