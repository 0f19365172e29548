"""When each of several recordings began."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.sources.count_on import count_on
from app.sources.identify import expand, identify
from app.sources.source import SourceError
from tests.app.sources.clips import write_clip
from tests.app.sources.ffmpeg import make

START = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


def offsets(*paths: Path) -> list[float]:
    specs = [spec for path in paths for spec in expand(str(path))]
    return [(begins - START) / timedelta(seconds=1) for _, begins in count_on(specs, START)]


def test_a_recording_begins_where_the_one_before_ends(tmp_path: Path) -> None:
    first, second = write_clip(tmp_path / "a.avi", frames=20), write_clip(tmp_path / "b.avi", frames=35)
    third = write_clip(tmp_path / "c.avi")
    assert offsets(first, second, third) == pytest.approx([0.0, 2.0, 5.5], abs=0.01)
    assert offsets(first) == [0.0]


def test_a_file_that_cannot_be_opened_takes_no_time(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 99)
    assert offsets(broken, write_clip(tmp_path / "b.avi")) == [0.0, 0.0]


def test_one_whose_length_nobody_knows_must_come_last(tmp_path: Path) -> None:
    bare = make(tmp_path / "a.h264", "-c:v", "libx264", "-pix_fmt", "yuv420p", seconds=1)
    assert offsets(bare) == [0.0]
    with pytest.raises(SourceError, match=r"a\.h264: its length is not known"):
        list(count_on([identify(str(bare)), identify(str(write_clip(tmp_path / "b.avi")))], START))
