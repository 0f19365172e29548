"""Ctrl-C, or a polite kill, ends a run after its frame: what was read is kept, and --resume goes on."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.runs import rows_of
from tests.app.sources.clips import write_clip

ROOT = Path(__file__).parents[2]
CLIPS = 6

# Everything is real but for the networks, which take their time and say when they have begun.
RUN = """
import sys, time
from app.config import bootstrap
bootstrap.prepare()
from app.pipeline import loading
from app.pipeline.pipeline import Pipeline
from tests.app.runs import Networks
class Slow(Networks):
    def detect(self, images):
        time.sleep(float(sys.argv[1]))
        print("looking", flush=True)
        return super().detect(images)
loading.load_pipeline = lambda device, tuning: Pipeline(Slow(), Slow())
from app.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


def start(pause_s: float, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(pause_s), "run", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a process there")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_read_and_goes_on_with_resume(tmp_path: Path, kind: signal.Signals) -> None:
    folder, out = tmp_path / "in", tmp_path / "o.csv"
    folder.mkdir()
    names = [write_clip(folder / f"{number}.avi", frames=12).name for number in range(CLIPS)]
    run = start(0.3, str(folder), "--csv", str(out))
    assert run.stdout is not None
    for _ in range(5):  # the first clip is done, others are not
        assert run.stdout.readline()
    run.send_signal(kind)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130 and "Stopped; what was read so far is kept. Add --resume" in said
    assert 0 < len(rows_of(out)) < CLIPS
    again = start(0.0, str(folder), "--csv", str(out), "--resume")
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert [Path(row["source"]).name for row in rows_of(out)] == names
    assert not list(tmp_path.glob("*.state"))
