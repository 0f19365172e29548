"""What may be told, or noted as done, only once what it rests on is on the disk."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from typing import Any

#: Done once something is on the disk; an exception says that it could not be kept.
Receipt = Future[Any]


@dataclass(frozen=True, slots=True)
class _Step:
    act: Callable[[], object]
    receipts: tuple[Receipt, ...]


class AfterCommit:
    """Actions in order, each done when its receipts are in. For one thread."""

    def __init__(self) -> None:
        self._steps: deque[_Step] = deque()

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, act: Callable[[], object], receipts: Sequence[Receipt]) -> None:
        """Do act once all receipts are in; never, if one of them says that something could not be kept."""
        self._steps.append(_Step(act, tuple(receipts)))

    def settle(self, timeout: float = 0.0) -> None:
        """Do what can be done now, waiting at most timeout seconds for receipts."""
        if timeout:
            wait_for([receipt for step in self._steps for receipt in step.receipts], timeout)
        while self._steps and all(receipt.done() for receipt in self._steps[0].receipts):
            step = self._steps.popleft()
            if all(receipt.exception() is None for receipt in step.receipts):
                step.act()
