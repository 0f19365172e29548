"""Which rows of a long table are in memory: windows of fixed size, the least recently used given up first."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

WINDOW_ROWS = 128
KEPT_WINDOWS = 48


class Windows(Generic[T]):
    """Rows of a table by number, kept in windows of `size` rows, at most `keep` windows."""

    def __init__(self, size: int = WINDOW_ROWS, keep: int = KEPT_WINDOWS) -> None:
        if size < 1 or keep < 1:
            raise ValueError(f"windows of {size} rows, {keep} of them: both must be at least 1")
        self.size, self.keep = size, keep
        self._windows: OrderedDict[int, Sequence[T]] = OrderedDict()

    def number(self, row: int) -> int:
        """Return the window a row lies in."""
        return row // self.size

    def rows(self, number: int) -> range:
        """Return the row numbers of a window."""
        return range(number * self.size, (number + 1) * self.size)

    def get(self, row: int) -> T | None:
        """Return what is kept of a row, or None if it has to be fetched."""
        number = row // self.size
        window = self._windows.get(number)
        if window is None:
            return None
        self._windows.move_to_end(number)
        place = row - number * self.size
        return window[place] if place < len(window) else None

    def has(self, number: int) -> bool:
        """Whether a window is in memory."""
        return number in self._windows

    def put(self, number: int, rows: Sequence[T]) -> None:
        """Keep a window's rows (the last window may be short)."""
        self._windows[number] = rows
        self._windows.move_to_end(number)
        while len(self._windows) > self.keep:
            self._windows.popitem(last=False)

    def items(self) -> list[tuple[int, Sequence[T]]]:
        """Return the windows in memory by number."""
        return list(self._windows.items())

    def clear(self) -> None:
        """Forget all rows."""
        self._windows.clear()

    def __len__(self) -> int:
        return sum(len(window) for window in self._windows.values())
