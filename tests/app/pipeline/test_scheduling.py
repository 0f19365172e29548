import pytest

from app.pipeline.scheduling import LiveScheduler
from app.sources.capture import Capture
from app.sources.identify import identify
from tests.app.sources.test_capture import endless, live, until


def camera(scheduler: LiveScheduler, name: str) -> Capture:
    source = live(endless(frames=10**6, delay=0.002))
    source._spec = identify(f"rtsp://{name}/live")
    return Capture(source, scheduler.wake)


def test_the_newest_frame_of_each_source_is_taken_and_its_owner_named() -> None:
    scheduler = LiveScheduler()
    captures = [camera(scheduler, name) for name in ("a", "b")]
    for capture in captures:
        scheduler.add_capture(capture)
    assert until(lambda: all(capture.status().frames > 5 for capture in captures))
    batch = scheduler.take_batch()
    assert len(batch.frames) == 2 and [owner.under_way for owner in batch.owners] == [1, 1]
    assert [frame.source_id for frame in batch.frames] == [owner.spec.source_id for owner in batch.owners]
    assert all(frame.index > 0 for frame in batch.frames), "older frames were replaced"
    assert not scheduler.done
    for capture in captures:
        assert capture.stop()


def test_a_name_that_runs_is_refused_and_one_that_was_removed_may_come_again() -> None:
    scheduler = LiveScheduler()
    first = camera(scheduler, "a")
    scheduler.add_capture(first)
    with pytest.raises(ValueError, match="runs already"):
        scheduler.add_capture(camera(scheduler, "a"))
    scheduler.end_source(first.spec.source_id)
    assert until(lambda: not scheduler.take_batch().frames and scheduler.sources()[0].drained)
    scheduler.remove_source(scheduler.sources()[0])
    again = camera(scheduler, "a")
    scheduler.add_capture(again)
    assert set(scheduler.status()) == {again.spec.source_id}
    assert first.stop() and again.stop()


def test_ending_what_does_not_run_is_nothing() -> None:
    scheduler = LiveScheduler()
    scheduler.end_source(identify("rtsp://nobody/live").source_id)
    assert scheduler.sources() == [] and scheduler.take_batch().frames == []
