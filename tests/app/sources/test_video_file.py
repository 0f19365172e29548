import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.pipeline.types import Frame, WallClock
from app.sources.identify import expand, identify
from app.sources.picture_file import PictureFile
from app.sources.source import SourceError, SourceInfo
from app.sources.video_file import VideoFile
from tests.app.sources.clips import set_creation_time, set_durations, set_rotation, write_clip
from tests.app.sources.ffmpeg import make


def read_all(path: Path, start: datetime | None = None) -> tuple[SourceInfo, list[Frame], str]:
    source = VideoFile(identify(str(path)), start)
    info, frames, fault = source.open(), [], ""
    try:
        while (frame := source.read()) is not None:
            frames.append(frame)
    except SourceError as error:
        fault = str(error)
    source.close()
    return info, frames, fault


@pytest.mark.parametrize("name", ["a.mp4", "b.avi", "with blank & ü 100%d.mp4"])
def test_frames_come_in_order_with_the_times_of_the_container(tmp_path: Path, name: str) -> None:
    info, frames, fault = read_all(write_clip(tmp_path / name, frames=20, fps=10))
    assert not fault
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.media_time for frame in frames] == pytest.approx([i / 10 for i in range(20)], abs=0.002)
    levels = [float(frame.image[-20:, -20:].mean()) for frame in frames]
    assert levels == pytest.approx([5 + 10 * i for i in range(20)], abs=4)
    assert (info.width, info.height, info.frames) == (160, 120, 20)
    assert info.duration_s == pytest.approx(2.0, abs=0.11)


def test_a_variable_frame_rate_keeps_its_own_times(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "vfr.mp4", frames=6, fps=10)
    set_durations(path, [1, 3, 1, 5, 1, 1])
    _, frames, fault = read_all(path)
    assert not fault
    assert [frame.media_time for frame in frames] == pytest.approx([0, 0.1, 0.4, 0.5, 1.0, 1.1], abs=0.003)


def test_a_rotation_tag_turns_the_picture_upright(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "turned.mp4")
    set_rotation(path, 90)
    info, frames, _ = read_all(path)
    assert frames[0].image.shape == (160, 120, 3)
    assert (info.width, info.height) == (120, 160)
    corner = frames[0].image[:30, -20:]
    assert corner.mean() > 200, "the corner at the top left belongs at the top right after a quarter turn"


def test_a_truncated_recording_gives_what_is_left_and_names_the_file(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "cut.avi", frames=60, fps=10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    _, frames, fault = read_all(path)
    assert 15 <= len(frames) < 45
    assert str(path) in fault and "kept" in fault


def test_an_mp4_without_its_index_is_no_video_that_can_be_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "cut.mp4", frames=30)
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(SourceError, match=r"cut\.mp4: not a video"):
        VideoFile(identify(str(path))).open()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"hello, this is no video\n" * 40, "not a video"), (b"\0" * 900, "not a")],
)
def test_files_that_are_no_video_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "wrong.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=words) as caught:
        VideoFile(identify(str(path))).open()
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_vanished_is_named(tmp_path: Path) -> None:
    spec = identify(str(write_clip(tmp_path / "a.avi")))
    (tmp_path / "a.avi").unlink()
    with pytest.raises(SourceError, match="no such file"):
        VideoFile(spec).open()


def test_the_start_is_the_time_of_the_file_less_the_duration(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.avi", frames=50, fps=10)
    ended = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    os.utime(path, (ended.timestamp(), ended.timestamp()))
    info, frames, _ = read_all(path)
    assert info.clock is WallClock.FILE_TIME
    assert info.start.tzinfo is not None
    assert info.start == ended - timedelta(seconds=5)
    assert frames[10].wall_time == info.start + timedelta(seconds=frames[10].media_time)


def test_the_container_knows_better_and_the_user_best(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4")
    created = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
    set_creation_time(path, int((created - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds()))
    info, _, _ = read_all(path)
    assert (info.start, info.clock) == (created, WallClock.CONTAINER)
    given = datetime(2025, 1, 1, tzinfo=UTC)
    info, frames, _ = read_all(path, given)
    assert (info.start, info.clock, frames[0].wall_time) == (given, WallClock.GIVEN, given)


def test_a_creation_time_of_zero_or_of_the_future_is_none(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4")
    for seconds in (0, 1, 2**32 - 1):
        set_creation_time(path, seconds)
        assert read_all(path)[0].clock is WallClock.FILE_TIME


def test_a_recording_can_be_read_again_from_its_start(tmp_path: Path) -> None:
    source = VideoFile(identify(str(write_clip(tmp_path / "a.avi"))))
    source.open()
    first = source.read()
    source.open()
    again = source.read()
    assert first and again and again.index == 0 and np.array_equal(first.image, again.image)
    source.close()


@pytest.mark.data
def test_a_real_rotation_tag_is_honoured(shared_data: Path) -> None:
    source = VideoFile(identify(str(shared_data / "videos" / "in_scooter_640x352.mp4")))
    info = source.open()
    frame = source.read()
    source.close()
    assert frame is not None and frame.image.shape == (640, 352, 3) and (info.width, info.height) == (352, 640)


@pytest.mark.data
def test_a_real_variable_frame_rate_is_honoured(shared_data: Path) -> None:
    _, frames, fault = read_all(shared_data / "videos" / "vn_toll_booth_1280x720.mp4")
    times = [frame.media_time for frame in frames]
    assert not fault and len(frames) == 339
    assert times[-1] == pytest.approx(18.689, abs=0.01)
    steps = np.diff(times)
    assert steps.min() < 0.02 and steps.max() > 0.15


@pytest.mark.parametrize("name", ["pipe.mp4", "pipe.jpg"])
@pytest.mark.parametrize("kind", [VideoFile, PictureFile])
@pytest.mark.timeout(20)
def test_a_pipe_is_refused_by_name_and_not_waited_for(
    tmp_path: Path, name: str, kind: type[VideoFile] | type[PictureFile]
) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match=f"{name}: not a file"):
        kind(identify(str(tmp_path / name))).open()


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://{host}/x.ts\n#EXT-X-ENDLIST\n",
    "master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://{host}/x.m3u8\n",
    "concat": "ffconcat version 1.0\nfile http://{host}/x.mp4\n",
    "sdp": "v=0\no=- 0 0 IN IP4 {name}\ns=x\nc=IN IP4 {name}\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "rtsp": "RTSPtextrtsp://{host}/x",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".sdp"])
def test_a_file_that_names_an_address_reaches_nobody(tmp_path: Path, kind: str, suffix: str) -> None:
    """A recording someone sends may be a playlist: opening it must not tell its sender so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        name, port = server.getsockname()
        path = tmp_path / f"a{suffix}"
        path.write_text(PLAYLISTS[kind].format(host=f"{name}:{port}", name=name, port=port))
        with pytest.raises(SourceError, match=f"a{suffix}"):
            VideoFile(identify(str(path))).open()
        with pytest.raises(TimeoutError):
            server.accept()


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def test_av1_is_decoded_by_another_build(tmp_path: Path) -> None:
    path = make(tmp_path / "x.mp4", "-c:v", "libsvtav1", "-preset", "12", "-g", "12")
    info, frames, fault = read_all(path)
    assert (info.width, info.height, info.frames, fault) == (160, 120, 36, "")
    assert [frame.media_time for frame in frames] == pytest.approx([i / 12 for i in range(36)], abs=0.002)
    plain = read_all(make(tmp_path / "y.mp4", *H264))[1]
    assert np.abs(frames[20].image.astype(int) - plain[20].image).mean() < 12


def test_seeking_in_it_gives_the_frames_from_there_on(tmp_path: Path) -> None:
    source = VideoFile(identify(str(make(tmp_path / "x.mp4", "-c:v", "libsvtav1", "-preset", "12", "-g", "12"))))
    source.open()
    source.seek(1.5)
    frame = source.read()
    source.close()
    assert frame is not None and frame.media_time == pytest.approx(1.5, abs=0.01)


def test_a_codec_that_nobody_decodes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.decoder_process.WORKER", tmp_path / "nowhere.py")
    _, frames, fault = read_all(make(tmp_path / "x.mp4", "-c:v", "libsvtav1", "-preset", "12"))
    assert not frames and "holds no picture that can be decoded; its codec is AV01" in fault


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts", ".avi"])
def test_the_second_track_of_a_dash_cam_is_a_source_of_its_own(tmp_path: Path, ending: str) -> None:
    second = ("-f", "lavfi", "-t", "3", "-i", "color=red:size=96x64:rate=12", "-map", "0:v", "-map", "1:v")
    path = make(tmp_path / f"two{ending}", *second, *H264, "-streamid", "1:4200")
    specs = expand(str(path))
    assert [spec.source_id for spec in specs] == [f"{path} (track 1)", f"{path} (track 2)"]
    front, rear = VideoFile(specs[0]), VideoFile(specs[1])
    sizes = []
    for source in (front, rear):
        info = source.open()
        frames = 0
        while (frame := source.read()) is not None:
            frames += 1
            image = frame.image
        sizes.append((info.width, info.height, frames, image.shape[:2]))
        source.close()
    assert sizes == [(160, 120, 36, (120, 160)), (96, 64, 36, (64, 96))]
    assert image[..., 2].mean() > 200 > 60 > image[..., 0].mean()


def test_sound_that_is_longer_than_the_picture_is_no_fault_and_its_times_count(tmp_path: Path) -> None:
    sound = ("-f", "lavfi", "-t", "8", "-i", "anoisesrc=d=8:r=8000:a=0.01", "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    for ending in (".mkv", ".mp4", ".ts"):
        _, frames, fault = read_all(make(tmp_path / f"x{ending}", *sound, *H264))
        assert (len(frames), fault) == (36, ""), ending
    later = ("-vf", "setpts=PTS+5/TB", "-fps_mode", "passthrough")
    path = make(tmp_path / "late.mkv", *sound, *later, *H264)
    _, frames, fault = read_all(path)
    assert not fault and len(frames) == 36
    assert (frames[0].media_time, frames[-1].media_time) == pytest.approx((5.0, 5 + 35 / 12), abs=0.1)


def test_a_bare_stream_goes_by_the_rate_of_its_header(tmp_path: Path) -> None:
    _, frames, fault = read_all(make(tmp_path / "x.264", *H264))
    assert not fault and len(frames) == 36
    assert frames[-1].media_time == pytest.approx(35 / 12, abs=0.001)


def test_two_parts_that_were_joined_go_on_counting(tmp_path: Path) -> None:
    first = make(tmp_path / "a.ts", *H264)
    second = make(tmp_path / "b.ts", *H264, "-output_ts_offset", "40000")
    for name, parts in (("jump.ts", (first, second)), ("again.ts", (first, first)), ("back.ts", (second, first))):
        joined = tmp_path / name
        joined.write_bytes(b"".join(part.read_bytes() for part in parts))
        _, frames, fault = read_all(joined)
        times = [frame.media_time for frame in frames]
        assert not fault and len(frames) >= 70, name
        assert times == sorted(times) and times[-1] == pytest.approx(6.0, abs=0.5), name


def test_a_video_of_one_frame_is_a_still(tmp_path: Path) -> None:
    _, frames, fault = read_all(make(tmp_path / "x.mp4", *H264, "-frames:v", "1"))
    assert [frame.is_still for frame in frames] == [True] and not fault
    assert not any(frame.is_still for frame in read_all(make(tmp_path / "y.mp4", *H264))[1])
