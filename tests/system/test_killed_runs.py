"""A run killed at any moment has kept what it told, and goes on with --resume to what an undisturbed run keeps."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from app.store.search import Query
from app.store.store import Store
from tests.app.sources.clips import write_clip

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PLATESCRIBE_KILLS", "200"))
CLIPS = 6
TOLD = re.compile(r"^AB123C .*?(\d+\.avi)\s*$", re.M)

# One process has everything imported and forks one run after the other: starting anew each time would take minutes.
# Everything is real but for the networks: capture, pipeline, console, CSV, state, the log's writer and its store, whose
# disk is a slow one, so that what is told before it is kept would be seen.
RUNNER = """
import os, sys, time
from app.config import bootstrap
bootstrap.prepare()
import app.sinks.console, app.store.journal, sqlalchemy.dialects.sqlite
from app.pipeline import loading, tracking
from tests.app.runs import command, pipeline
tracking.PlateTracker()
loading.load_pipeline = lambda device, tuning: pipeline()
from app.store.store import Store
save = Store.save
def slowly(store, entries):
    time.sleep(0.02)
    return save(store, entries)
Store.save = slowly
for line in sys.stdin:
    words = line.split()
    if (pid := os.fork()) == 0:
        out = os.open(words[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1), os.dup2(out, 2)
        status = command(*words[1:])
        sys.stdout.flush()
        os._exit(status)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Runs:
    """Starts runs in processes of their own, to be killed."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *words: str, kill_after: float | None = None) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(" ".join((str(self._out), *words)) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(pid, signal.SIGKILL)
        return int(self._process.stdout.readline())

    def told(self) -> set[str]:
        """The clips whose vehicle the last run told as final."""
        return set(TOLD.findall(self._out.read_text()))

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(30) == 0


def kept(log: Path) -> Counter[tuple[str, str]]:
    """Count the visits in the store by run and clip; all of it is sound, and no picture is half written."""
    with Store.open(log) as store:
        assert store.notices == ()
        assert not list((store.pictures.folder / ".incoming").glob("*"))
        visits = list(store.each(Query()))
        assert all(store.pictures.path(name).is_file() for visit in visits for name in (visit.crop, visit.frame))
        for path in store.pictures.folder.rglob("*.jpg"):
            data = path.read_bytes()
            assert data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")
    return Counter((visit.run, Path(visit.source).name) for visit in visits)


def visits_of(visits: Counter[tuple[str, str]], run: str) -> dict[str, int]:
    return {name: count for (its_run, name), count in visits.items() if its_run == run}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forked")
@pytest.mark.timeout(1800)
def test_a_run_killed_at_any_moment_has_kept_what_it_told_and_ends_as_one_left_alone(tmp_path: Path) -> None:
    folder, log = tmp_path / "in", tmp_path / "log" / "l.db"
    folder.mkdir()
    names = {write_clip(folder / f"{number}.avi", frames=4).name for number in range(CLIPS)}
    runs = Runs(tmp_path / "said")
    whole = ("--csv", str(tmp_path / "whole.csv"), "--jsonl", str(tmp_path / "whole.jsonl"))
    for number in range(2):  # the first one finds nothing in the system's caches
        began = time.monotonic()
        assert runs.run(str(folder), *whole, "--log", str(tmp_path / f"whole{number}" / "l.db")) == 0
        length = time.monotonic() - began
    outputs = ("--csv", str(tmp_path / "o.csv"), "--jsonl", str(tmp_path / "o.jsonl"), "--log", str(log))
    chance, killed, finished, told = random.Random(5), 0, 0, 0
    while killed < KILLS:
        status = runs.run(str(folder), *outputs, "--resume", kill_after=chance.uniform(0, length))
        assert status in (0, -signal.SIGKILL)
        killed += status == -signal.SIGKILL
        finished += status == 0
        length *= 0.9 if status == 0 else 1.03  # most are to be killed, however busy the machine is
        told += len(runs.told())
        if runs.told():
            in_store = {name for _, name in kept(log)}
            assert runs.told() <= in_store
    assert runs.run(str(folder), *outputs, "--resume") == 0
    runs.close()
    print(f"{killed} kills, {told} visits told before them, {finished} runs that were quicker")
    assert told > KILLS / 4
    for name in ("csv", "jsonl"):
        assert (tmp_path / f"o.{name}").read_bytes() == (tmp_path / f"whole.{name}").read_bytes()
    assert not list(tmp_path.glob("*.state*"))
    visits = kept(log)
    for run in {run for run, _ in visits}:
        assert visits_of(visits, run) == dict.fromkeys(names, 1), "each clip's visit once, however often it was begun"
