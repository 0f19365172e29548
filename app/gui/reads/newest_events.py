"""The newest events, kept for the detail panel: readings of many tracks, whole frames of a few."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from app.pipeline.events import PlateEvent
from app.pipeline.ledger import Ledger, LedgerChange
from app.sources.source_id import TrackKey

KEPT_EVENTS = 500
KEPT_FRAMES = 12  # a frame of a camera takes some 6 MB


class NewestEvents:
    """The last event of each of the newest tracks."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._newest: OrderedDict[TrackKey, None] = OrderedDict()
        self._framed: OrderedDict[TrackKey, None] = OrderedDict()

    def take(self, events: Iterable[PlateEvent]) -> None:
        """Keep events; the oldest lose their frames, then go."""
        for event in events:
            for entry in self._ledger.apply(event):
                for order in (self._newest, self._framed):
                    order.pop(entry.key, None)
                    if entry.change is not LedgerChange.WITHDRAWN:
                        order[entry.key] = None
            self._shrink()

    def get(self, key: str) -> PlateEvent | None:
        """Return the last event of a track; its frame may be empty by now."""
        try:
            return self._ledger.get(TrackKey.parse(key))
        except ValueError:  # a visit of the log, whose track is named otherwise
            return None

    def _shrink(self) -> None:
        while len(self._framed) > KEPT_FRAMES:
            key, _ = self._framed.popitem(last=False)
            if (event := self._ledger.get(key)) is not None:
                bare = replace(event.evidence, frame=event.evidence.frame[:0, :0].copy(), jpeg=b"")
                self._ledger.apply(replace(event, evidence=bare))
        while len(self._newest) > KEPT_EVENTS:
            self._ledger.forget(self._newest.popitem(last=False)[0])
