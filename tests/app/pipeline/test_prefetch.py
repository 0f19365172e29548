import threading
from collections.abc import Sequence

from app.pipeline.pipeline import Pipeline
from app.pipeline.prefetch import Prefetch
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
    with Prefetch(pipeline, told.set, waiting=1) as prefetch:
        assert pipeline.streams == 2 and prefetch.has_room and not prefetch.ready
        for index in range(3):
            prefetch.add_batch([frame(index, index / 10)])
        assert len(prefetch) == 3 and not prefetch.has_room
        sights = [prefetch.take_batch() for _ in range(3)]
    assert [sight.frames[0].index for sight in sights] == [0, 1, 2]
    assert detector.most_at_once == 2 and told.is_set() and len(prefetch) == 0


def test_what_goes_wrong_in_detection_is_a_fault_of_that_source_and_costs_no_other_batch() -> None:
    class Choosy:
        streams, size = 1, 576

        def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
            if any(image[0, 0, 0] == 37 for image in images):
                raise RuntimeError("out of memory")
            return [[plate(5, 5)] for _ in images]

    with Prefetch(Pipeline(Choosy(), ScriptedReader(lambda _: says("AB123C"))), waiting=2) as prefetch:
        for index in range(3):
            prefetch.add_batch([frame(index, index / 10), frame(5, index / 10, "other")])
        taken = [prefetch.take_batch() for _ in range(3)]
    assert [[frame.source_id for frame in found.frames] for found in taken if found is not None] == [
        ["clip", "other"],
        ["other"],
        ["clip", "other"],
    ]
    assert [fault.error for found in taken if found is not None for fault in found.faults] == ["out of memory"]


def test_what_has_not_begun_can_be_cancelled() -> None:
    detector = Wide()
    with Prefetch(Pipeline(detector, ScriptedReader(lambda _: says("AB123C"))), waiting=3) as prefetch:
        for index in range(5):
            prefetch.add_batch([frame(index, index / 10)])
        prefetch.cancel_waiting()
        taken = [prefetch.take_batch() for _ in range(5)]
    found = [batch.frames[0].index for batch in taken if batch is not None]
    assert found == list(range(len(found))) and detector.calls == len(found)


def test_leaving_forgets_what_waits_and_ends_the_threads() -> None:
    before = threading.active_count()
    with Prefetch(Pipeline(Wide(), ScriptedReader(lambda _: says("AB123C"))), waiting=8) as prefetch:
        for index in range(8):
            prefetch.add_batch([frame(index, index / 10)])
    assert threading.active_count() == before
