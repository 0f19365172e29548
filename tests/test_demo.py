"""The demo clip: what it is, and that clip, truth and renderer belong together."""

import csv
from pathlib import Path
from typing import Any

import cv2
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "assets" / "demo" / "street.mp4"


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    with CLIP.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _frames(wanted: set[int]) -> dict[int, NDArray[Any]]:
    video = cv2.VideoCapture(str(CLIP), cv2.CAP_FFMPEG)
    found = {}
    for index in range(max(wanted) + 1):
        _, image = video.read()
        if index in wanted:
            found[index] = image
    video.release()
    return found


def test_the_clip_is_fifteen_seconds_of_720p_in_under_4_mb() -> None:
    assert CLIP.stat().st_size < 4_000_000
    video = cv2.VideoCapture(str(CLIP), cv2.CAP_FFMPEG)
    frames = 0
    while True:
        read, image = video.read()
        if not read:
            break
        assert image.shape == (720, 1280, 3)
        frames += 1
    assert 14 <= frames / video.get(cv2.CAP_PROP_FPS) <= 16
    video.release()


def test_the_truth_names_each_vehicle_once_with_two_seconds_to_read_it(truth: list[dict[str, str]]) -> None:
    assert len({row["plate_text"] for row in truth}) == len(truth) >= 5
    assert len({row["country"] for row in truth}) >= 5
    for row in truth:
        assert (CLIP.parent / row["video"]).is_file()
        assert float(row["last_s"]) - float(row["first_s"]) >= 2


def test_the_plates_stand_where_the_truth_says(truth: list[dict[str, str]]) -> None:
    """The picture changes where a plate comes up: the renderer, the clip and the truth belong together."""
    from assets.demo.make_demo import FPS, PASSAGES, Street

    street = Street()
    assert [plate.text for plate in street.plates] == [row["plate_text"] for row in truth]
    moments = [round((float(row["first_s"]) + float(row["last_s"])) / 2 * FPS) for row in truth]
    pictures = _frames(set(moments))
    for index, (row, moment) in enumerate(zip(truth, moments, strict=True)):
        box = street.plate_box(index, moment / FPS)
        assert box is not None, PASSAGES[index]
        x1, y1, x2, y2 = (round(side) for side in box)
        plate = cv2.cvtColor(pictures[moment][y1:y2, x1:x2], cv2.COLOR_BGR2GRAY)
        assert plate.std() > 25, f"{row['plate_text']}: no dark letters on a light ground at {moment / FPS:.2f} s"
