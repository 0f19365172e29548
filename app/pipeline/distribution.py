"""Hands results to all sinks, in order; a sink that fails is named, and nothing else is held up."""

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from app.config.redaction import redact
from app.pipeline.after_commit import AfterCommit, Receipt
from app.pipeline.events import EventKind, PlateEvent, without_evidence
from app.pipeline.sink import Sink, WatchHit
from app.pipeline.types import FrameResult
from app.sources.source import SourceInfo, SourceSpec

_log = logging.getLogger(__name__)
_TROUBLES_REMEMBERED = 1000

T = TypeVar("T")


class Distribution:
    """The sinks of an engine. For the engine's thread, but for what Bus has, which is for any."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self._hits: deque[WatchHit] = deque()
        self._troubles: deque[str] = deque()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._commits = AfterCommit()
        self.errors: list[str] = []
        self._each(lambda sink: sink.connect(self))

    def tell_hit(self, hit: WatchHit) -> None:
        """Tell all sinks of a watch-list hit, after what they are told now."""
        self._hits.append(hit)

    def tell_trouble(self, text: str) -> None:
        """Tell all sinks of trouble, once, after what they are told now."""
        self._troubles.append(text)

    def begin_source(self, source: SourceSpec, info: SourceInfo | None) -> None:
        """A source's first frame is there."""
        self._each(lambda sink: sink.on_source_begun(source, info))

    def hand_frame(self, result: FrameResult) -> None:
        """A frame was processed."""
        self._each(lambda sink: sink.on_frame(result))

    def hand_event(self, event: PlateEvent) -> list[Receipt]:
        """Hand out an event; a final one is told as kept once the receipts, which are returned, are in."""
        receipts = self._receipts(lambda sink: sink.on_event(event))
        if event.kind is EventKind.FINAL:
            slim = without_evidence(event)
            self._commits.add(partial(self._each, lambda sink: sink.on_event_kept(slim)), receipts)
        self.settle()
        return receipts

    def hand_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> list[Receipt]:
        """Hand out visits that are over, and return the receipts."""
        return self._receipts(lambda sink: sink.on_reads(source, reads))

    def lose_source(self, source: SourceSpec, error: str) -> None:
        """A live source is lost."""
        self._each(lambda sink: sink.on_source_lost(source, error))

    def regain_source(self, source: SourceSpec) -> None:
        """A live source is back."""
        self._each(lambda sink: sink.on_source_back(source))

    def end_source(self, source: SourceSpec, error: str, receipts: Sequence[Receipt] | None) -> None:
        """A source has ended; it is told as kept once its receipts are in, never where these are None."""
        self._each(lambda sink: sink.on_source_ended(source, error))
        if receipts is not None:
            self._commits.add(partial(self._each, lambda sink: sink.on_source_kept(source, error)), receipts)
        self.settle()

    def settle(self, timeout: float = 0.0) -> None:
        """Tell what has become due: what is kept by now, hits, trouble."""
        self._commits.settle(timeout)
        while self._hits:
            hit = self._hits.popleft()
            self._each(partial(_tell_hit, hit))
        while self._troubles:
            text = redact(self._troubles.popleft())
            if text not in self._told:
                self._told[text] = None
                self._each(partial(_tell_trouble, text))
        while len(self._told) > _TROUBLES_REMEMBERED:
            self._told.popitem(last=False)

    def close(self, interrupted: bool, timeout: float) -> None:
        """Have everything written, for which there are timeout seconds, and close the sinks."""
        self._each(lambda sink: sink.flush())
        self.settle(timeout)
        for missing in self._each(lambda sink: sink.close(interrupted)):
            self.errors += missing
        self.settle()

    def _receipts(self, call: Callable[[Sink], Receipt | None]) -> list[Receipt]:
        return [receipt for receipt in self._each(call) if receipt is not None]

    def _each(self, call: Callable[[Sink], T]) -> list[T]:
        """Call every sink and return the answers of those that did not fail."""
        answers: list[T] = []
        for sink in self._sinks:
            try:
                answers.append(call(sink))
            except Exception as error:
                self._note(sink, error)
        return answers

    def _note(self, sink: Sink, error: Exception) -> None:
        text = redact(f"{sink.name}: {type(error).__name__}: {error}")
        if text not in self._told and text not in self._troubles:
            _log.error("a sink failed: %s", text, exc_info=error)
            self._troubles.append(text)
            self.errors.append(text)


def _tell_hit(hit: WatchHit, sink: Sink) -> None:
    sink.on_hit(hit)


def _tell_trouble(text: str, sink: Sink) -> None:
    try:
        sink.on_trouble(text)
    except Exception:  # told to nobody: telling is what failed
        _log.exception("%s could not tell: %s", sink.name, text)
