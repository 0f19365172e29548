"""The log as a sink: every event goes to the journal, whose receipt says when a visit is on the disk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.pipeline.after_commit import Receipt
from app.pipeline.events import EventKind, PlateEvent, without_images
from app.pipeline.sink import Bus, Sink, WatchHit
from app.pipeline.types import FrameResult
from app.sources.source import SourceSpec
from app.sources.source_id import SourceId, TrackKey

if TYPE_CHECKING:
    from app.store.journal import Alarm, Journal


class HitRelay:
    """Passes the journal's watch-list hits on to the engine: the journal's on_alarm, connected by the log sink."""

    def __init__(self) -> None:
        self.bus: Bus | None = None

    def __call__(self, alarm: "Alarm") -> None:
        """Tell the hits of an alarm."""
        if self.bus is None or alarm.event is None:
            return
        for hit in alarm.hits:
            self.bus.tell_hit(WatchHit(alarm.event, hit.entry.list_name, hit.entry.plate, hit.entry.note))


class LogSink(Sink):
    """Gives events to a journal, which somebody else opens and closes."""

    def __init__(
        self,
        journal: "Journal",
        hits: HitRelay | None = None,
        *,
        keep_pictures: Callable[[], bool] = lambda: True,
        known_once: Callable[[str], bool] = lambda _source: False,
        read_anew: bool = False,
    ) -> None:
        """Take over a journal.

        Args:
            journal: Keeps the events.
            hits: What the journal was given as on_alarm, where hits are to be told to all sinks.
            keep_pictures: Whether images are kept with a read, asked for each.
            known_once: Whether plates of a source that the log has since an earlier run are not to be kept again.
            read_anew: The run was begun before: of a source that is read anew, only what it has now is to stay.
        """
        self._journal = journal
        self._hits = hits or HitRelay()
        self._keep_pictures = keep_pictures
        self._known_once = known_once
        self._read_anew = read_anew
        self._tracks: dict[SourceId, dict[TrackKey, None]] = {}

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return "log"

    def connect(self, bus: Bus) -> None:
        """Take the bus, for hits."""
        self._hits.bus = bus

    def on_event(self, event: PlateEvent) -> Receipt | None:
        """Give an event to the journal."""
        kept = event if self._keep_pictures() else without_images(event)
        answer = self._journal.record_event(kept, once=self._known_once(event.source)).answer
        if self._read_anew and event.kind is EventKind.FINAL:
            self._tracks.setdefault(event.source, {})[event.key] = None
        return answer

    def on_frame(self, result: FrameResult) -> None:
        """Have written what has waited for its minute."""
        self._journal.write_due()

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """Nothing is final of a source without reads: what it had before goes."""
        if self._read_anew:
            self._tracks.setdefault(source.source_id, {})

    def on_source_kept(self, source: SourceSpec, error: str) -> None:
        """Delete what an earlier try of this run had of the source."""
        if self._read_anew:
            self._journal.delete_other_tracks(source.source_id, list(self._tracks.pop(source.source_id, ())))
