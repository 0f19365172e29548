"""This tree against another revision of it, in turns, so that a ratio holds on a machine that others use too.

Each tree is measured by its own bench: modules may have moved since. What the two have in common is the command line
of `python -m app.bench.worker` and the Measured that it prints last.
"""

import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bench.figures import Measured
from app.bench.parts import Plan, measure

COMPARED = {
    "recording": ("fps", "processor_ms", "peak_mb"),
    "stages": ("detect_ms", "other_ms"),
    "stills": ("still_ms",),
}


class RevisionError(Exception):
    """The revision cannot be had; the message says what git said."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure here over the same figure there, pair by pair."""

    name: str
    here: float
    there: float
    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median ratio: below 1, this tree has less of it."""
        return statistics.median(self.ratios)


@contextmanager
def worktree(root: Path, revision: str) -> Iterator[Path]:
    """A revision of the repository at root in a temporary folder, with its own bench; raises RevisionError."""
    with tempfile.TemporaryDirectory(prefix="platescribe-bench-") as folder:
        tree = Path(folder) / "tree"
        _git(root, "worktree", "add", "--detach", "--force", str(tree), revision)
        try:
            if not (tree / "app" / "bench" / "worker.py").is_file():
                raise RevisionError(f"{revision}: has no bench; name a later revision")
            yield tree
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def compare(plan: Plan, here: Path, there: Path, pairs: int, tell: Callable[[str], None]) -> list[Ratio]:
    """Measure both trees in turns, each going first every other time; raises PartError."""
    parts = [part for part in COMPARED if part in plan.parts]
    found: dict[str, list[tuple[float, float]]] = {}
    for part in parts:
        for number in range(pairs):
            tell(f"{part}, pair {number + 1} of {pairs}")
            order = (here, there) if number % 2 == 0 else (there, here)
            results = {tree: measure(plan, part, tree) for tree in order}
            for name in COMPARED[part]:
                found.setdefault(name, []).append((_value(results[here], name), _value(results[there], name)))
    return [_ratio(name, values) for name, values in found.items()]


def _value(measured: Measured, name: str) -> float:
    return measured.values[name]


def _ratio(name: str, values: list[tuple[float, float]]) -> Ratio:
    here, there = zip(*values, strict=True)
    ratios = tuple(one / other for one, other in values if other)
    return Ratio(name, statistics.median(here), statistics.median(there), ratios)


def _git(root: Path, *words: str) -> None:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RevisionError(f"git {words[0]} {words[1]}: {done.stderr.strip() or 'failed'}")
