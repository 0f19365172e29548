"""Files from elsewhere: whatever is in them, they are read or refused by name. `python -m tests.fuzz` feeds more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import fuzzing
from tests.fuzz.fuzzing import CASE_S, Target, fuzz
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("PLATESCRIBE_FUZZ", fuzzing.CASES))
# Of native code: some of these cases start a process of their own, and ten thousand of those take half an hour.
NATIVE_CASES = int(os.environ.get("PLATESCRIBE_FUZZ", 1000))


@pytest.mark.parametrize("target", [t for t in TARGETS if not t.native], ids=lambda t: t.name)
@pytest.mark.timeout(3600)
def test_any_file_is_read_or_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Target) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = fuzz(target, tmp_path, CASES)
    assert 0 < outcome.accepted < outcome.cases, "some seeds are sound, some damages are seen"


@pytest.mark.timeout(3600)
def test_no_file_takes_a_decoder_down_or_fills_the_memory(tmp_path: Path) -> None:
    """Native code may crash or hang: it gets a process of its own."""
    native = [target.name for target in TARGETS if target.native]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *native, "--cases", str(NATIVE_CASES), "--keep", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == len(native)
    assert all(int(mb) < 700 for mb in re.findall(r"memory \+(\d+) MB", done.stdout)), done.stdout


def test_what_a_target_cannot_stand_is_kept_and_named(tmp_path: Path) -> None:
    def weak(data: bytes, _: Path) -> bool:
        if len(data) > 3:
            raise ZeroDivisionError("a bug")
        return True

    with pytest.raises(AssertionError, match=r"weak could not stand.*ZeroDivisionError: a bug"):
        fuzz(Target("weak", lambda _: [b"ab"], weak), tmp_path, 100)
    assert len(next(tmp_path.glob("weak-*")).read_bytes()) > 3


@pytest.mark.parametrize("fault", ["os.abort()", "time.sleep(100)"])
def test_a_crash_and_a_hang_leave_their_file(tmp_path: Path, fault: str) -> None:
    code = f"""
import os, time
from pathlib import Path
from tests.fuzz import fuzzing
fuzzing.CASE_S, fuzzing._MEMORY = 1.0, Path({str(tmp_path)!r})
def feed(data, _):
    if data != b"sound":
        {fault}
    return True
fuzzing.fuzz(fuzzing.Target("weak", lambda _: [b"sound"], feed, native=True), Path({str(tmp_path)!r}), 50)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=CASE_S)
    assert done.returncode != 0
    assert (tmp_path / "current").read_bytes() != b"sound"
