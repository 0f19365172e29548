"""The whole demo on its own: without a network, and without a file written anywhere but where that is said."""

import base64
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest

from app.records import Record
from app.store.errors import LogError
from app.store.search import Query
from app.store.store import Store

ROOT = Path(__file__).resolve().parents[1]
SECRET = "hunter2"
SECONDS = 6  # of what the camera sends

# Python's own view of what a run does; what libraries do past it shows in the folders and in the cut-off network.
WATCH = """
import os, sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "os.system"):
        print("REACHED OUT", event, args, file=sys.stderr)
        os._exit(99)
    if event == "subprocess.Popen":
        print("STARTED", os.path.basename(str(args[0])), file=sys.stderr)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and isinstance(args[0], str):
        print("WROTE", os.path.abspath(args[0]), file=sys.stderr)
sys.addaudithook(watch)
sys.argv[0] = "main.py"
sys.dont_write_bytecode = True
from app.config.bootstrap import prepare
prepare()
from app.cli.main import main
raise SystemExit(main(sys.argv[1:]))
"""


LOOKS = {"ldconfig", "ld", "gcc", "cc", "objdump", "uname", "lscpu"}


def at_home(home: Path) -> dict[str, str]:
    """An environment whose every folder for files lies in home."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "YOLO_", "MPL", "DISPLAY"))
    }
    (home / "tmp").mkdir(parents=True)
    return {**kept, "HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": ""}


def cut_off() -> list[str]:
    """What runs a command without any network, as far as this system lets us."""
    command = ["unshare", "-rn"]
    able = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if able else []


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders as on Linux")
def test_the_demo_needs_no_network_and_writes_only_where_it_says(tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    work.mkdir()
    before = files(ROOT / "assets") | files(ROOT / "app") | files(ROOT / "detector") | files(ROOT / "recognizer")
    words = ["run", str(ROOT / "assets/demo/street.mp4"), "--csv", "out/demo.csv", "--video", "out/demo.mp4", "--log"]
    done = subprocess.run(
        [*cut_off(), sys.executable, "-c", WATCH, *words],
        cwd=work,
        env=at_home(home),
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    started = {line.split(" ", 1)[1] for line in done.stderr.splitlines() if line.startswith("STARTED ")}
    assert started <= LOOKS, "programs that look at the machine, none that installs or fetches"
    assert files(work) == {"out/demo.csv", "out/demo.mp4"}
    assert (work / "out/demo.csv").read_text("utf-8-sig").count("\n") > 5
    stray = [name for name in files(home) if not name.startswith((".cache/platescribe/", ".local/share/platescribe/"))]
    assert not stray, "only the program's cache and data folders may have files"
    assert (home / ".local/share/platescribe/log/plates.sqlite3").is_file()
    wrote = [line.split(" ", 1)[1] for line in done.stderr.splitlines() if line.startswith("WROTE ")]
    assert wrote and all(path.startswith((str(home), str(work), "/dev/")) for path in wrote)
    after = files(ROOT / "assets") | files(ROOT / "app") | files(ROOT / "detector") | files(ROOT / "recognizer")
    assert {name for name in after - before if "__pycache__" not in name} == set()


class Camera(http.server.BaseHTTPRequestHandler):
    """Sends a street, then a dark one, to whoever gives a password."""

    stream = b""
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        if (given := self.headers.get("Authorization")) is None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.asked.append(given)
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        with suppress(OSError):  # the program hangs up
            for start in range(0, len(self.stream), 20_000):
                self.wfile.write(self.stream[start : start + 20_000])
                time.sleep(SECONDS * 20_000 / len(self.stream))

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    clip, path = cv2.VideoCapture(str(ROOT / "assets/demo/street.mp4")), tmp_path_factory.mktemp("camera") / "a.ts"
    image = clip.read()[1]
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), 25, (image.shape[1], image.shape[0])
    )
    for number in range(25 * SECONDS):
        writer.write(image)
        image = clip.read()[1] if number < 75 else np.zeros_like(image)
    writer.release()
    Camera.stream = path.read_bytes()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.timeout(600)
def test_a_password_in_an_address_reaches_no_output_no_log_and_no_process_of_ours(tmp_path: Path, camera: str) -> None:
    sources = [f"http://admin:{SECRET}@{camera}/live", f"rtsp://admin:{SECRET}@127.0.0.1:9/live"]  # the latter is off
    words = ["run", *sources, "--csv", "o.csv", "--jsonl", "o.jsonl", "--video", "o.mp4", "--log", "log/l.db"]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *words],
        cwd=tmp_path,
        env=at_home(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log, end = tmp_path / "log" / "l.db", time.monotonic() + 400
    while not visits(log) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.3)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    arguments = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert "127.0.0.1:9/live" in said and camera in said
    assert SECRET in base64.b64decode(Camera.asked[0].removeprefix("Basic ")).decode(), "the camera was given it"
    assert SECRET not in said and not any(SECRET.encode() in words for words in arguments)
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"o.csv", "o.jsonl", "l.db"} <= {path.name for path in written}
    assert camera in (tmp_path / "o.csv").read_text("utf-8-sig") and visits(log), "there was something to keep"
    assert [path for path, data in written.items() if SECRET.encode() in data or SECRET in path.name] == []


def visits(log: Path) -> list[Record]:
    """What the log holds by now."""
    if not log.exists():
        return []
    try:
        with Store.open(log, read_only=True) as store:
            return list(store.each(Query()))
    except LogError:  # it is only just being made
        return []
