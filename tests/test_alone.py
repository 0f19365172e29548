"""The whole demo on its own: without a network, and without a file written anywhere but where that is said."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECRET = "hunter2"

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
from app.bootstrap import prepare
prepare()
from app.cli import main
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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_password_in_an_address_reaches_no_output_no_log_and_no_process_of_ours(tmp_path: Path) -> None:
    address = f"rtsp://admin:{SECRET}@127.0.0.1:9/live"  # nobody answers there
    words = ["run", address, "--csv", "o.csv", "--jsonl", "o.jsonl", "--video", "o.mp4", "--log", "log/l.db"]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *words],
        cwd=tmp_path,
        env=at_home(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    end = time.monotonic() + 200
    while not (tmp_path / "o.csv").exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(2)  # a few tries to connect
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    arguments = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert "127.0.0.1:9/live" in said
    assert SECRET not in said and not any(SECRET.encode() in words for words in arguments)
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"o.csv", "l.db"} <= {path.name for path in written}
    assert [path for path, data in written.items() if SECRET.encode() in data or SECRET in path.name] == []
