"""A disk that is really full: a small one of its own, where the system lets a test mount it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = ["unshare", "-rm", "sh", "-c"]
MOUNT = "mount -t tmpfs -o size=8m none"

FILLING = """
import json, sys, time
from pathlib import Path
import numpy as np
from app.store.search import Query
from app.store.store import Store
from app.store.writer import LogWriter
from tests.app.store.samples import made
disk = Path(sys.argv[1])
ballast, log = disk / "ballast", disk / "log" / "plates.sqlite3"
image = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
writer = LogWriter(lambda: Store.open(log)).start()
writer.submit(made(number=0), image, image).result(60)
try:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
except OSError:
    pass
answers = [writer.submit(made(number=number), image, image) for number in range(1, 60)]
end = time.monotonic() + 60
while "full" not in writer.status.message and time.monotonic() < end:
    time.sleep(0.05)
said = writer.status.message
ballast.unlink()
written = writer.flush(60)
pictures = sum(bool(answer.result(60).crop) for answer in answers)
writer.close()
with Store.open(log) as store:
    print(json.dumps([said, written, pictures, store.count(Query()), store.notices]))
"""


# a writer that begins on a full disk, where not even its lock file can be written
STARTING = """
import json, sys, time
from pathlib import Path
from app.store.search import Query
from app.store.store import Store
from app.store.writer import LogWriter
from tests.app.store.samples import IMAGE, made
disk = Path(sys.argv[1])
ballast, log = disk / "ballast", disk / "log" / "plates.sqlite3"
log.parent.mkdir()
try:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
except OSError:
    pass
writer = LogWriter(lambda: Store.open(log)).start()
said = writer.status.message
answers = [writer.submit(made(number=number), IMAGE, IMAGE) for number in range(20)]
time.sleep(1)
waiting = writer.status.message
ballast.unlink()
written = writer.flush(60)
writer.close()
with Store.open(log) as store:
    print(json.dumps([said, waiting, written, store.count(Query()), store.notices]))
"""


def mountable(folder: Path) -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*UNSHARE, f"{MOUNT} {folder}"], capture_output=True).returncode == 0


def on_a_small_disk(folder: Path, code: str) -> list[object]:
    """What code prints, run with a folder on a disk of 8 MB."""
    if not mountable(folder):
        pytest.skip("a disk for the test cannot be mounted here")
    done = subprocess.run(
        [*UNSHARE, f'{MOUNT} {folder} && exec "$0" -c "$1" {folder}', sys.executable, code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


def test_reads_wait_for_room_on_a_full_disk_and_none_is_lost(tmp_path: Path) -> None:
    said, written, pictures, kept, notices = on_a_small_disk(tmp_path, FILLING)
    assert str(tmp_path) in str(said) and "Free some space" in str(said)
    assert (written, pictures, kept, notices) == (True, 59, 60, [])


def test_a_log_that_begins_on_a_full_disk_is_written_when_there_is_room(tmp_path: Path) -> None:
    said, waiting, *rest = on_a_small_disk(tmp_path, STARTING)
    assert "is full" in str(said) and "is full" in str(waiting)
    assert rest == [True, 20, []]
