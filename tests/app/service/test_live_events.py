import json
import threading

import pytest

from app.service.live_events import MOST_BEHIND, MOST_LISTENERS, LiveEvents, TooManyListeners
from tests.app.notifications.samples import hit, message


def test_a_listener_gets_what_comes_after_it_in_order() -> None:
    events = LiveEvents()
    events.notify(message("BEFORE"))
    stream = events.listen()
    assert next(stream).startswith(":")
    sent = hit()
    events.notify(sent)
    events.close()

    lines = "".join(stream).splitlines()

    assert lines[0] == f"id: {sent.id}"
    assert lines[1] == "event: hit"
    assert json.loads(lines[2].removeprefix("data: ")) == sent.to_json()


def test_a_slow_listener_misses_the_oldest_and_holds_up_nobody() -> None:
    events = LiveEvents()
    stream = events.listen()
    for number in range(MOST_BEHIND + 10):
        events.notify(message(str(number)))
    next(stream)

    assert '"plate": "10"' in next(stream)


def test_listeners_are_bounded_and_leave_room_when_they_go() -> None:
    events = LiveEvents()
    streams = [events.listen() for _ in range(MOST_LISTENERS)]
    with pytest.raises(TooManyListeners):
        events.listen()
    next(streams[0])
    streams[0].close()  # type: ignore[attr-defined]  # a generator has it

    assert next(events.listen()).startswith(":")


def test_closing_ends_a_stream_that_waits() -> None:
    events = LiveEvents()
    stream = events.listen()
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.extend(stream))
    reader.start()
    events.close()
    reader.join(60)

    assert not reader.is_alive()
