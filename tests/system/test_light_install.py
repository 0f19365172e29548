"""Reading needs none of the libraries of training: with only what `make run` installs, all of it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config.paths import DEMO_CLIP, ROOT

#: What requirements.txt and requirements-test.txt bring and requirements-read.txt does not.
LEFT_OUT = ("torch", "torchvision", "ultralytics", "triton", "scipy", "matplotlib", "yaml", "onnx", "nncf", "polars")

WITHOUT = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LEFT_OUT}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name.partition(".")[0] in {LEFT_OUT} else real(name, *more)
"""


def _python(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run code where the libraries of training are absent and the user's cache is empty."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    environment = {**os.environ, **folders}
    command = [sys.executable, "-c", WITHOUT + code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_the_demo_clip_is_read_and_nothing_is_converted(tmp_path: Path) -> None:
    words = ["main.py", "run", str(DEMO_CLIP), "--csv", str(tmp_path / "reads.csv")]
    done = _python(f"sys.argv = {words}\nfrom app.__main__ import main\nsys.exit(main())", tmp_path)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "reads.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + 7
    assert not list((tmp_path / "cache").rglob("*.xml")), "a network was converted: is the one that ships up to date?"


def test_the_window_loads_and_draws_what_the_network_saw(tmp_path: Path) -> None:
    code = (
        "from app.config import bootstrap; bootstrap.prepare()\n"
        "import app.gui.startup, numpy as np\n"
        "from recognizer.explain import explain\nfrom recognizer.reader import PlateReader\n"
        "print(explain(np.full((32, 96, 3), 200, np.uint8), PlateReader(device='cpu'), 600).shape[1])"
    )
    done = _python(code, tmp_path)
    assert done.stdout.strip() == "600", done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["recognizer", "train", "--data", "plates", "--out", "run"],
        ["detector", "train", "--data", "data.yaml"],
        ["detector", "export", "--weights", "best.pt", "--out", "mine.safetensors"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_command_that_needs_more_says_in_one_line_what_to_install(tmp_path: Path, words: list[str]) -> None:
    done = _python(f"from {words[0]}.__main__ import main\nsys.exit(main({words[1:]}))", tmp_path)
    assert done.returncode in (1, 2)
    assert len(done.stderr.splitlines()) == 1 and "pip install 'platescribe[train]'" in done.stderr


def test_a_device_that_needs_torch_says_so(tmp_path: Path) -> None:
    words = ["main.py", "run", str(DEMO_CLIP), "--device", "torch"]
    done = _python(f"sys.argv = {words}\nfrom app.__main__ import main\nsys.exit(main())", tmp_path)
    assert done.returncode != 0 and "platescribe[train]" in done.stderr + done.stdout
