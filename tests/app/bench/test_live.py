from pathlib import Path

import pytest

from app.bench.live import Camera
from tests.app.bench.clips import clip


def test_the_made_up_camera_keeps_its_pace_and_never_ends(tmp_path: Path) -> None:
    camera = Camera(clip(tmp_path, frames=3), fps=100)
    assert camera.isOpened()
    for number in range(5):
        good, image = camera.read()
        assert good and image.shape == (180, 320, 3)
        assert camera.due(number) == pytest.approx(camera.began + number / 100)
