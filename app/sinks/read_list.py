"""Keeps the reads in memory, for whoever scores or counts them."""

from collections.abc import Sequence

from app.pipeline.events import PlateEvent
from app.pipeline.sink import Sink
from app.sources.source import SourceSpec


class ReadList(Sink):
    """All visits that are over, one event a vehicle, without images."""

    def __init__(self) -> None:
        self.events: list[PlateEvent] = []

    def on_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> None:
        """Keep reads."""
        self.events += reads
