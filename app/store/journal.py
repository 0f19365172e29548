"""From the pipeline's events to the log: a row a vehicle, written as soon as it is decided and closed when it leaves.

The window and the runs use it alike: every event goes to record_event(), in the order they come. The log's own thread
writes.
"""

import secrets
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.pipeline.events import EventKind, PlateEvent, without_evidence
from app.pipeline.ledger import Ledger
from app.records import Record, record_of
from app.sources.source_id import TrackKey
from app.store.continuation import Continuations
from app.store.errors import LogError
from app.store.hit_memory import HitMemory
from app.store.open_visits import Action, OpenVisits
from app.store.search import Query
from app.store.store import Store
from app.store.types import LogStatus
from app.store.watchlist import Hit
from app.store.writer import Bounds, LogWriter


@dataclass(frozen=True, slots=True)
class Alarm:
    """A vehicle on a watch list, told once for a vehicle and entry; visit is what is known so far, not yet saved.

    event: what was told of it last; without images where the list changed while the vehicle stood.
    """

    visit: Record
    hits: tuple[Hit, ...]
    event: PlateEvent | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RecordedEvent:
    """What became of an event: the visit as known now, its hits, and the store's answer where it is written.

    answer gives the visit as stored once it is on the disk; see LogWriter.submit.
    """

    visit: Record
    hits: tuple[Hit, ...]
    answer: "Future[Record] | None"


class Journal:
    """Keeps what the pipeline reads. record_event() and write_due() are for one thread; the rest for any."""

    def __init__(
        self,
        writer: LogWriter,
        run: str = "",
        pictures: bool = True,
        on_alarm: Callable[[Alarm], None] | None = None,
        on_saved: Callable[[Record], None] | None = None,
        open_visits: OpenVisits | None = None,
    ) -> None:
        """Begin a run.

        Args:
            writer: Writes the log.
            run: Names this run in the log, made up if empty; giving an earlier one replaces what that one wrote.
            pictures: Whether images are kept.
            on_alarm: Is called in the thread of record_event() with the hits of a vehicle.
            on_saved: Is called in the writer's thread each time a visit is on the disk, with the track it has in this
                run.
            open_visits: Decides what is written when.
        """
        self.writer = writer
        self.run = run or new_run()
        self._pictures = pictures
        self._on_alarm = on_alarm
        self._on_saved = on_saved
        self._open = open_visits or OpenVisits()
        self._continuations = Continuations(self.run)
        self._hit_memory = HitMemory()
        self._standing = Ledger()
        self._lists_seen = 0

    @property
    def store(self) -> Store | None:
        """The store for searching and correcting, or None while it could not be opened."""
        return self.writer.store

    @property
    def status(self) -> LogStatus:
        """How the writing stands."""
        return self.writer.status

    def record_event(self, event: PlateEvent, once: bool = False) -> RecordedEvent:
        """Tell an event's new watch-list hits, and have it written where that is due. Never waits for the disk.

        Args:
            event: What the pipeline says of a visit.
            once: A plate that the log has of this source since an earlier run is not kept again, but told as it is
                there; others are kept when they are final.
        """
        self.write_due()
        self._continuations.absorb(event)
        if not once:
            self._note_standing(event)
        hits = self._find_hits(event) if event.kind is not EventKind.WITHDRAWN else ()
        if not once and event.kind is EventKind.NEW:
            self._continue_earlier(event, hits)
        visit = record_of(event, self.run, hits[0].entry.list_name if hits else "")
        self._raise_alarm(event, Alarm(visit, hits, event))
        answer = self._keep_once(event, visit) if once else self._keep(event, visit)
        if event.kind in (EventKind.FINAL, EventKind.WITHDRAWN):
            self._continuations.forget(event.key)
        return RecordedEvent(visit, hits, answer)

    def write_due(self) -> None:
        """Have written what has waited for its minute, and try standing vehicles against lists that have changed.

        To be called now and then, from the thread that calls record_event().
        """
        self._try_changed_lists()
        if self.writer.is_behind:
            return
        for record in self._open.take_due():
            self.writer.submit(record)

    def delete_other_tracks(self, source: str, tracks: Collection[TrackKey]) -> None:
        """Delete what this run had of a source besides these tracks: it was read anew. The log may be unavailable."""
        if self.store is not None:
            with suppress(LogError):
                self.store.delete_other_tracks(self.run, source, [str(track.number) for track in tracks])

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until every visit so far is on the disk; False if it is not within timeout seconds."""
        return self.writer.flush(timeout)

    def close(self, timeout: float = 5.0) -> int:
        """Write what waits, close the log, and return how many visits could not be written within timeout seconds."""
        return self.writer.close(timeout)

    def _note_standing(self, event: PlateEvent) -> None:
        """Keep, without its images, what stands, for lists that change while it does."""
        self._standing.apply(without_evidence(event))
        if event.kind is EventKind.FINAL:
            self._standing.forget(event.key)

    def _try_changed_lists(self) -> None:
        """Tell what stands and is on a list now, where a list was changed, and have that written."""
        try:
            version = self.store.watch.version() if self.store is not None else self._lists_seen
        except LogError:  # the next plate that is looked up tells
            return
        if version == self._lists_seen:
            return
        self._lists_seen = version
        for event in self._standing:
            hits = self._find_hits(event)
            visit = record_of(event, self.run, hits[0].entry.list_name if hits else "")
            self._raise_alarm(event, Alarm(visit, hits, event))
            self._keep(event, visit)

    def _find_hits(self, event: PlateEvent) -> tuple[Hit, ...]:
        """The entries that cover a plate; none while the lists cannot be read, which the writer then tells."""
        store = self.store
        texts = (event.text.plate, *event.text.merged)
        try:
            return store.watch.match_any(texts, event.span.first_time) if store is not None else ()
        except LogError as error:
            self.writer.report_error(error)
            return ()

    def _continue_earlier(self, event: PlateEvent, hits: tuple[Hit, ...]) -> None:
        """Let a vehicle that stood there before the program started go on as the same visit; it was told of then."""
        try:
            before = self._continuations.look_up(event, self.store) if self.store is not None else None
        except LogError as error:
            self.writer.report_error(error)
            return
        if before is not None and before.list_name:
            told = [hit for hit in hits if hit.entry.list_name == before.list_name]
            self._hit_memory.count_as_told(event.key, told)

    def _keep_once(self, event: PlateEvent, visit: Record) -> "Future[Record] | None":
        if event.kind is not EventKind.FINAL or self._is_known(event):
            return None
        return self._write(event, visit, with_images=True)

    def _is_known(self, event: PlateEvent) -> bool:
        """Whether the log has this plate of this source since an earlier run; what it has is told."""
        query = Query(event.text.plate, look_alikes=False, alternatives=False, source=event.source)
        try:
            found = self.store.page(query).visits if self.store is not None else ()
        except LogError as error:
            self.writer.report_error(error)
            return False
        before = next((visit for visit in found if visit.run != self.run), None)
        if before is not None and self._on_saved is not None:
            self._on_saved(self._as_of_this_run(event.key, before))
        return before is not None

    def _keep(self, event: PlateEvent, visit: Record) -> "Future[Record] | None":
        renamed = self._continuations.rename(event.key, visit)
        decision = self._open.decide(event, renamed, hold=self.writer.is_behind)
        if decision.action is Action.WITHDRAW:
            earlier = self._continuations.restore(event.key, renamed)
            if earlier is not None:
                return self.writer.submit(earlier, absorbed=self._rows_absorbed(event))
            return self.writer.withdraw(renamed, self._rows_absorbed(event))
        if decision.action is Action.NOTHING:
            return None
        answer = self._write(event, renamed, decision.with_images)
        if decision.with_images:
            self._open.note_answer(event.key, answer)
        return answer

    def _write(self, event: PlateEvent, visit: Record, with_images: bool) -> "Future[Record]":
        seen, images = event.evidence, with_images and self._pictures
        crop, frame = (seen.crop, seen.frame) if images else (None, None)
        answer = self.writer.submit(visit, crop, frame, self._rows_absorbed(event), seen.jpeg if images else b"")
        if self._on_saved is not None:
            answer.add_done_callback(partial(self._pass_on, self._on_saved, event.key))
        return answer

    def _rows_absorbed(self, event: PlateEvent) -> tuple[tuple[str, str], ...]:
        """Run and track of the rows that an event's visit takes the place of."""
        tracks = [*event.identity.absorbed, *([event.key] if self._continuations.knows(event.key) else ())]
        return tuple((self.run, str(key.number)) for key in tracks)

    def _pass_on(self, listener: Callable[[Record], None], key: TrackKey, answer: "Future[Record]") -> None:
        if answer.exception() is None:
            with suppress(Exception):  # a listener's fault is not the log's
                listener(self._as_of_this_run(key, answer.result()))

    def _as_of_this_run(self, key: TrackKey, record: Record) -> Record:
        return replace(record, run=self.run, track=str(key.number))

    def _raise_alarm(self, event: PlateEvent, alarm: Alarm) -> None:
        untold = self._hit_memory.take_untold(event, alarm.hits)
        if untold and self._on_alarm is not None:
            self._on_alarm(replace(alarm, hits=untold))


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
    """Open a log to write and return its journal. Visits that a killed run left open are closed.

    A log that is unavailable now (disk full, read-only, locked) is opened later; what is read waits in memory and the
    status says why.

    Args:
        log: As in Store.open.
        picture_folder: As in Store.open.
        run: See Journal.
        pictures: See Journal.
        on_alarm: See Journal.
        on_saved: See Journal.
        on_status: Is told how the writing stands each time that changes.
        bounds: How much may wait in memory.

    Raises:
        LogInUse: Another process writes it; Store.open(log, read_only=True) still reads it.
    """
    writer = LogWriter(partial(_open_store, log, picture_folder), bounds, on_status).start()
    return Journal(writer, run, pictures, on_alarm, on_saved)


def new_run() -> str:
    """Return a name for a run that no other has."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def _open_store(log: str | Path | None, picture_folder: Path | None) -> Store:
    store = Store.open(log, picture_folder)
    try:
        store.close_open_visits()
    except BaseException:
        store.close()
        raise
    return store
