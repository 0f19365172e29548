"""The window on a real X server, with real input events and the real networks."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.gui.shell import screenshots

ROOT = Path(__file__).resolve().parents[3]
REAL_CLIP = ROOT.parent / "shared" / "data" / "videos" / "in_KA22P3368_552x530.mp4"
DEMO_CLIP = ROOT / "assets" / "demo" / "street.mp4"
# With screenshots asked for, also on a dense screen and in the dark.
LOOKS = [("light", 1), ("dark", 1), ("light", 2), ("dark", 2)] if screenshots() else [("light", 1)]


@pytest.fixture
def x_display(request: pytest.FixtureRequest) -> Iterator[str]:
    """A screen of its own, twice as large for twice the density."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    scale = request.node.callspec.params.get("scale", 1)
    reading, writing = os.pipe()
    size = f"{1440 * scale}x{900 * scale}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        yield f":{answer.readline().strip()}"
    server.terminate()
    server.wait(10)


@pytest.mark.xvfb
@pytest.mark.timeout(280)
@pytest.mark.parametrize(("look", "scale"), LOOKS)
def test_open_wait_search_correct_export_watch_close(x_display: str, tmp_path: Path, look: str, scale: int) -> None:
    clip = REAL_CLIP if REAL_CLIP.is_file() and scale == 1 and look == "light" else DEMO_CLIP
    command = [sys.executable, "-m", "tests.app.gui.end_to_end", str(clip), str(tmp_path), "--look", look]
    if (shots := screenshots()) is not None:
        command += ["--shots", str(shots)]
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": x_display, "QT_SCALE_FACTOR": str(scale), "XDG_RUNTIME_DIR": str(tmp_path)}
    (tmp_path).chmod(0o700)
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=270)
    assert run.returncode == 0, run.stdout + run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["plates"] and result["found"] >= 1
    assert result["corrected"] == ["TE57ED", result["plates"][0]]
    assert any("TE57ED" in line for line in result["lines"][1:])
    assert len(result["lines"]) == 1 + len(result["plates"])
    assert result["hit"] and result["clean"] and result["closed_s"] < 3
