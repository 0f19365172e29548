"""Applies plate events: the one place that knows revisions, absorption and withdrawal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from app.pipeline.events import EventKind, PlateEvent
from app.sources.source_id import SourceId, TrackKey


class LedgerChange(Enum):
    """What an event made of its visit."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    FINAL = "final"


@dataclass(frozen=True, slots=True, eq=False)
class LedgerEntry:
    """One line of what events changed.

    event is the visit as it stands; for WITHDRAWN it is what the ledger held of it last. first: the ledger did not hold
    the visit before, so that a FINAL one may be first too.
    """

    change: LedgerChange
    key: TrackKey
    event: PlateEvent
    first: bool = False


class Ledger:
    """The visits that stand, by track: of each the event of the highest revision."""

    def __init__(self) -> None:
        self._events: dict[TrackKey, PlateEvent] = {}

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[PlateEvent]:
        return iter(tuple(self._events.values()))

    def __contains__(self, key: TrackKey) -> bool:
        return key in self._events

    def get(self, key: TrackKey) -> PlateEvent | None:
        """Return what stands for a track, or None."""
        return self._events.get(key)

    def apply(self, event: PlateEvent) -> tuple[LedgerEntry, ...]:
        """Take in an event and tell what it changed, withdrawn visits first; an outdated event changes nothing."""
        if self._is_outdated(event):
            return ()
        entries = [
            LedgerEntry(LedgerChange.WITHDRAWN, key, held)
            for key in event.identity.gone
            if (held := self._events.pop(key, None)) is not None
        ]
        if event.kind is EventKind.WITHDRAWN:
            return tuple(entries)
        first = event.key not in self._events
        self._events[event.key] = event
        change = (
            LedgerChange.FINAL if event.kind is EventKind.FINAL else LedgerChange.NEW if first else LedgerChange.CHANGED
        )
        return (*entries, LedgerEntry(change, event.key, event, first))

    def apply_all(self, events: Iterable[PlateEvent]) -> list[LedgerEntry]:
        """Take in events in order and tell what they changed."""
        return [entry for event in events for entry in self.apply(event)]

    def forget(self, key: TrackKey) -> None:
        """Let go of a visit that needs no more watching."""
        self._events.pop(key, None)

    def count(self, source: SourceId) -> int:
        """Return how many visits of a source stand."""
        return sum(event.source == source for event in self._events.values())

    def in_order(self) -> list[PlateEvent]:
        """Return what stands, in the order in which the vehicles came."""
        return _ordered(self._events.values())

    def take_final(self, before_s: float) -> list[PlateEvent]:
        """Return, and forget, the final visits that were last seen before a media second of their source."""
        settled = [e for e in self._events.values() if e.kind is EventKind.FINAL and e.span.last_s < before_s]
        for event in settled:
            del self._events[event.key]
        return _ordered(settled)

    def _is_outdated(self, event: PlateEvent) -> bool:
        held = self._events.get(event.key)
        return held is not None and held.identity.revision > event.identity.revision


def _ordered(events: Iterable[PlateEvent]) -> list[PlateEvent]:
    return sorted(events, key=lambda event: (event.span.first_s, event.evidence.box.x1, event.key))
