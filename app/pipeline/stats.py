"""How long the stages take: kept for a sliding window of the latest calls, cheap enough to be always on."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class StageTime:
    """One stage over the latest calls, in milliseconds; calls and items count from the start."""

    calls: int
    items: int
    median_ms: float
    p95_ms: float
    total_s: float

    @property
    def ms_per_item(self) -> float:
        """Mean time an item since the start, in milliseconds; 0 when there was none."""
        return self.total_s * 1000 / self.items if self.items else 0.0


class StageTimes:
    """Times of named stages (decode, detect, track, crop, read, vote, draw, store). Safe to use from any thread."""

    def __init__(self, window: int = 512) -> None:
        self._window = window
        self._recent: dict[str, deque[float]] = {}
        self._totals: dict[str, tuple[int, int, float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def measure(self, stage: str, items: int = 1) -> Iterator[None]:
        """Add the time that the body takes to stage, as one call over so many items."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - start, items)

    def add(self, stage: str, seconds: float, items: int = 1) -> None:
        """Add one call of stage."""
        with self._lock:
            self._recent.setdefault(stage, deque(maxlen=self._window)).append(seconds)
            calls, done, total = self._totals.get(stage, (0, 0, 0.0))
            self._totals[stage] = (calls + 1, done + items, total + seconds)

    def snapshot(self) -> dict[str, StageTime]:
        """Return the figures of every stage, in the order in which the stages were first seen."""
        with self._lock:
            recent = {stage: list(times) for stage, times in self._recent.items()}
            totals = dict(self._totals)
        return {stage: _summary(times, *totals[stage]) for stage, times in recent.items()}


def _summary(times: list[float], calls: int, items: int, total: float) -> StageTime:
    """Reduce the latest times, in seconds, to a StageTime."""
    median, p95 = np.percentile(np.asarray(times) * 1000, [50, 95])
    return StageTime(calls, items, float(median), float(p95), total)
