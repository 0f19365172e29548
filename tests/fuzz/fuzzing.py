"""Feeds a target thousands of damaged files and keeps what it could not stand."""

import faulthandler
import hashlib
import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutate import mutate

CORPUS = Path(__file__).parent / "corpus"
CASE_S = 60.0  # a case that takes longer hangs, even on a busy machine


@dataclass(frozen=True)
class Target:
    """Something that takes files of other people.

    seeds: sound files. feed: takes a file's bytes and an empty folder to work in; returns whether the file was
    accepted, and raises AssertionError where a refusal does not name it, or whatever nobody expected.
    native: decoders in C or C++ are at work, which may take the process with them. quick: cases in an ordinary run.
    """

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    feed: Callable[[bytes, Path], bool]
    native: bool = False
    quick: int = 10_000


@dataclass(frozen=True)
class Outcome:
    """What a run found: cases fed, how many of them were accepted, seconds by the clock and of the processor."""

    target: str
    cases: int
    accepted: int
    wall_s: float
    processor_s: float
    slowest_ms: float
    grown_mb: float

    def __str__(self) -> str:
        return (
            f"{self.target}: {self.cases} cases, {self.accepted} accepted, the others refused by name; "
            f"{self.wall_s:.1f} s, {self.processor_s:.1f} s of processor, slowest {self.slowest_ms:.0f} ms, "
            f"memory +{self.grown_mb:.0f} MB"
        )


def fuzz(target: Target, folder: Path, cases: int, seed: int = 8) -> Outcome:
    """Feed the seeds, what was found before, and so many damaged files. Raises AssertionError naming the case kept."""
    seeds = target.seeds(folder)
    old = [path.read_bytes() for path in sorted((CORPUS / target.name).glob("*"))]
    chance = random.Random(f"{seed} {target.name}")
    accepted, slowest, before = 0, 0.0, _peak_mb()
    began, processor = time.perf_counter(), time.process_time()
    for number in range(len(seeds) + len(old) + cases):
        known = [*seeds, *old]
        data = known[number] if number < len(known) else mutate(chance.choice(known), chance, seeds)
        start = time.thread_time()
        accepted += _fed(target, data, folder)
        slowest = max(slowest, time.thread_time() - start)
    return Outcome(
        target.name,
        cases,
        accepted,
        time.perf_counter() - began,
        time.process_time() - processor,
        1000 * slowest,
        _peak_mb() - before,
    )


def _fed(target: Target, data: bytes, folder: Path) -> bool:
    work = folder / "work"
    work.mkdir(exist_ok=True)
    kept = folder / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    if target.native:  # a crash leaves no other trace
        (folder / "current").write_bytes(data)
        faulthandler.dump_traceback_later(CASE_S, exit=True)
    try:
        return target.feed(data, work)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        kept.write_bytes(data)
        raise AssertionError(f"{target.name} could not stand {kept}: {type(error).__name__}: {error}") from error
    finally:
        if target.native:
            faulthandler.cancel_dump_traceback_later()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
