"""The window on a real X server, with real input events and the real networks."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.store.errors import LogError
from app.store.search import Query
from app.store.store import Store
from tests.app.gui.shell import screenshots

ROOT = Path(__file__).resolve().parents[3]
REAL_CLIP = ROOT.parent / "shared" / "data" / "videos" / "in_KA22P3368_552x530.mp4"
DEMO_CLIP = ROOT / "assets" / "demo" / "street.mp4"
# With screenshots asked for, also on a dense screen and in the dark.
LOOKS = [("light", 1), ("dark", 1), ("light", 2), ("dark", 2)] if screenshots() else [("light", 1)]


@pytest.mark.xvfb
@pytest.mark.timeout(280)
@pytest.mark.parametrize(("look", "scale"), LOOKS)
def test_open_wait_search_correct_export_watch_close(x_display: str, tmp_path: Path, look: str, scale: int) -> None:
    clip = REAL_CLIP if REAL_CLIP.is_file() and scale == 1 and look == "light" else DEMO_CLIP
    command = [sys.executable, "-m", "tests.system.window.end_to_end", str(clip), str(tmp_path), "--look", look]
    if (shots := screenshots()) is not None:
        command += ["--shots", str(shots)]
    result = run_on(x_display, command, tmp_path, QT_SCALE_FACTOR=str(scale))
    assert result["plates"] and result["found"] >= 1
    assert result["corrected"] == ["TE57ED", result["plates"][0]]
    assert any("TE57ED" in line for line in result["lines"][1:])
    assert len(result["lines"]) == 1 + len(result["plates"])
    assert result["hit"] and result["clean"]


@pytest.mark.xvfb
def test_the_keys_of_the_window_work_while_a_plate_is_typed(x_display: str, tmp_path: Path) -> None:
    """An X server has keys of its own for editing: the search field, which has the focus first, would take Ctrl+E."""
    result = run_on(x_display, [sys.executable, "-m", "tests.system.window.keys_on_x"], tmp_path)
    assert result == {"done": ["Ctrl+E", "Ctrl+D"], "text": "AB1", "platform": "xcb"}


@pytest.mark.xvfb
@pytest.mark.timeout(120)
def test_a_polite_kill_closes_the_window_and_the_log(x_display: str, tmp_path: Path) -> None:
    """The program as a user starts it; the lock's file is empty only after a writer that ended well."""
    log = tmp_path / "plates.sqlite3"
    tmp_path.chmod(0o700)
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": x_display, "XDG_RUNTIME_DIR": str(tmp_path)}
    command = [sys.executable, "main.py", str(DEMO_CLIP), "--log", str(log)]
    program = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not _has_read(log) and time.monotonic() < until and program.poll() is None:
        time.sleep(0.2)
    assert _has_read(log)
    program.terminate()
    _, said = program.communicate(timeout=30)
    assert program.returncode == 0 and said == "", said
    assert log.with_name("plates.sqlite3.lock").read_text() == ""


def _has_read(log: Path) -> bool:
    """Whether a visit is in the log, looked at as another process would."""
    if not log.is_file():
        return False
    try:
        with Store.open(log, read_only=True) as store:
            return store.count(Query()) > 0
    except LogError:  # it is just being made
        return False


def run_on(display: str, command: list[str], folder: Path, **variables: str) -> dict[str, Any]:
    """Run a program on a display and return the JSON object it prints last."""
    folder.chmod(0o700)
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": display, "XDG_RUNTIME_DIR": str(folder), **variables}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=270)
    assert run.returncode == 0, run.stdout + run.stderr
    result: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return result
