from pathlib import Path

import cv2
import pytest

from app.bench.material import LIVE_SIZE, prepare
from app.sources.source import SourceError
from tests.app.bench.clips import clip


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
