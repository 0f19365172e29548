"""When a recording began."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.sources.frame import WallClock
from app.sources.start_time import recording_start, time_in_name

LOCAL = datetime(2023, 7, 14, 9, 15, 2)


@pytest.mark.parametrize(
    "name",
    [
        "20230714_091502.mp4",
        "VID_20230714_091502123.mp4",
        "2023-07-14_09-15-02-front.mp4",
        "2023_0714_091502_001A.MP4",
        "20230714091502_cam7.avi",
        "gate 2023-07-14 09.15.02.mkv",
        "NVR_ch1_main_20230714091502_20230714092502.dav",
        "2023-07-14T09:15:02.ts",
    ],
)
def test_the_time_in_a_name_is_a_local_one(name: str) -> None:
    assert time_in_name(name) == LOCAL


@pytest.mark.parametrize("name", ["clip.mp4", "20231399_091502.mp4", "12345678901234567890.mp4", "IMG_20230714.jpg"])
def test_other_figures_are_no_time(name: str) -> None:
    assert time_in_name(name) is None


def test_the_user_knows_best_then_the_container_then_the_name_then_the_files_time(tmp_path: Path) -> None:
    path = tmp_path / "20230714_091502.mp4"
    path.write_bytes(b"x")
    given, created = datetime(2025, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    assert recording_start(path, 5, given, created) == (given, WallClock.GIVEN)
    assert recording_start(path, 5, None, created) == (created, WallClock.CONTAINER)
    assert recording_start(path, 5) == (LOCAL.astimezone(), WallClock.FILE_NAME)
    default, future = datetime(1970, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=30)
    for wrong in (default, future, datetime(1, 1, 1)):
        assert recording_start(path, 5, None, wrong)[1] is WallClock.FILE_NAME
    other = path.rename(tmp_path / "clip.mp4")
    ended = datetime(2026, 3, 1, 12, tzinfo=UTC)
    os.utime(other, (ended.timestamp(), ended.timestamp()))
    assert recording_start(other, 5) == (ended - timedelta(seconds=5), WallClock.FILE_TIME)


def test_a_local_time_of_a_container_is_one_of_this_place(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    path.write_bytes(b"x")
    assert recording_start(path, 5, None, LOCAL) == (LOCAL.astimezone(), WallClock.CONTAINER)
