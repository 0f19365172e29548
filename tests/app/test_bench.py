import argparse
import json
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench import compare, parts
from app.bench.command import add_arguments, main
from app.bench.figures import Measured, Timing
from app.bench.gpu import Load
from app.bench.live import Camera
from app.bench.material import LIVE_SIZE, prepare
from app.bench.memory import peak_mb
from app.bench.report import HEADLINES, headlines
from app.sources.source import SourceError

ROOT = Path(__file__).resolve().parents[2]
NAMES = st.text(min_size=1, max_size=12)
SECONDS = st.lists(st.floats(1e-6, 10), min_size=1, max_size=50)


def clip(folder: Path, frames: int = 12, size: tuple[int, int] = (320, 180)) -> Path:
    path = folder / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), 25, size)
    for number in range(frames):
        writer.write(np.full((size[1], size[0], 3), 10 * number, np.uint8))
    writer.release()
    return path


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


@given(NAMES, SECONDS)
def test_a_timing_lies_within_its_times(name: str, seconds: list[float]) -> None:
    timing = Timing.of(name, seconds)
    assert 999.9 * min(seconds) <= timing.median_ms <= timing.p95_ms <= 1000.1 * max(seconds)
    assert timing.count == len(seconds)


@given(NAMES, SECONDS, st.dictionaries(NAMES, st.floats(-1e9, 1e9)))
def test_a_measurement_comes_back_from_its_line(name: str, seconds: list[float], values: dict[str, float]) -> None:
    measured = Measured(name, (Timing.of(name, seconds),), values, {"a": name})
    line = measured.to_line()
    assert "\n" not in line
    assert Measured.from_line(line) == measured


@pytest.mark.parametrize("line", ["", "loading", "{}", '{"part": 1}', "[1]"])
def test_what_libraries_print_is_no_measurement(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of the bench"):
        Measured.from_line(line)


def test_the_material_has_a_camera_of_1080p_and_stills(tmp_path: Path) -> None:
    made = prepare(str(clip(tmp_path)), tmp_path, stills=4)
    camera = cv2.VideoCapture(str(made.live))
    assert (camera.get(cv2.CAP_PROP_FRAME_WIDTH), camera.get(cv2.CAP_PROP_FRAME_HEIGHT)) == LIVE_SIZE
    assert len(made.stills) == 4
    assert cv2.imread(str(made.stills[0])).size / 3 == pytest.approx(1e6, rel=0.05)
    assert "320x180, 12 frames" in made.described


def test_a_camera_is_no_material(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="one recording, or pictures"):
        prepare("0", tmp_path)


def test_the_made_up_camera_keeps_its_pace_and_never_ends(tmp_path: Path) -> None:
    camera = Camera(clip(tmp_path, frames=3), fps=100)
    assert camera.isOpened()
    for number in range(5):
        good, image = camera.read()
        assert good and image.shape == (180, 320, 3)
        assert camera.due(number) == pytest.approx(camera.began + number / 100)


def test_peak_memory_grows_with_what_is_held() -> None:
    before = peak_mb()
    held = np.ones(200_000_000, np.uint8)
    assert peak_mb() >= max(before, held.nbytes / 1e6)


def test_without_a_card_nobody_tells_how_busy_it_is() -> None:
    with Load(wanted=False) as load:
        pass
    assert load.busy == -1.0


def test_every_headline_is_there_even_where_its_part_was_left_out() -> None:
    stages = Measured("stages", (), {"detect_ms": 12.34567, "other_ms": 3.0, "frames": 9})
    figures = headlines({"stages": stages})
    assert set(HEADLINES) <= set(figures)
    assert (figures["detect_ms"], figures["fps"]) == (12.3457, None)


def test_pairs_are_measured_in_turns_and_divided_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = Path("here"), Path("there")
    order: list[Path] = []

    def measure(plan: parts.Plan, part: str, tree: Path) -> Measured:
        order.append(tree)
        noise = 1 + len(order) // 2  # the machine gets slower and slower
        return Measured(part, (), dict.fromkeys(compare.COMPARED[part], noise * (1.0 if tree == here else 2.0)))

    monkeypatch.setattr(compare, "measure", measure)
    plan = parts.Plan(None, parts=("stills",))  # type: ignore[arg-type]
    (ratio,) = compare.compare(plan, here, there, 3, lambda _: None)
    assert order == [here, there, there, here, here, there]
    assert ratio.name == "still_ms"
    assert len(ratio.ratios) == 3


def test_a_revision_is_measured_with_this_bench_and_leaves_no_worktree(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "app" / "bench").mkdir(parents=True)
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    (root / "app" / "code.py").write_text("old")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "old"], check=True)
    (root / "app" / "code.py").write_text("new")
    (root / "app" / "bench" / "worker.py").write_text("bench of now")
    with compare.worktree(root, "HEAD") as tree:
        assert (tree / "app" / "code.py").read_text() == "old"
        assert (tree / "app" / "bench" / "worker.py").read_text() == "bench of now"
    listed = subprocess.run([*git, "worktree", "list"], capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) == 1
    with pytest.raises(compare.RevisionError, match="no-such-revision"), compare.worktree(root, "no-such-revision"):
        pass


def test_a_part_that_fails_says_why(tmp_path: Path) -> None:
    plan = parts.Plan(prepare(str(clip(tmp_path)), tmp_path, stills=1), device="nonsense")
    with pytest.raises(parts.PartError, match=r"recording: .*nonsense"):
        parts.measure(plan, "recording", ROOT)


def test_a_part_that_hangs_is_ended_and_tells_where_it_stood(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app" / "bench").mkdir(parents=True)
    code = "import faulthandler, time\nfaulthandler.enable()\nprint('up', flush=True); time.sleep(600)\n"
    (tmp_path / "app" / "bench" / "worker.py").write_text(code)
    with pytest.raises(TimeoutError), parts._Worker(["stills"], tmp_path) as worker:
        assert worker._process.stdout is not None and worker._process.stdout.readline() == "up\n"
        raise TimeoutError
    assert worker._process.poll() is not None
    said = capfd.readouterr().err
    assert "stills was ended" in said
    assert f'{tmp_path}/app/bench/worker.py", line 3' in said


def test_unknown_parts_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments("--part", "everything")) == 2
    assert "everything" in capsys.readouterr().err


def test_the_whole_command_ends_with_one_json_object(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "out" / "bench.json"
    words = [str(clip(tmp_path)), "--device", "cpu", "--part", "stages", "--part", "recording", "--part", "live"]
    assert main(arguments(*words, "--seconds", "2", "--json", str(figures))) == 0
    last = json.loads(capfd.readouterr().out.strip().splitlines()[-1])
    assert last == json.loads(figures.read_text())
    assert last["fps"] > 0 and last["detect_ms"] > 0 and last["peak_mb"] > 50
    assert 0 <= last["live_dropped"] <= 1
    assert last["still_ms"] is None
    assert {"decode", "resize", "detect", "detect at 640", "track", "draw"} <= set(last["parts"]["stages"])
