import threading
import time
from pathlib import Path

import pytest

from app.sources.playback import PlayedVideo
from app.sources.source import SourceKind, SourceSpec
from tests.app.gui.fakes import make_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "street.mp4", 4.0)


def played(clip: Path, **wishes: object) -> PlayedVideo:
    video = PlayedVideo(SourceSpec(SourceKind.VIDEO, "street", str(clip)), **wishes)  # type: ignore[arg-type]
    video.open()
    return video


def test_a_recording_takes_as_long_as_it_lasts_divided_by_its_speed(clip: Path) -> None:
    video = played(clip, speed=4.0)
    began, times = time.monotonic(), []
    while (frame := video.read()) is not None:
        times.append(frame.media_time)
    took = time.monotonic() - began
    video.close()
    assert times == sorted(times)
    assert times[-1] == pytest.approx(3.9, abs=0.11)
    assert took >= 3.9 / 4 - 0.05


def test_a_slow_taker_misses_frames_and_not_time(clip: Path) -> None:
    video = played(clip)
    video.read()
    began = time.monotonic()
    time.sleep(0.9)
    frame = video.read()
    elapsed = time.monotonic() - began
    video.close()
    assert frame is not None
    assert video.left_out >= 5
    assert frame.media_time == pytest.approx(elapsed, abs=0.3)


def test_paused_it_shows_the_frame_it_starts_at_and_then_waits(clip: Path) -> None:
    video = played(clip, start_s=2.0, paused=True)
    first = video.read()
    assert first is not None
    assert first.media_time == pytest.approx(2.0, abs=0.05)
    got: list[object] = []
    reader = threading.Thread(target=lambda: got.append(video.read()))
    reader.start()
    reader.join(0.3)
    assert reader.is_alive() and not got
    video.step()
    reader.join(2.0)
    assert got[0].media_time == pytest.approx(2.1, abs=0.05)  # type: ignore[attr-defined]
    video.close()


def test_release_ends_a_reader_that_waits(clip: Path) -> None:
    video = played(clip, paused=True)
    video.read()
    got: list[object] = []
    reader = threading.Thread(target=lambda: got.append(video.read()))
    reader.start()
    video.release()
    reader.join(2.0)
    assert got == [None]
    video.close()


def test_going_on_after_a_pause_does_not_skip_what_was_paused(clip: Path) -> None:
    video = played(clip)
    before = video.read()
    video.set_paused(True)
    time.sleep(0.5)
    video.set_paused(False)
    after = video.read()
    video.close()
    assert before is not None and after is not None
    assert after.media_time - before.media_time == pytest.approx(0.1, abs=0.01)


def test_a_speed_of_nothing_is_refused(clip: Path) -> None:
    with pytest.raises(ValueError, match="above 0"):
        PlayedVideo(SourceSpec(SourceKind.VIDEO, "street", str(clip)), speed=0.0)
