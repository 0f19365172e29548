import threading
import time

import pytest

from app.sources.buffers import BoundedQueue, Closed, FrameBuffer, LatestFrame


def test_the_newest_item_wins_and_the_others_are_counted() -> None:
    buffer: LatestFrame[int] = LatestFrame()
    for i in range(5):
        assert buffer.put(i)
    assert buffer.take(0) == 4 and buffer.dropped == 4
    assert buffer.take(0) is None


def test_peeking_takes_nothing() -> None:
    for buffer in (LatestFrame[int](), BoundedQueue[int](2)):
        assert buffer.peek() is None
        buffer.put(1)
        assert buffer.peek() == 1 and buffer.peek() == 1 and buffer.take(0) == 1


def test_a_queue_keeps_all_in_order_and_waits_for_room() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    producer = threading.Thread(target=lambda: [queue.put(i) for i in range(50)])
    producer.start()
    taken = [queue.take(2) for _ in range(50)]
    producer.join(2)
    assert taken == list(range(50)) and queue.dropped == 0


@pytest.mark.parametrize("make", [LatestFrame, lambda: BoundedQueue(3)])
def test_what_is_held_at_closing_can_still_be_taken(make) -> None:
    buffer = make()
    buffer.put("last")
    buffer.close()
    assert not buffer.put("late") and not buffer.exhausted
    assert buffer.take() == "last" and buffer.exhausted
    with pytest.raises(Closed):
        buffer.take()


def test_closing_wakes_a_taker_and_a_putter() -> None:
    empty: LatestFrame[int] = LatestFrame()
    full: BoundedQueue[int] = BoundedQueue(1)
    full.put(1)
    outcome: list[object] = []

    def take() -> None:
        try:
            empty.take()
        except Closed:
            outcome.append("closed")

    threads = [threading.Thread(target=take), threading.Thread(target=lambda: outcome.append(full.put(2)))]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    empty.close()
    full.close()
    for thread in threads:
        thread.join(2)
    assert sorted(map(str, outcome)) == ["False", "closed"]


def test_a_change_is_announced_to_whoever_gathers() -> None:
    calls: list[None] = []
    buffer: LatestFrame[int] = LatestFrame(lambda: calls.append(None))
    buffer.put(1)
    buffer.close()
    assert len(calls) == 2


def test_discard_forgets_what_is_held() -> None:
    queue: BoundedQueue[int] = BoundedQueue(3)
    queue.put(1)
    queue.discard()
    assert queue.exhausted


def test_items_wait_for_room_by_their_bytes_but_one_that_is_larger_is_taken_alone() -> None:
    buffer = FrameBuffer[bytes](8, keeps_all=True, size_of=len, most_bytes=10)
    filler = threading.Thread(target=lambda: [buffer.put(bytes(size)) for size in (6, 4, 1, 50)], daemon=True)
    filler.start()
    taken = [buffer.take(5)]
    assert taken == [bytes(6)]
    filler.join(0.05)
    assert filler.is_alive(), "50 bytes found room beside others"
    assert [buffer.take(5) for _ in range(3)] == [bytes(4), bytes(1), bytes(50)]
    filler.join(5)
    assert not filler.is_alive()
