"""`serve` as a process of its own: real networks, the demo clip as a camera, HTTP, and a clean end."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.config.paths import DEMO_CLIP, ROOT
from app.store.search import Query
from app.store.store import Store
from tests.app.notifications.servers import free_port, wait_until

TOKEN = "a token that is long enough"


def ask(port: int, path: str) -> object:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def answers(port: int) -> bool:
    try:
        return bool(ask(port, "/health"))
    except OSError:
        return False


def test_a_service_reads_answers_and_ends_cleanly_with_all_it_read(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no SIGTERM for programs")
    port, log = free_port(), tmp_path / "plates.sqlite3"
    words = [sys.executable, "main.py", "serve", str(DEMO_CLIP), "--log", str(log), "--http", str(port)]
    environment = os.environ | {"PLATESCRIBE_TOKEN": TOKEN}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: answers(port), 120)
        wait_until(lambda: bool(ask(port, "/api/v1/visits")["visits"]), 120)  # type: ignore[index]
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()

    assert process.returncode == 0, output
    with Store.open(log, read_only=True) as store:
        assert store.count(Query()) > 0


def test_without_sources_it_says_what_to_do(tmp_path: Path) -> None:
    words = [sys.executable, "main.py", "serve", "--saved", str(tmp_path / "none.json")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 1
    assert "add cameras in the window" in done.stderr
