"""A run that is killed at any moment goes on with --resume to what an undisturbed run writes."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.app.pipeline.clips import write_clip

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PLATESCRIBE_KILLS", "20"))

# One process has everything imported and forks one run after the other: starting anew each time would take minutes.
RUNNER = """
import os, signal, sys
from app import bootstrap
bootstrap.prepare()
from app.pipeline import opening
from tests.app.test_batch import command, pipeline
opening.load_pipeline = lambda device, tuning: pipeline()
for line in sys.stdin:
    words = line.split()
    if (pid := os.fork()) == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        os._exit(command(*words))
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Runs:
    """Starts runs in processes of their own, to be killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *words: str, kill_after: float | None = None) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(pid, signal.SIGKILL)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(30) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forked")
@pytest.mark.timeout(900)
def test_a_run_killed_again_and_again_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        write_clip(folder / f"{number}.avi", frames=12)
    runs = Runs()
    began = time.monotonic()
    assert runs.run(str(folder), "--csv", str(tmp_path / "whole.csv"), "--jsonl", str(tmp_path / "whole.jsonl")) == 0
    length = time.monotonic() - began
    chance, killed, finished = random.Random(5), 0, 0
    outputs = ("--csv", str(tmp_path / "o.csv"), "--jsonl", str(tmp_path / "o.jsonl"))
    while killed < KILLS:
        status = runs.run(str(folder), *outputs, "--resume", kill_after=chance.uniform(0, 0.6 * length))
        killed += status == -signal.SIGKILL
        finished += status == 0
    assert runs.run(str(folder), *outputs, "--resume") == 0
    runs.close()
    print(f"{killed} kills, {finished} runs that were quicker")
    for name in ("csv", "jsonl"):
        assert (tmp_path / f"o.{name}").read_bytes() == (tmp_path / f"whole.{name}").read_bytes()
    assert not list(tmp_path.glob("*.state"))
