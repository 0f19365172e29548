"""Feeds a target thousands of damaged files and keeps what it could not stand."""

import faulthandler
import hashlib
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutate import mutate

CORPUS = Path(__file__).parent / "corpus"
CASES = 10_000
CASE_S = 60.0  # a case that takes longer hangs, even on a busy machine
_MEMORY = Path("/dev/shm")  # a file there costs a twentieth of one on a disk


@dataclass(frozen=True)
class Target:
    """Something that takes files of other people.

    seeds: sound files. feed: takes a file's bytes and a folder to work in, which each case finds as the last one left
    it; returns whether the file was accepted, and raises AssertionError where a refusal does not name it, or whatever
    nobody expected. native: decoders in C or C++ are at work, which may take the process with them.
    """

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    feed: Callable[[bytes, Path], bool]
    native: bool = False


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


def fuzz(target: Target, folder: Path, cases: int = CASES, seed: int = 8) -> Outcome:
    """Feed the seeds, what was found before, and so many damaged files; folder keeps what was not stood.

    Raises AssertionError naming the case kept; a crash or a hang of a native target leaves it in folder/current.
    """
    chance = random.Random(f"{seed} {target.name}")
    with _workplace() as work, closing(_Watchdog(folder / "current")) as watchdog:
        seeds = target.seeds(work)
        known = [*seeds, *(path.read_bytes() for path in sorted((CORPUS / target.name).glob("*")))]
        accepted, slowest, before = 0, 0.0, _peak_mb()
        began, processor = time.perf_counter(), time.process_time()
        for number in range(len(known) + cases):
            data = known[number] if number < len(known) else mutate(chance.choice(known), chance, seeds)
            if target.native:
                watchdog.note(data)
            start = time.thread_time()
            accepted += _fed(target, data, work, folder)
            slowest = max(slowest, time.thread_time() - start)
        wall, spent = time.perf_counter() - began, time.process_time() - processor
    return Outcome(target.name, cases, accepted, wall, spent, 1000 * slowest, _peak_mb() - before)


class _Watchdog:
    """Ends the process when a case hangs, in native code as well; its file holds the case begun last."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._armed = -CASE_S

    def note(self, data: bytes) -> None:
        """Begin a case: a crash leaves no other trace of it."""
        self._file.seek(0)
        self._file.write(data)
        self._file.truncate()
        now = time.monotonic()
        if now - self._armed > CASE_S / 10:  # arming starts a thread, which costs more than many a case
            self._armed = now
            faulthandler.dump_traceback_later(CASE_S, exit=True)

    def close(self) -> None:
        """Let the process live."""
        faulthandler.cancel_dump_traceback_later()
        self._file.close()


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder of its own, deep enough to see what climbs out of it; in memory where there is such a place."""
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None) as place:
        work = Path(place) / "deep" / "work"
        work.mkdir(parents=True)
        yield work


def _fed(target: Target, data: bytes, work: Path, folder: Path) -> bool:
    try:
        return target.feed(data, work)
    except BaseException as error:  # a panic in Rust is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        kept = folder / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
        kept.write_bytes(data)
        raise AssertionError(f"{target.name} could not stand {kept}: {type(error).__name__}: {error}") from error


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
