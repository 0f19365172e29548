"""From the pipeline's events to the log: one visit a vehicle, watch lists applied, written by the log's own thread.

The window and the batch run use it alike: give every event to take(), in the order they come.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.pipeline.events import EventKind, PlateEvent
from app.records import Record, record_of
from app.sources.source_id import TrackKey
from app.store.errors import LogError
from app.store.search import Query
from app.store.store import Store
from app.store.types import LogStatus
from app.store.watchlist import Hit
from app.store.writer import Bounds, LogWriter

_TRACKS_REMEMBERED = 20_000  # so many vehicles back, the same hit is not told twice
_AGREED = 2  # readings that must agree before a hit is told while the vehicle is still in view


@dataclass(frozen=True, slots=True)
class Alarm:
    """A vehicle on a watch list, told once for a vehicle and entry; visit is what is known so far, not yet saved."""

    visit: Record
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """What became of an event: the visit as known now, its hits, and for a final one that is kept the store's answer.

    answer gives the visit as stored once it is on the disk; see LogWriter.submit.
    """

    visit: Record
    hits: tuple[Hit, ...]
    answer: "Future[Record] | None"


class Journal:
    """Keeps what the pipeline reads. take() is to be called from one thread; the rest from any."""

    def __init__(
        self,
        writer: LogWriter,
        run: str = "",
        pictures: bool = True,
        on_alarm: Callable[[Alarm], None] | None = None,
        on_saved: Callable[[Record], None] | None = None,
    ) -> None:
        """run: names this run in the log, made up if empty; giving an earlier one replaces what that one wrote.

        on_alarm is called in take()'s thread, on_saved in the writer's when a visit is on the disk.
        """
        self.writer = writer
        self.run = run or new_run()
        self._pictures = pictures
        self._on_alarm = on_alarm
        self._on_saved = on_saved
        self._told: OrderedDict[TrackKey, set[int | None]] = OrderedDict()

    @property
    def store(self) -> Store | None:
        """The store for searching and correcting, or None while it could not be opened."""
        return self.writer.store

    @property
    def status(self) -> LogStatus:
        """How the writing stands."""
        return self.writer.status

    def take(self, event: PlateEvent, once: bool = False) -> Noted:
        """Note an event: tell its new watch-list hits, and hand a final one to the writer. Never waits for the disk.

        once: a plate that the log has of this source since an earlier run is not kept again, but told as it is there.
        """
        hits = self._hits(event) if event.kind is not EventKind.WITHDRAWN else ()
        visit = record_of(event, self.run, hits[0].entry.list_name if hits else "")
        if event.kind is EventKind.FINAL or event.span.is_still or event.evidence.agreeing >= _AGREED:
            self._tell(event.key, Alarm(visit, hits))
        known = once and event.kind is EventKind.FINAL and self._known(event)
        answer = self._keep(event, visit) if event.kind is EventKind.FINAL and not known else None
        return Noted(visit, hits, answer)

    def keep(self, event: PlateEvent) -> "Future[Record] | None":
        """Note an event and return the store's answer for a final one."""
        return self.take(event).answer

    def keep_only(self, source: str, tracks: Collection[TrackKey]) -> None:
        """Delete what this run had of a source besides these tracks: it was read anew. The log may be unavailable."""
        if self.store is not None:
            with suppress(LogError):
                self.store.keep_only(self.run, source, [str(track.number) for track in tracks])

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until every final visit so far is on the disk; False if it is not within timeout seconds."""
        return self.writer.flush(timeout)

    def close(self, timeout: float = 5.0) -> int:
        """Write what waits, close the log, and return how many visits could not be written within timeout seconds."""
        return self.writer.close(timeout)

    def _hits(self, event: PlateEvent) -> tuple[Hit, ...]:
        """The entries that cover a plate; none while the lists cannot be read, which the writer then tells."""
        store = self.store
        texts = (event.text.plate, *event.text.merged)
        try:
            return store.watch.match_any(texts, event.span.first_time) if store is not None else ()
        except LogError as error:
            self.writer.meet(error)
            return ()

    def _known(self, event: PlateEvent) -> bool:
        """Whether the log has this plate of this source since an earlier run; what it has is told."""
        query = Query(event.text.plate, look_alikes=False, alternatives=False, source=event.source)
        try:
            found = self.store.page(query).visits if self.store is not None else ()
        except LogError as error:
            self.writer.meet(error)
            return False
        before = next((visit for visit in found if visit.run != self.run), None)
        if before is not None and self._on_saved is not None:
            self._on_saved(replace(before, run=self.run, track=str(event.key.number)))
        return before is not None

    def _keep(self, event: PlateEvent, visit: Record) -> "Future[Record]":
        crop, frame = (event.evidence.crop, event.evidence.frame) if self._pictures else (None, None)
        answer = self.writer.submit(
            visit, crop, frame, tuple(str(key.number) for key in event.identity.absorbed), event.evidence.jpeg
        )
        if self._on_saved is not None:
            answer.add_done_callback(partial(_pass_on, self._on_saved))
        return answer

    def _tell(self, track: TrackKey, alarm: Alarm) -> None:
        told = self._told.setdefault(track, set())
        self._told.move_to_end(track)
        while len(self._told) > _TRACKS_REMEMBERED:
            self._told.popitem(last=False)
        fresh = tuple(hit for hit in alarm.hits if hit.entry.id not in told)
        told.update(hit.entry.id for hit in fresh)
        if fresh and self._on_alarm is not None:
            self._on_alarm(Alarm(alarm.visit, fresh))


def open_journal(
    log: str | Path | None = None,
    picture_folder: Path | None = None,
    run: str = "",
    pictures: bool = True,
    on_alarm: Callable[[Alarm], None] | None = None,
    on_saved: Callable[[Record], None] | None = None,
    on_status: Callable[[LogStatus], None] | None = None,
    bounds: Bounds | None = None,
) -> Journal:
    """Open a log to write and return its journal; log as in Store.open.

    A log that is unavailable now (disk full, read-only, locked) is opened later; what is read waits in memory and the
    status says why. Raises LogInUse while another process writes it: Store.open(log, read_only=True) still reads it.
    """
    writer = LogWriter(partial(Store.open, log, picture_folder), bounds, on_status).start()
    return Journal(writer, run, pictures, on_alarm, on_saved)


def new_run() -> str:
    """Return a name for a run that no other has."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def _pass_on(listener: Callable[[Record], None], answer: "Future[Record]") -> None:
    if answer.exception() is None:
        with suppress(Exception):  # a listener's fault is not the log's
            listener(answer.result())
