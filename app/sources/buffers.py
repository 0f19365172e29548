"""What stands between a capture thread and the engine: a one-slot mailbox for live sources, a queue for recordings."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """Raised by take() when a buffer was closed and holds nothing more."""


class Buffer(Protocol[T]):
    """Both buffers: put() from one thread, take() from another, close() from any; close wakes whoever waits."""

    @property
    def dropped(self) -> int:
        """Items that were replaced before anyone took them."""
        ...

    @property
    def exhausted(self) -> bool:
        """True once closed and empty."""
        ...

    def put(self, item: T) -> bool:
        """Hand item over; False when the buffer is closed."""
        ...

    def take(self, timeout: float | None = None) -> T | None:
        """Return the next item, None after timeout seconds; raises Closed at the end."""
        ...

    def peek(self) -> T | None:
        """Return the next item and leave it there, None where there is none."""
        ...

    def close(self) -> None:
        """Accept no more items; what is held can still be taken."""
        ...


class _Base(Generic[T]):
    """The lock, the closing and the waking that both buffers share."""

    def __init__(self, capacity: int, on_change: Callable[[], None] | None) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._changed = threading.Condition()
        self._closed = False
        self._dropped = 0
        self._on_change = on_change

    @property
    def dropped(self) -> int:
        """Items that were replaced before anyone took them."""
        with self._changed:
            return self._dropped

    @property
    def exhausted(self) -> bool:
        """True once closed and empty."""
        with self._changed:
            return self._closed and not self._items

    def take(self, timeout: float | None = None) -> T | None:
        """Return the next item, None after timeout seconds; raises Closed at the end."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._items:
                if self._closed:
                    raise Closed
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    return None
                self._changed.wait(remaining)
            item = self._items.popleft()
            self._changed.notify_all()
        return item

    def peek(self) -> T | None:
        """Return the next item and leave it there, None where there is none."""
        with self._changed:
            return self._items[0] if self._items else None

    def close(self) -> None:
        """Accept no more items; what is held can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._announce()

    def discard(self) -> None:
        """Close and forget what is held, for a stop that waits for nothing."""
        with self._changed:
            self._items.clear()
        self.close()

    def _announce(self) -> None:
        if self._on_change is not None:
            self._on_change()


class FrameBuffer(_Base[T]):
    """A buffer of which the capture says, once it knows its source, whether items wait for room or replace the oldest.

    Where they replace it, a slow taker never falls behind a live source; what is replaced is counted.
    """

    def __init__(
        self,
        capacity: int = 1,
        on_change: Callable[[], None] | None = None,
        *,
        keeps_all: bool = False,
        size_of: Callable[[T], int] | None = None,
        most_bytes: int = 0,
    ) -> None:
        """Make an empty buffer.

        Args:
            capacity: Items it holds at most.
            on_change: Called whenever an item or the end has come.
            keeps_all: Items wait for room; else they replace the oldest.
            size_of: Bytes of an item. With it, waiting items hold at most most_bytes, but for one that is larger alone.
            most_bytes: See size_of.
        """
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        super().__init__(capacity, on_change)
        self._keeps_all = keeps_all
        self._size_of, self._most_bytes = size_of, most_bytes

    def set_policy(self, capacity: int, keeps_all: bool) -> None:
        """Hold so many items from now on, and let them wait for room or replace the oldest."""
        with self._changed:
            self._capacity, self._keeps_all = capacity, keeps_all
            self._changed.notify_all()

    def put(self, item: T) -> bool:
        """Add item, waiting for room or in the place of the oldest; False when the buffer is or becomes closed."""
        with self._changed:
            while self._keeps_all and not self._has_room(item) and not self._closed:
                self._changed.wait()
            if self._closed:
                return False
            if len(self._items) >= self._capacity:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._changed.notify_all()
        self._announce()
        return True

    def _has_room(self, item: T) -> bool:
        """Whether an item may be added without waiting."""
        if len(self._items) >= self._capacity:
            return False
        if self._size_of is None or not self._items:
            return True
        return sum(map(self._size_of, self._items)) + self._size_of(item) <= self._most_bytes


class LatestFrame(FrameBuffer[T]):
    """Holds the newest item only."""

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        super().__init__(1, on_change)


class BoundedQueue(FrameBuffer[T]):
    """First in, first out, at most capacity items: put() waits for room, so no frame of a recording is lost."""

    def __init__(self, capacity: int, on_change: Callable[[], None] | None = None) -> None:
        super().__init__(capacity, on_change, keeps_all=True)
