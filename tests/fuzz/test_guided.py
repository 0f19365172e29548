"""Fuzzing led by coverage, where atheris is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("PLATESCRIBE_FUZZ", "2000"))


@pytest.mark.parametrize("name", [target.name for target in TARGETS if not target.native])
@pytest.mark.timeout(3600)
def test_what_leads_to_new_code_is_stood_too(tmp_path: Path, name: str) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed; `pip install atheris` where there is one for this Python")
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(tmp_path), f"-runs={CASES}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    assert f"Done {CASES} runs" in done.stderr
    assert not list(tmp_path.glob("crash-*"))
