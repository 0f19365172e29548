"""Runs the parts of the bench in processes of their own, in this tree or another, and sums them up."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.bench.figures import Measured
from app.bench.material import LIVE_FPS, Material

_END_S = 20.0  # for a process that has said what it measured
_STARTS = 3
PARTS = ("stages", "recording", "stills", "networks", "live", "window", "start")


class PartError(Exception):
    """A part could not be measured; the message says what its process said."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure with. frames: of the recording, at most; seconds: of the live source; budget_s: a batch size."""

    material: Material
    device: str = "auto"
    frames: int = 10**9
    seconds: float = 20.0
    budget_s: float = 2.0
    parts: tuple[str, ...] = PARTS


def measure(plan: Plan, part: str, tree: Path) -> Measured:
    """One part in the tree of the program that stands in a folder; raises PartError."""
    if part == "start":
        return _start(plan, tree)
    with _Worker(_words(plan, part), tree) as worker:
        return worker.result()


def _words(plan: Plan, part: str) -> list[str]:
    material = plan.material
    words = [part, "--device", plan.device]
    if part == "stills":
        return [*words, *(str(path) for path in material.stills)]
    if part == "live":
        return [*words, "--seconds", str(plan.seconds), "--fps", str(LIVE_FPS), str(material.live)]
    if part == "window":
        return [*words, "--seconds", str(plan.seconds / 2), str(material.clip)]
    if part == "networks":
        return [*words, "--seconds", str(plan.budget_s), str(material.clip)]
    return [*words, "--frames", str(plan.frames), str(material.clip)]


def _start(plan: Plan, tree: Path) -> Measured:
    """Seconds from starting the program to its first frame read; the first time only warms the caches."""
    words = ["start", "--device", plan.device, str(plan.material.clip)]
    seconds = []
    for _ in range(_STARTS + 1):
        began = time.perf_counter()
        with _Worker(words, tree) as worker:
            worker.result()
            seconds.append(time.perf_counter() - began)
    return Measured("start", (), {"start_s": statistics.median(seconds[1:]), "first_start_s": seconds[0]})


class _Worker:
    """A process that measures a part; whatever happens, it does not outlive its context."""

    def __init__(self, words: Sequence[str], tree: Path) -> None:
        self._part = words[0]
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 (closed on exit)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.bench.worker", *words],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.wait(_END_S if kind is None else 0.0)
        except subprocess.TimeoutExpired:
            self._abort()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def _abort(self) -> None:
        """End a process that has not ended by itself; it tells where each of its threads stands."""
        self._process.send_signal(signal.SIGABRT)
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        print(f"bench: {self._part} was ended before it had done; it said:\n{self._said()}", file=sys.stderr)

    def _said(self) -> str:
        """What it printed as errors."""
        self._errors.seek(0)
        return self._errors.read().strip()

    def result(self) -> Measured:
        """What it measured, as soon as it says so; raises PartError."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                return Measured.from_line(line)
            except ValueError:
                continue  # something that a library printed
        self._process.wait()
        said = self._said().splitlines() or ["it ended without a word"]
        raise PartError(f"{self._part}: {said[-1]}")
