import threading
from collections.abc import Sequence
from concurrent.futures import Future

from app.pipeline.after_commit import Receipt
from app.pipeline.distribution import Distribution
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.sink import Bus, Sink, WatchHit
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.made_events import made_event
from tests.app.runs import Watched

GATE = SourceSpec(SourceKind.STREAM, SourceId("gate"), "rtsp://gate")


class Keeper(Sink):
    """A sink that keeps events, as the log does, and says when a test tells it to."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.bus: Bus | None = None

    def connect(self, bus: Bus) -> None:
        self.bus = bus

    def on_event(self, event: PlateEvent) -> Receipt | None:
        if event.kind is not EventKind.FINAL:
            return None
        self.receipts.append(Future())
        return self.receipts[-1]


def test_a_final_event_is_told_as_kept_when_every_sink_that_keeps_it_has_it() -> None:
    first, second, watched = Keeper(), Keeper(), Watched()
    sinks = Distribution([watched, first, second])
    sinks.hand_event(made_event(kind=EventKind.NEW))
    sinks.hand_event(made_event(revision=2))
    first.receipts[0].set_result(None)
    sinks.settle()
    assert len(watched.events) == 2 and watched.kept == []
    second.receipts[0].set_result(None)
    sinks.settle()
    assert [event.identity.revision for event in watched.kept] == [2]
    assert watched.kept[0].evidence.frame.size == 0, "what waits for a disk holds no images"


def test_without_a_sink_that_keeps_a_final_event_is_told_at_once() -> None:
    watched = Watched()
    Distribution([watched]).hand_event(made_event())
    assert len(watched.kept) == 1


def test_a_source_is_told_as_kept_only_if_it_was_read_to_its_end_and_all_of_it_is_kept() -> None:
    watched = Watched()
    sinks = Distribution([watched])
    late: Receipt = Future()
    sinks.end_source(GATE, "", None)
    assert watched.kept_sources == []
    sinks.end_source(GATE, "", [late])
    assert watched.kept_sources == []
    late.set_result(None)
    sinks.settle()
    assert watched.kept_sources == ["gate"]


class TellsOfHits(Keeper):
    """A sink that finds each plate in a watch list."""

    def on_event(self, event: PlateEvent) -> None:
        assert self.bus is not None
        self.bus.tell_hit(WatchHit(event, "block", "AB123C", "stolen"))


class Ordered(Sink):
    """Notes what comes in which order."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def on_event(self, event: PlateEvent) -> None:
        self.order.append("event")

    def on_hit(self, hit: WatchHit) -> None:
        self.order.append(f"hit {hit.note}")


def test_a_hit_reaches_every_sink_after_its_event() -> None:
    before, after = Ordered(), Ordered()
    Distribution([before, TellsOfHits(), after]).hand_event(made_event())
    assert before.order == after.order == ["event", "hit stolen"]


def test_trouble_may_be_told_from_any_thread_and_is_handed_out_in_the_engines_once() -> None:
    keeper, watched = Keeper(), Watched()
    sinks = Distribution([keeper, watched])
    assert keeper.bus is not None
    bus = keeper.bus
    tellers = [threading.Thread(target=bus.tell_trouble, args=("rtsp://a:b@gate is deaf",)) for _ in range(5)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    assert watched.troubles == []
    sinks.settle()
    sinks.settle()
    assert watched.troubles == ["rtsp://***@gate is deaf"]


class Bad(Sink):
    """Fails in everything, with another message each time."""

    count = 0

    def _fail(self) -> RuntimeError:
        self.count += 1
        return RuntimeError(f"failure {self.count}")

    def connect(self, bus: Bus) -> None:
        raise self._fail()

    def on_event(self, event: PlateEvent) -> None:
        raise self._fail()

    def on_event_kept(self, event: PlateEvent) -> None:
        raise self._fail()

    def on_trouble(self, text: str) -> None:
        raise self._fail()

    def flush(self) -> None:
        raise self._fail()

    def close(self, interrupted: bool) -> Sequence[str]:
        raise self._fail()


def test_a_sink_that_fails_in_everything_ends_nothing_and_is_named_each_time() -> None:
    bad, watched = Bad(), Watched()
    sinks = Distribution([bad, watched])
    sinks.hand_event(made_event())
    sinks.close(False, 0.0)
    assert len(watched.kept) == 1 and watched.closed == [False]
    told = [text for text in watched.troubles if text.startswith("Bad: RuntimeError: failure")]
    assert len(told) == len(watched.troubles) == len(sinks.errors) == 5
