"""What takes the engine's results: the protocol of all outputs, from the log and CSV to the window and a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.pipeline.after_commit import Receipt
from app.pipeline.events import PlateEvent
from app.pipeline.types import FrameResult
from app.sources.source import SourceInfo, SourceSpec


@dataclass(frozen=True, slots=True)
class WatchHit:
    """A vehicle whose plate stands in a watch list. It is told once for a vehicle and entry.

    entry: the plate as it is written in the list. note: what the user wrote beside it.
    """

    event: PlateEvent
    list_name: str
    entry: str
    note: str = ""


class Bus(Protocol):
    """How a sink tells something to all sinks, itself included. For any thread; never waits."""

    def tell_hit(self, hit: WatchHit) -> None:
        """A watched plate was read."""
        ...

    def tell_trouble(self, text: str) -> None:
        """Something that a person should see and can mend; reading goes on. The same text is told once."""
        ...


class Sink:
    """An output of the engine: a subclass overrides what it wants to know.

    Every method is called in the engine's thread, in order, and must return at once: what takes time (a network, a slow
    disk) belongs in a thread of the sink's own, behind a queue. A sink that raises is named to the others; it goes on
    to be called, and nothing else is held up.

    An event or a source is told in this order: on_source_begun, then on_frame, on_event and on_hit as they come,
    on_reads, on_source_ended. on_event_kept and on_source_kept follow when all receipts are in.
    """

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return type(self).__name__

    @property
    def written(self) -> Sequence[Path]:
        """Files that it has made, where the user did not name each."""
        return ()

    def connect(self, bus: Bus) -> None:
        """Take the bus, before anything else is called."""

    def on_source_begun(self, source: SourceSpec, info: SourceInfo | None) -> None:
        """A source's first frame was processed."""

    def on_frame(self, result: FrameResult) -> None:
        """A frame was processed; its tracks belong to this very frame."""

    def on_event(self, event: PlateEvent) -> Receipt | None:
        """A plate is new, changed, final or withdrawn. A sink that keeps it answers when it is on the disk."""

    def on_event_kept(self, event: PlateEvent) -> None:
        """A final event is on the disk, in all sinks that keep events; its images are dropped."""

    def on_hit(self, hit: WatchHit) -> None:
        """A plate of a watch list was read."""

    def on_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> Receipt | None:
        """Visits that nothing can change any more, one event a vehicle, without images; may be none.

        They come at the end of a source, and of live sources now and then before it.
        """

    def on_source_lost(self, source: SourceSpec, error: str) -> None:
        """A live source gives no frames; it is tried again."""

    def on_source_back(self, source: SourceSpec) -> None:
        """A live source that was lost gives frames again."""

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """A source gave its last frame, or was stopped; error is empty, or says what is wrong with it."""

    def on_source_kept(self, source: SourceSpec, error: str) -> None:
        """All that was read of a source, to its own end, is on the disk."""

    def on_trouble(self, text: str) -> None:
        """An output cannot be written now, or a sink failed; reading goes on."""

    def flush(self) -> None:
        """Write what waits: the last source has ended."""

    def close(self, interrupted: bool) -> Sequence[str]:
        """Release what it holds and return what is missing in it, one line each.

        interrupted: the engine was stopped before the sources had ended by themselves.
        """
        return ()
