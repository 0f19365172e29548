"""Which events of standing vehicles are written now: the first at once, later ones seldom, the last always."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum

from app.pipeline.events import EventKind, PlateEvent
from app.records import Record
from app.sources.source_id import TrackKey

#: Seconds between two writes of a visit that stands and says the same: a parked car costs one row a minute.
REVISED_EVERY_S = 60.0
_NEVER = float("-inf")


class Action(Enum):
    """What is to be done with an event."""

    NOTHING = "nothing"
    WRITE = "write"
    WITHDRAW = "withdraw"


@dataclass(slots=True)
class _OpenVisit:
    """A visit that stands: what its row in the log says, and what waits to be written into that."""

    plate: str
    list_name: str
    frame_index: int
    written_s: float
    waiting: Record | None = None
    answer: "Future[Record] | None" = None

    def has_images(self, frame_index: int) -> bool:
        """Whether the images of a frame are known to be on the disk."""
        answer = self.answer
        kept = answer is not None and answer.done() and answer.exception() is None and bool(answer.result().crop)
        return kept and self.frame_index == frame_index


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with an event; with_images: the row has not the images of this event yet."""

    action: Action
    with_images: bool = True


class OpenVisits:
    """The visits of one run that stand, as their rows in the log have them. For one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: counts seconds."""
        self._clock = clock
        self._visits: dict[TrackKey, _OpenVisit] = {}

    def decide(self, event: PlateEvent, record: Record, hold: bool = False) -> Decision:
        """Decide on the next event of a visit.

        Args:
            event: The event; those of one visit come in order.
            record: What the log would keep of it.
            hold: The log cannot be written now, so that what may wait does.
        """
        absorbed = [self._visits.pop(key) for key in event.identity.absorbed if key in self._visits]
        if event.kind is EventKind.WITHDRAWN:
            known = self._visits.pop(event.key, None) is not None or bool(absorbed)
            return Decision(Action.WITHDRAW if known else Action.NOTHING)
        held = self._visits.get(event.key)
        if event.kind is EventKind.FINAL:
            self._visits.pop(event.key, None)
            return Decision(Action.WRITE, held is None or not held.has_images(event.evidence.frame_index))
        if held is not None and not absorbed and (hold or not self._is_news(held, record)):
            held.waiting = record
            return Decision(Action.NOTHING)
        if hold:
            self._visits[event.key] = _OpenVisit(record.plate, record.list_name, -1, _NEVER, record)
            return Decision(Action.NOTHING)
        index = event.evidence.frame_index
        answer = held.answer if held is not None and held.has_images(index) else None
        self._visits[event.key] = _OpenVisit(record.plate, record.list_name, index, self._clock(), answer=answer)
        return Decision(Action.WRITE, held is None or not held.has_images(index))

    def note_answer(self, key: TrackKey, answer: "Future[Record]") -> None:
        """Take the store's answer to a write with images."""
        held = self._visits.get(key)
        if held is not None:
            held.answer = answer

    def take_due(self) -> list[Record]:
        """Return the records that have waited long enough, to be written without images."""
        now = self._clock()
        due = [held for held in self._visits.values() if held.waiting and now - held.written_s >= REVISED_EVERY_S]
        records = [held.waiting for held in due if held.waiting is not None]
        for held in due:
            self._note_written(held, now)
        return records

    def _is_news(self, held: _OpenVisit, record: Record) -> bool:
        """Whether a row is to be revised now: its plate or its watch list is another, or it is old."""
        changed = (held.plate, held.list_name) != (record.plate, record.list_name)
        return changed or self._clock() - held.written_s >= REVISED_EVERY_S

    @staticmethod
    def _note_written(held: _OpenVisit, now: float) -> None:
        if held.waiting is not None:
            held.plate, held.list_name = held.waiting.plate, held.waiting.list_name
        held.written_s, held.waiting = now, None
