"""A vehicle that stands before a camera while the program starts anew: its visit of the run before goes on."""

from dataclasses import replace
from datetime import timedelta

from app.pipeline.events import PlateEvent
from app.pipeline.types import WallClock
from app.records import Record
from app.sources.source_id import TrackKey
from app.store.search import Query
from app.store.store import Store
from detector.types import Box

#: A vehicle that is seen so soon after its source was opened, in seconds, may have stood there before.
THERE_AT_START_S = 30.0
#: So soon after it was seen last it may have moved on a little; later it must stand where it stood.
MOVED_WITHIN = timedelta(seconds=30)
#: Longer than this nothing goes on: a log that was closed for days tells of another stay.
STOOD_WITHIN = timedelta(hours=24)
_SAME_PLACE_IOU = 0.3
_LOOKED_AT = 20  # visits of the plate, newest first


class Continuations:
    """Finds the visit of an earlier run that a new one continues, and gives its records the name of that."""

    def __init__(self, run: str) -> None:
        """run: the present one."""
        self._run = run
        self._earlier: dict[TrackKey, Record] = {}

    def look_up(self, event: PlateEvent, store: Store) -> Record | None:
        """Return the visit that a new one continues, or None; from now on rename() knows it. Raises LogError."""
        if event.span.clock is not WallClock.LIVE or event.span.is_still or event.span.first_s > THERE_AT_START_S:
            return None
        query = Query(event.text.plate, alternatives=False, source=event.source)
        found = store.page(query, limit=_LOOKED_AT).visits
        taken = {earlier.id for earlier in self._earlier.values()}
        before = next((visit for visit in found if visit.run != self._run and visit.id not in taken), None)
        if before is None or not _still_there(before, event):
            return None
        self._earlier[event.key] = before
        return before

    def knows(self, key: TrackKey) -> bool:
        """Whether a track continues an earlier visit."""
        return key in self._earlier

    def absorb(self, event: PlateEvent) -> None:
        """Pass an earlier visit on to the track that absorbs the one that continues it."""
        for key in event.identity.absorbed:
            earlier = self._earlier.pop(key, None)
            if earlier is not None:
                self._earlier.setdefault(event.key, earlier)

    def rename(self, key: TrackKey, record: Record) -> Record:
        """Return a record of this run as one of the visit that it continues, where it does."""
        earlier = self._earlier.get(key)
        if earlier is None:
            return record
        first = min(earlier.first_time, record.first_time)
        revision = earlier.revision + record.revision
        return replace(record, run=earlier.run, track=earlier.track, revision=revision, first_time=first)

    def restore(self, key: TrackKey, record: Record) -> Record | None:
        """Return the earlier visit as it was, to be written after a record that turned out to be none; else None."""
        earlier = self._earlier.get(key)
        return replace(earlier, closed=True, revision=record.revision) if earlier is not None else None

    def forget(self, key: TrackKey) -> None:
        """Let go of a visit that is over."""
        self._earlier.pop(key, None)


def _still_there(before: Record, event: PlateEvent) -> bool:
    gap = event.span.first_time - before.last_time
    if before.box is None or gap > STOOD_WITHIN:
        return False
    return gap <= MOVED_WITHIN or Box(*before.box).iou(event.evidence.box) >= _SAME_PLACE_IOU
