"""Where the engine leaves what it brought, and the window fetches it: one slot a source, and a list of events."""

import threading
from dataclasses import dataclass, replace

from app.gui.live.demo import is_demo
from app.journal import Alarm, Journal
from app.pipeline.events import EventKind, Identity, PlateEvent, without_evidence, without_images
from app.pipeline.ledger import Ledger
from app.pipeline.types import FrameResult
from app.records import Record
from app.sources.source_id import SourceId, TrackKey

_SLACK_S = 0.5


@dataclass(frozen=True, slots=True)
class News:
    """What came since the last time: in order; ended holds (source_id, error)."""

    events: tuple[PlateEvent, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    saved: tuple[Record, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()


class Feed:
    """A sink of the engine. Frames are overwritten by newer ones; events are kept until they are fetched."""

    def __init__(self) -> None:
        self.journal: Journal | None = None  # set once, before the engine runs; None: nothing is logged
        self.keep_pictures = True  # of a read, in the log
        self._lock = threading.Lock()
        self._frames: dict[str, FrameResult] = {}
        self._events: list[PlateEvent] = []
        self._alarms: list[Alarm] = []
        self._saved: list[Record] = []
        self._ended: list[tuple[str, str]] = []
        self._replays = Replays()

    def on_event(self, event: PlateEvent) -> None:
        """Hand an event to the log, then keep it for the window. Called in the engine's thread."""
        event = self._replays.known(event)
        if self.journal is not None:
            self.journal.take(self._to_keep(event), once=is_demo(event.source))
        with self._lock:
            self._events.append(event)

    def _to_keep(self, event: PlateEvent) -> PlateEvent:
        """Return an event with the pictures that the settings allow to be kept."""
        return event if self.keep_pictures else without_images(event)

    def on_frame(self, result: FrameResult) -> None:
        """Put a frame into its source's slot."""
        with self._lock:
            self._frames[result.frame.source_id] = result

    def on_ended(self, source_id: SourceId, error: str) -> None:
        """Note that a source gave its last frame."""
        self._replays.part(source_id)
        with self._lock:
            self._ended.append((source_id, error))

    def on_alarm(self, alarm: Alarm) -> None:
        """Note a watch-list hit."""
        with self._lock:
            self._alarms.append(alarm)

    def on_saved(self, visit: Record) -> None:
        """Note that a visit is on the disk."""
        with self._lock:
            self._saved.append(visit)

    def newest(self, source_id: str) -> FrameResult | None:
        """Return the newest frame of a source, or None."""
        with self._lock:
            return self._frames.get(source_id)

    def forget(self, source_id: str) -> None:
        """Empty a source's slot."""
        with self._lock:
            self._frames.pop(source_id, None)

    def fetch(self) -> News:
        """Return what came since the last call."""
        with self._lock:
            news = News(tuple(self._events), tuple(self._alarms), tuple(self._saved), tuple(self._ended))
            for kept in (self._events, self._alarms, self._saved, self._ended):
                kept.clear()  # type: ignore[attr-defined]  # lists of different things
        return news


@dataclass(slots=True)
class _Earlier:
    """A visit of an earlier showing of a recording."""

    event: PlateEvent
    taken_by: TrackKey | None = None


class Replays:
    """Makes what is seen again, after seeking back in a recording, the visit it was before, not another vehicle."""

    def __init__(self) -> None:
        self._earlier: dict[SourceId, list[_Earlier]] = {}
        self._now: dict[SourceId, Ledger] = {}
        self._alias: dict[TrackKey, tuple[TrackKey, int]] = {}

    def known(self, event: PlateEvent) -> PlateEvent:
        """Return event, under the track it had when the same passage was seen before."""
        own = event.identity
        gone: tuple[TrackKey, ...] = ()
        if own.track not in self._alias and (before := self._find(event)) is not None:
            before.taken_by = own.track
            self._alias[own.track] = (before.event.key, before.event.identity.revision)
            gone = (own.track,)  # it may have been shown, misread, under its own key
        absorbed = (*(self._alias.get(key, (key, 0))[0] for key in own.absorbed), *gone)
        key, revisions = self._alias.get(own.track, (own.track, 0))
        kind = own.kind
        if kind is EventKind.WITHDRAWN and revisions:
            kind = EventKind.FINAL  # the earlier showing bore it out
        others = tuple(other for other in absorbed if other != key)
        event = replace(event, identity=Identity(key, own.revision + revisions, kind, others))
        if kind is EventKind.FINAL:
            self._now.setdefault(event.source, Ledger()).apply(without_evidence(event))
        return event

    def part(self, source_id: SourceId) -> None:
        """The source ends, or goes on at another place: what it gave so far is now earlier."""
        known = {item.event.key: item.event for item in self._earlier.get(source_id, [])}
        known.update((event.key, event) for event in self._now.pop(source_id, Ledger()))
        self._earlier[source_id] = [_Earlier(event) for event in known.values()]

    def _find(self, event: PlateEvent) -> _Earlier | None:
        if event.span.is_still:
            return None
        return next((item for item in self._earlier.get(event.source, []) if _is_same_passage(item, event)), None)


def _is_same_passage(item: _Earlier, event: PlateEvent) -> bool:
    before, now = item.event.span, event.span
    overlap = before.first_s - _SLACK_S <= now.last_s and now.first_s <= before.last_s + _SLACK_S
    return item.taken_by is None and item.event.text.plate == event.text.plate and overlap
