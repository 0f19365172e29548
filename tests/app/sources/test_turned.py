"""Sources put upright as the user says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.sources.identify import identify
from app.sources.playback import PlayedVideo
from app.sources.registry import make_source
from app.sources.source import SourceSpec, Turn
from app.sources.turned import turn_image
from tests.app.sources.clips import write_clip

CORNER = np.zeros((40, 60, 3), np.uint8)
CORNER[:10, :15] = 255  # a white corner at the top left


def corner_of(image: np.ndarray) -> str:
    height, width = image.shape[:2]
    places = {
        "top left": image[: height // 4, : width // 4],
        "top right": image[: height // 4, -width // 4 :],
        "bottom left": image[-height // 4 :, : width // 4],
        "bottom right": image[-height // 4 :, -width // 4 :],
    }
    return max(places, key=lambda name: float(places[name].mean()))


@pytest.mark.parametrize(
    ("turn", "corner"),
    [
        (Turn(), "top left"),
        (Turn(90), "top right"),
        (Turn(180), "bottom right"),
        (Turn(270), "bottom left"),
        (Turn(0, True), "top right"),
        (Turn(90, True), "top left"),
    ],
)
def test_images_are_turned_clockwise_and_then_mirrored(turn: Turn, corner: str) -> None:
    turned = turn_image(CORNER, turn)
    assert corner_of(turned) == corner
    assert turned.shape == ((60, 40, 3) if turn.degrees in (90, 270) else (40, 60, 3))
    assert turned.flags.c_contiguous


def test_every_kind_of_source_can_be_turned(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(cv2.imencode(".jpg", CORNER)[1].tobytes())
    video = write_clip(tmp_path / "a.avi")
    for path in (picture, video):
        found = identify(str(path))
        spec = SourceSpec(found.kind, found.source_id, found.address, turn=Turn(90))
        source = make_source(spec)
        info = source.open()
        frame = source.read()
        assert frame is not None and corner_of(frame.image) == "top right"
        assert frame.image.shape[:2] == (info.height, info.width) and not frame.jpeg
        assert source.spec == spec
        source.close()
    played = PlayedVideo(spec, start_s=0.5, paused=True)
    played.open()
    frame = played.read()
    played.close()
    assert frame is not None and corner_of(frame.image) == "top right" and frame.media_time == pytest.approx(0.5)
