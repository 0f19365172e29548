import threading

import pytest

from app.pipeline.pipeline import Pipeline
from app.pipeline.shared_networks import SharedNetworks
from app.pipeline.tuning import Tuning
from tests.app.gui.fakes import BlockDetector, BlockReader, frame
from tests.app.pipeline.made import frame as made_frame


class Alone(BlockDetector):
    """Fails when two threads are in it at once."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self.calls = 0

    def detect(self, images):  # type: ignore[no-untyped-def]
        assert self._busy.acquire(blocking=False), "two at once"
        found = super().detect(images)
        self.calls += 1
        self._busy.release()
        return found


def test_the_networks_are_loaded_once_and_used_by_one_thread_at_a_time() -> None:
    loads: list[int] = []
    detector = Alone()

    def load() -> tuple[Alone, BlockReader]:
        loads.append(1)
        return detector, BlockReader()

    shared = SharedNetworks(load)
    image = frame(1.0)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                box = shared.detect([image])[0][0].box
                crop = image[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)]
                assert shared.read([crop])[0].text == "AB12CDE"
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == [] and loads == [1] and detector.calls == 80


def test_a_load_that_failed_is_tried_again() -> None:
    answers = iter([FileNotFoundError("detector.safetensors"), (BlockDetector(), BlockReader())])

    def load():  # type: ignore[no-untyped-def]
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = SharedNetworks(load)
    with pytest.raises(FileNotFoundError):
        shared.ensure_loaded()
    shared.ensure_loaded()
    assert shared.detect([frame(1.0)])[0]


def test_the_networks_shared_tell_what_the_detector_tells_and_pass_the_region_on() -> None:
    detector, reader = BlockDetector(), BlockReader()
    detector.streams, detector.size = 3, 320
    shared = SharedNetworks(lambda: (detector, reader))
    shared.prefer_region("DE")
    assert reader.region is None, "nothing is loaded for it"
    assert (shared.streams, shared.size) == (3, 320)
    shared.prefer_region("DE")
    assert reader.region == "DE"


@pytest.mark.parametrize(("size", "zoomed"), [(160, True), (640, False)])
def test_the_window_zooms_into_parts_as_large_as_its_detectors_input(size: int, zoomed: bool) -> None:
    widths: set[int] = set()

    class Watched(BlockDetector):
        def detect(self, images):  # type: ignore[no-untyped-def]
            widths.update(image.shape[1] for image in images)
            return super().detect(images)

    detector = Watched()
    detector.size = size
    shared = SharedNetworks(lambda: (detector, BlockReader()))
    pipeline = Pipeline(shared, shared, Tuning())
    for index in range(3):
        pipeline.process([made_frame(index, index / 2)])
    assert (len(widths) > 1) is zoomed, "frames as they are, and parts of them"
