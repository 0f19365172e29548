"""A disk that is really full: a small one of its own, where the system lets a test mount it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UNSHARE = ["unshare", "-rm", "sh", "-c"]
MOUNT = "mount -t tmpfs -o size=8m none"

FILLING = """
import json, sys, time
from pathlib import Path
import numpy as np
from app.platelog.search import Query
from app.platelog.store import Store
from app.platelog.writer import LogWriter
from tests.app.platelog.log_samples import made
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


def mountable(folder: Path) -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*UNSHARE, f"{MOUNT} {folder}"], capture_output=True).returncode == 0


def test_reads_wait_for_room_on_a_full_disk_and_none_is_lost(tmp_path: Path) -> None:
    if not mountable(tmp_path):
        pytest.skip("a disk for the test cannot be mounted here")
    done = subprocess.run(
        [*UNSHARE, f'{MOUNT} {tmp_path} && exec "$0" -c "$1" {tmp_path}', sys.executable, FILLING],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    said, written, pictures, kept, notices = json.loads(done.stdout)
    assert str(tmp_path) in said and "Free some space" in said
    assert (written, pictures, kept, notices) == (True, 59, 60, [])
