"""Server-sent events: everyone who listens gets the messages that receivers get, from now on."""

import json
import queue
import threading
from collections.abc import Callable, Iterator

from app.notifications.message import Message
from app.notifications.notifier import PictureMaker

#: A listener that is so many messages behind misses the oldest: a slow one must not fill the memory.
MOST_BEHIND = 500
#: At most so many listeners at once.
MOST_LISTENERS = 32
#: A comment is sent after so many seconds without a message, so that proxies and browsers keep the connection.
KEEP_ALIVE_S = 15.0


class TooManyListeners(Exception):
    """No more listeners are taken now."""


class LiveEvents:
    """Hands messages to the listeners of this moment. `notify` is called in the engine's thread and never waits."""

    def __init__(self) -> None:
        self.on_trouble: Callable[[str], None] | None = None
        self.lost = 0
        self._listeners: list[queue.Queue[Message | None]] = []
        self._lock = threading.Lock()
        self._closed = False

    def notify(self, message: Message, make_pictures: PictureMaker | None = None) -> None:
        """Gives a message to all who listen; pictures are not sent this way."""
        with self._lock:
            for listener in self._listeners:
                _put(listener, message)

    def close(self, timeout_s: float = 5.0) -> None:
        """Ends all streams."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                _put(listener, None)

    def listen(self) -> Iterator[str]:
        """Returns the stream of a new listener, as text of server-sent events. Raises TooManyListeners."""
        mine: queue.Queue[Message | None] = queue.Queue(MOST_BEHIND)
        with self._lock:
            if len(self._listeners) >= MOST_LISTENERS or self._closed:
                raise TooManyListeners(f"{len(self._listeners)} listen already")
            self._listeners.append(mine)
        return self._stream(mine)

    def _stream(self, mine: "queue.Queue[Message | None]") -> Iterator[str]:
        try:
            yield ": connected\n\n"
            while True:
                try:
                    message = mine.get(timeout=KEEP_ALIVE_S)
                except queue.Empty:
                    yield ": still here\n\n"
                    continue
                if message is None:
                    return
                data = json.dumps(message.to_json(), ensure_ascii=False)
                yield f"id: {message.id}\nevent: {message.event.value}\ndata: {data}\n\n"
        finally:
            with self._lock:
                self._listeners.remove(mine)


def _put(listener: "queue.Queue[Message | None]", message: Message | None) -> None:
    """Puts a message into a queue; the oldest makes room."""
    while True:
        try:
            listener.put_nowait(message)
            return
        except queue.Full:
            try:
                listener.get_nowait()
            except queue.Empty:
                continue
