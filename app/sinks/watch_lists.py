"""Tells watch-list hits where no log is kept: the lists are those of a log that is only read."""

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.sink import Bus, Sink, WatchHit
from app.store.errors import LogError
from app.store.hit_memory import HitMemory
from app.store.store import Store


class WatchListSink(Sink):
    """Looks every plate up in the lists of a store, which somebody else opens and closes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._memory = HitMemory()
        self._bus: Bus | None = None

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return "watch lists"

    def connect(self, bus: Bus) -> None:
        """Take the bus, for hits."""
        self._bus = bus

    def on_event(self, event: PlateEvent) -> None:
        """Tell the hits of an event that were not told of its vehicle yet."""
        if event.kind is EventKind.WITHDRAWN or self._bus is None:
            return
        try:
            hits = self._store.watch.match_any((event.text.plate, *event.text.merged), event.span.first_time)
        except LogError as error:
            self._bus.tell_trouble(f"The watch lists cannot be read: {error}")
            return
        for hit in self._memory.take_untold(event, hits):
            self._bus.tell_hit(WatchHit(event, hit.entry.list_name, hit.entry.plate, hit.entry.note))
