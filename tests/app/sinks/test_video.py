import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.pipeline.types import FrameResult
from app.sinks import video
from app.sinks.row_file import OutputError
from app.sinks.video import AnnotatedVideo, annotated_path
from app.sources.identify import identify
from app.sources.source import SourceSpec
from app.sources.video_file import VideoFile
from tests.app.runs import command, picture, read_files
from tests.app.sources.clips import set_durations, write_clip
from tests.app.sources.ffmpeg import make


def read_back(path: Path) -> tuple[int, float, list[float]]:
    source = VideoFile(identify(str(path)))
    info, times = source.open(), []
    while (frame := source.read()) is not None:
        times.append(frame.media_time)
    source.close()
    return len(times), info.duration_s or 0, times


@pytest.mark.parametrize(("name", "out"), [("a.mp4", "o.mp4"), ("a.avi", "o.avi"), ("a.avi", "o.mp4")])
def test_the_annotated_video_is_as_long_as_its_input_and_has_the_boxes(tmp_path: Path, name: str, out: str) -> None:
    clip = write_clip(tmp_path / name, frames=24, fps=12)
    run = read_files([clip], video=tmp_path / out)
    frames, duration, _ = read_back(tmp_path / out)
    assert frames == 24 and duration == pytest.approx(2.0, abs=0.1)
    capture = cv2.VideoCapture(str(tmp_path / out), cv2.CAP_FFMPEG)
    images = [capture.read()[1] for _ in range(24)]
    assert not np.allclose(images[10][40, 32:88], images[10][100, 32:88], atol=25), "a box is drawn at the plate"
    assert run.outputs.written == [tmp_path / out]


def test_the_annotated_video_of_a_variable_rate_shows_frames_as_long_as_they_were(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "vfr.mp4", frames=8, fps=10)
    set_durations(clip, [1, 1, 6, 1, 1, 6, 1, 1])
    read_files([clip], video=tmp_path / "o.mp4")
    _, original, _ = read_back(clip)
    _, duration, _ = read_back(tmp_path / "o.mp4")
    assert duration == pytest.approx(original, abs=0.25)


def test_several_sources_get_an_annotated_video_or_picture_each(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / "a.mp4", 5), write_clip(tmp_path / "b.avi", 5), picture(tmp_path / "c.png")]
    written = read_files(paths, video=tmp_path / "out.mp4").outputs.written
    assert sorted(path.name for path in written) == ["out_a.mp4", "out_b.mp4", "out_c.jpg"]
    assert all(path.stat().st_size > 500 for path in written)


def test_names_of_annotated_videos_never_clash(tmp_path: Path) -> None:
    taken: set[Path] = set()
    specs = [SourceSpec(identify("0").kind, name, name) for name in ("x/a.mp4", "y/a.mp4", "rtsp://***@h/p?q=1")]
    names = [annotated_path(tmp_path / "o.mp4", spec, False, False, taken).name for spec in specs]
    assert names == ["o_a.mp4", "o_a_2.mp4", "o_p_q_1.mp4"]


def test_a_video_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    source = VideoFile(identify(str(write_clip(tmp_path / "a.avi"))))
    with pytest.raises(OutputError, match=r"o\.xyz"):
        AnnotatedVideo(tmp_path / "o.xyz", source.open())
    source.close()


def test_an_annotated_video_never_replaces_another_source(clips: Path) -> None:
    """`--video in/v.avi` beside a source v_a.avi, as left by the run before."""
    before = write_clip(clips / "v_a.avi", frames=3).read_bytes()
    assert command(str(clips), "--video", str(clips / "v.avi")) == 1
    assert (clips / "v_a.avi").read_bytes() == before


def test_a_text_named_for_the_video_stays(clips: Path) -> None:
    (clips.parent / "notes.txt").write_text("mine")
    assert command(str(clips / "a.avi"), "--video", str(clips.parent / "notes.txt")) == 1
    assert (clips.parent / "notes.txt").read_text() == "mine"


def test_a_video_ends_before_the_disk_is_full_and_can_be_played(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, out = write_clip(clips / "long.avi", frames=20), clips.parent / "v.mp4"
    usage, left = namedtuple("usage", "free"), [9]

    def disk_usage(_: Path) -> object:
        left[0] -= 1
        return usage(1 << 40 if left[0] > 0 else 1 << 20)

    monkeypatch.setattr(video.shutil, "disk_usage", disk_usage)
    run = read_files([clip], video=out)
    assert run.report.frames == 20
    [error] = run.errors
    assert str(out) in error and "nearly full" in error
    source = VideoFile(identify(str(out)))
    assert source.open().frames == 7
    source.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of file size on Windows")
def test_a_video_that_a_limit_cuts_is_told_and_not_said_to_be_written(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from tests.app.runs import read_files
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
run = read_files([Path(sys.argv[1])], video=Path(sys.argv[2]))
print(run.outputs.written, run.errors)
"""
    clip, out = write_clip(tmp_path / "a.avi", 40), tmp_path / "o.mp4"
    words = [sys.executable, "-c", code, str(clip), str(out)]
    done = subprocess.run(words, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[] ") and f"{out}: the video could not be finished" in done.stdout


@pytest.mark.parametrize(("aspect", "size"), [("6/11", (704, 528)), ("16/11", (512, 288)), ("1/1", (352, 288))])
def test_a_video_looks_as_players_show_the_recording(tmp_path: Path, aspect: str, size: tuple[int, int]) -> None:
    wide = "704" if aspect == "6/11" else "352"
    scaled = ("-vf", f"scale={wide}:288,setsar={aspect}", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    source = VideoFile(identify(str(make(tmp_path / "x.mp4", *scaled, seconds=1))))
    info = source.open()
    frame = source.read()
    source.close()
    assert frame is not None
    video = AnnotatedVideo(tmp_path / "out.mp4", info)
    video.add(FrameResult(frame, ()))
    video.close()
    written = cv2.VideoCapture(str(tmp_path / "out.mp4"), cv2.CAP_FFMPEG)
    assert (int(written.get(cv2.CAP_PROP_FRAME_WIDTH)), int(written.get(cv2.CAP_PROP_FRAME_HEIGHT))) == size
