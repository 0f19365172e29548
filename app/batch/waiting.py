"""What may be told, or noted as done, only once what it rests on is on the disk."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from typing import Any

Answer = Future[Any]


@dataclass(frozen=True, slots=True)
class _Step:
    act: Callable[[], object]
    answers: tuple[Answer, ...]
    ready: Callable[[], bool]


class Waiting:
    """Things to do in order, each when the log has answered for what it rests on. For one thread."""

    def __init__(self) -> None:
        self._steps: deque[_Step] = deque()
        self.failed = False

    def __len__(self) -> int:
        return len(self._steps)

    def add(
        self, act: Callable[[], object], answers: Sequence[Answer] = (), ready: Callable[[], bool] = lambda: True
    ) -> None:
        """Do act when all answers are given and ready() says so; never, if an answer is that it could not be kept."""
        self._steps.append(_Step(act, tuple(answers), ready))

    def settle(self, timeout: float = 0.0) -> None:
        """Do what can be done now, waiting at most timeout seconds for answers."""
        if timeout:
            wait_for([answer for step in self._steps for answer in step.answers], timeout)
        while self._steps:
            step = self._steps[0]
            if not all(answer.done() for answer in step.answers):
                return
            kept = all(answer.exception() is None for answer in step.answers)
            if kept and not step.ready():
                return
            self._steps.popleft()
            if kept:
                step.act()
            else:
                self.failed = True
