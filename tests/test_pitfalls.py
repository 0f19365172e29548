"""Pitfalls of the libraries that no other test covers: what they do behind one's back, and what must not be used."""

import ast
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sources import stream
from app.sources.identify import identify
from app.sources.source import SourceError

ROOT = Path(__file__).resolve().parent.parent
OURS = [ROOT / "main.py", *(path for name in ("app", "detector", "recognizer") for path in (ROOT / name).rglob("*.py"))]
UNWANTED = {"av", "PyQt5.QtMultimedia"}  # a second FFmpeg beside cv2's; a library that is missing on many systems
# Runs in a process of its own, into which cv2 is not loaded.
OUT_OF_PROCESS = ("decode_worker.py",)

WATCHED_IMPORT = """
from app.config import bootstrap
bootstrap.prepare()
import json, os, sys
asked = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo") or event == "subprocess.Popen" and "pip" in repr(arguments):
        asked.append(f"{event} {arguments}")
sys.addaudithook(watch)
import cv2, torch
torch.set_num_threads(2)
cv2.setNumThreads(2)
from detector import _ultralytics
_ultralytics.load()
import ultralytics
print(json.dumps({
    "asked": asked, "torch": torch.get_num_threads(), "cv2": cv2.getNumThreads(),
    "omp": os.environ["OMP_NUM_THREADS"], "sync": ultralytics.settings["sync"], "file": str(ultralytics.settings.file),
}))
"""


def test_ultralytics_asks_nobody_installs_nothing_and_leaves_the_threads_alone(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YOLO_", "OMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT],
        cwd=ROOT,
        env=environment | {"XDG_CACHE_HOME": str(tmp_path), "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["asked"] == []
    assert (told["torch"], told["cv2"], told["omp"], told["sync"]) == (2, 2, "2", False)
    assert Path(told["file"]).is_relative_to(tmp_path)


def test_torch_and_torchvision_are_a_pair() -> None:
    import torch
    from torchvision.ops import nms

    boxes = torch.tensor([[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [20.0, 20.0, 29.0, 29.0]])
    assert nms(boxes, torch.tensor([0.5, 0.9, 0.7]), 0.5).tolist() == [1, 2]


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_camera_that_never_answers_is_given_up_within_the_time_out(
    scheme: str, silent_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "OPEN_TIMEOUT_S", 1.0)
    source = stream.NetworkStream(identify(f"{scheme}://127.0.0.1:{silent_server}/live"))
    began = time.monotonic()
    with pytest.raises(SourceError, match="no connection"):
        source.open()
    assert time.monotonic() - began < 6, "the time-out holds only where the backend is named"


def imported(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call of an attribute, by the attribute's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


@pytest.mark.parametrize("path", OURS, ids=[str(path.relative_to(ROOT)) for path in OURS])
def test_what_is_known_to_fail_is_not_used(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unwanted = UNWANTED - ({"av"} if path.name in OUT_OF_PROCESS else set())
    assert not imported(tree) & unwanted
    for name, call in called(tree):
        assert name not in ("CascadeClassifier", "track"), "opencv 5 has no cascades; trackers are one a source"
        assert name != "predict" or path.parts[-2] == "detector", "ultralytics opens addresses without a time-out"
        assert name != "VideoCapture" or len(call.args) >= 2, "time-outs hold only where the backend is named"
        assert name != "terminate" or "hread" not in ast.unparse(call.func), "a thread is asked to end, never killed"
