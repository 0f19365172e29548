"""When a watch-list hit is told: once a vehicle and entry, and not before readings agree."""

from collections import OrderedDict
from collections.abc import Iterable

from app.pipeline.events import EventKind, PlateEvent
from app.sources.source_id import TrackKey
from app.store.watchlist import Hit

_TRACKS_REMEMBERED = 20_000  # so many vehicles back, the same hit is not told twice
_AGREED = 2  # readings that must agree before a hit is told while the vehicle is still in view


class HitMemory:
    """Remembers the hits that were told of each vehicle. For one thread."""

    def __init__(self) -> None:
        self._told: OrderedDict[TrackKey, set[int | None]] = OrderedDict()

    def take_untold(self, event: PlateEvent, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        """Return the hits that are to be told now, and count them as told; none while too little agrees."""
        final = event.kind is EventKind.FINAL or event.span.is_still
        if not final and event.evidence.agreeing < _AGREED:
            return ()
        told = self._told_of(event.key)
        untold = tuple(hit for hit in hits if hit.entry.id not in told)
        told.update(hit.entry.id for hit in untold)
        return untold

    def count_as_told(self, key: TrackKey, hits: Iterable[Hit]) -> None:
        """Tell these of a vehicle no more."""
        self._told_of(key).update(hit.entry.id for hit in hits)

    def _told_of(self, key: TrackKey) -> set[int | None]:
        told = self._told.setdefault(key, set())
        self._told.move_to_end(key)
        while len(self._told) > _TRACKS_REMEMBERED:
            self._told.popitem(last=False)
        return told
