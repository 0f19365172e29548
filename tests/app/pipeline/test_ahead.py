import threading
from collections.abc import Sequence

import pytest

from app.pipeline.core import Pipeline
from app.pipeline.prefetch import Ahead
from app.pipeline.types import Image
from detector.types import Detection
from tests.app.pipeline.made import ScriptedReader, frame, plate, says


class Wide:
    """A detector for two threads, whose first call ends after its second one."""

    streams, size = 2, 576

    def __init__(self) -> None:
        self.second_done = threading.Event()
        self.calls = 0
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        with self._lock:
            self.calls += 1
            number = self.calls
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        if number == 1:
            assert self.second_done.wait(10)
        if number == 2:
            self.second_done.set()
        with self._lock:
            self.at_once -= 1
        return [[plate(number, 10)] for _ in images]


def test_batches_are_looked_at_side_by_side_and_come_back_in_order() -> None:
    detector, told = Wide(), threading.Event()
    pipeline = Pipeline(detector, ScriptedReader(lambda _: says("AB123C")))
    with Ahead(pipeline, told.set, waiting=1) as ahead:
        assert pipeline.lookers == 2 and ahead.has_room and not ahead.ready
        for index in range(3):
            ahead.add([frame(index, index / 10)])
        assert len(ahead) == 3 and not ahead.has_room
        sights = [ahead.take() for _ in range(3)]
    assert [sight.frames[0].index for sight in sights] == [0, 1, 2]
    assert detector.most_at_once == 2 and told.is_set() and len(ahead) == 0


def test_what_goes_wrong_in_looking_is_raised_where_it_is_taken_and_costs_no_other_batch() -> None:
    class Choosy:
        streams, size = 1, 576

        def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
            if images[0][0, 0, 0] == 37:
                raise RuntimeError("out of memory")
            return [[plate(5, 5)] for _ in images]

    with Ahead(Pipeline(Choosy(), ScriptedReader(lambda _: says("AB123C"))), waiting=2) as ahead:
        for index in range(3):
            ahead.add([frame(index, index / 10)])
        assert ahead.take().detections[0]
        with pytest.raises(RuntimeError, match="out of memory"):
            ahead.take()
        assert ahead.take().detections[0]


def test_leaving_forgets_what_waits_and_ends_the_threads() -> None:
    before = threading.active_count()
    with Ahead(Pipeline(Wide(), ScriptedReader(lambda _: says("AB123C"))), waiting=8) as ahead:
        for index in range(8):
            ahead.add([frame(index, index / 10)])
    assert threading.active_count() == before
