"""Where the engine leaves what it brought, and the window fetches it: one slot a source, and a list of events."""

import threading
from dataclasses import dataclass

from app.pipeline.events import PlateEvent
from app.pipeline.sink import Sink
from app.pipeline.types import FrameResult
from app.records import Record
from app.sources.source import SourceSpec
from app.store.journal import Alarm


@dataclass(frozen=True, slots=True)
class News:
    """What came since the last time: in order; ended holds (source_id, error)."""

    events: tuple[PlateEvent, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    saved: tuple[Record, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()


class WindowFeed(Sink):
    """Holds what the window has not fetched yet. Frames are overwritten by newer ones; events are all kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: dict[str, FrameResult] = {}
        self._processed: dict[str, int] = {}
        self._events: list[PlateEvent] = []
        self._alarms: list[Alarm] = []
        self._saved: list[Record] = []
        self._ended: list[tuple[str, str]] = []

    def on_event(self, event: PlateEvent) -> None:
        """Keep an event."""
        with self._lock:
            self._events.append(event)

    def on_frame(self, result: FrameResult) -> None:
        """Put a frame into its source's slot."""
        with self._lock:
            source = result.frame.source_id
            self._frames[source] = result
            self._processed[source] = self._processed.get(source, 0) + 1

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """Note that a source gave its last frame."""
        with self._lock:
            self._ended.append((source.source_id, error))

    def on_alarm(self, alarm: Alarm) -> None:
        """Note a watch-list hit, as the journal tells it."""
        with self._lock:
            self._alarms.append(alarm)

    def on_saved(self, visit: Record) -> None:
        """Note that a visit is on the disk, as the journal tells it."""
        with self._lock:
            self._saved.append(visit)

    def newest(self, source_id: str) -> FrameResult | None:
        """Return the newest frame of a source, or None."""
        with self._lock:
            return self._frames.get(source_id)

    def processed(self, source_id: str) -> int:
        """Return how many frames of a source were processed since it was opened."""
        with self._lock:
            return self._processed.get(source_id, 0)

    def forget(self, source_id: str) -> None:
        """Empty a source's slot and its count."""
        with self._lock:
            self._frames.pop(source_id, None)
            self._processed.pop(source_id, None)

    def fetch(self) -> News:
        """Return what came since the last call."""
        with self._lock:
            news = News(tuple(self._events), tuple(self._alarms), tuple(self._saved), tuple(self._ended))
            for kept in (self._events, self._alarms, self._saved, self._ended):
                kept.clear()  # type: ignore[attr-defined]  # lists of different things
        return news
