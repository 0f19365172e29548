"""What the engine keeps of a source while it is read: its visits, what was told of it, and the receipts for it."""

from app.pipeline.after_commit import Receipt
from app.pipeline.distribution import Distribution
from app.pipeline.events import PlateEvent, without_evidence
from app.pipeline.ledger import Ledger
from app.pipeline.scheduling import RunningSource, Scheduler
from app.pipeline.types import FrameResult
from app.sources.source import Delivery

_SETTLED_S = 5.0  # beyond the time in which a vehicle may come back, until a live source's visit is over


class SourceProgress:
    """One source on its way through the engine. For the engine's thread."""

    def __init__(self, source: RunningSource, scheduler: Scheduler, distribution: Distribution) -> None:
        self._source = source
        self._scheduler = scheduler
        self._distribution = distribution
        self._ledger = Ledger()
        self._receipts: list[Receipt] = []
        self._told_error = ""
        self._now_s = 0.0
        self._swept_s = 0.0

    def hand_frame(self, result: FrameResult) -> None:
        """Hand out a processed frame."""
        if not self._source.processed:
            self._distribution.begin_source(self._source.spec, self._source.capture.info)
        self._source.processed += 1
        self._now_s = result.frame.media_time
        self._scheduler.note_processed(self._source, result.frame)
        self._distribution.hand_frame(result)

    def hand_event(self, event: PlateEvent) -> None:
        """Hand out an event."""
        self._ledger.apply(without_evidence(event))
        self._receipts += self._distribution.hand_event(event)

    def sweep(self, repeat_s: float) -> None:
        """Hand out the visits of a live source that nothing can change any more: it may never end."""
        if not self._source.spec.is_live or self._now_s - self._swept_s <= _SETTLED_S:
            return
        self._swept_s = self._now_s
        settled = self._ledger.take_final(self._now_s - repeat_s - _SETTLED_S)
        self._receipts += self._distribution.hand_reads(self._source.spec, settled)
        self._receipts = [receipt for receipt in self._receipts if not receipt.done() or receipt.exception()]

    def tell_state(self) -> None:
        """Tell that a live source was lost, and that it is back, each once."""
        info = self._source.capture.info
        if info is not None and info.delivery is Delivery.EVERY:  # a recording behind an address: it is not tried again
            return
        error = self._source.capture.status().error
        if error and error != self._told_error:
            self._distribution.lose_source(self._source.spec, error)
        elif self._told_error and not error:
            self._distribution.regain_source(self._source.spec)
        self._told_error = error

    def end(self, error: str, complete: bool) -> None:
        """Hand out the visits that are left, and the end; complete: it was read to its own end."""
        self._receipts += self._distribution.hand_reads(self._source.spec, self._ledger.in_order())
        self._distribution.end_source(self._source.spec, error, self._receipts if complete else None)
