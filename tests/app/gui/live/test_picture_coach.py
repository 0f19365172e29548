from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.live.picture_coach import (
    SMALL_PX,
    PictureCoach,
    PictureFault,
    PictureMeasures,
    list_advice,
    measure_angle,
    measure_brightness,
    measure_sharpness,
)
from app.pipeline.types import Frame, FrameResult, Image, Track
from detector.types import Box
from tests.app.made_events import key as track_key


def plate(height: int = 40, lean: float = 0.0, blur: float = 0.0) -> Image:
    image = np.full((200, 400, 3), 60, np.uint8)
    cv2.rectangle(image, (100, 100 - height // 2), (300, 100 + height // 2), (240, 240, 240), -1)
    cv2.putText(image, "AB12 CDE", (110, 100 + height // 3), cv2.FONT_HERSHEY_SIMPLEX, height / 34, (0, 0, 0), 3)
    turned = cv2.warpAffine(
        image, cv2.getRotationMatrix2D((200, 100), -lean, 1.0), (400, 200), borderValue=(60, 60, 60)
    )
    done = cv2.GaussianBlur(turned, (0, 0), blur) if blur else turned
    return np.asarray(done, np.uint8)


def result(image: Image, height: int, number: int = 0) -> FrameResult:
    box = Box(95, 100 - height / 2, 305, 100 + height / 2)
    track = Track(track_key(1), box, 0.9, "AB12CDE", 0.9, True)
    return FrameResult(Frame("gate", number, image, datetime.now(UTC), number / 10), (track,))


def faults(image: Image, height: int) -> set[PictureFault]:
    coach = PictureCoach()
    for number in range(5):
        coach.see(result(image, height, number))
    return {advice.fault for advice in coach.advice()}


def test_a_good_picture_needs_no_advice() -> None:
    assert faults(plate(), 40) == set()


@pytest.mark.parametrize(
    ("image", "height", "fault"),
    [
        (plate(height=10), 10, PictureFault.SMALL),
        (plate(blur=9.0), 40, PictureFault.BLURRED),
        (plate(lean=24.0), 110, PictureFault.STEEP),
        ((plate() * 0.12).astype(np.uint8), 40, PictureFault.DARK),
    ],
    ids=["small", "blurred", "steep", "dark"],
)
def test_each_fault_is_told_with_what_to_do(image: Image, height: int, fault: PictureFault) -> None:
    assert fault in faults(image, height)
    found = [advice for advice in list_advice(PictureMeasures(10.0, 8.0, 5.0, 30.0)) if advice.fault is fault]
    assert all(advice.what and advice.remedy for advice in found)


def test_a_few_plates_are_not_enough_for_advice_on_them() -> None:
    coach = PictureCoach()
    coach.see(result(plate(height=10), 10))
    coach.see(result(plate(height=10), 10, 1))
    assert coach.advice() == ()


def test_the_same_frame_counts_once() -> None:
    coach, shown = PictureCoach(), result(plate(height=10), 10)
    for _ in range(10):
        coach.see(shown)
    assert coach.advice() == ()


@given(st.floats(0, 255), st.floats(1, 400), st.floats(0, 5000), st.floats(-45, 45))
def test_bright_large_sharp_and_level_is_all_that_is_asked(
    grey: float, height: float, sharpness: float, angle: float
) -> None:
    found = {advice.fault for advice in list_advice(PictureMeasures(grey, height, sharpness, angle))}
    assert (PictureFault.SMALL in found) == (height < SMALL_PX)
    assert (
        not {PictureFault.SMALL, PictureFault.BLURRED} <= found
    )  # a plate too small is always blurred: one advice is enough


@given(st.integers(1, 60), st.integers(1, 200))
def test_any_crop_can_be_measured(height: int, width: int) -> None:
    crop = np.random.default_rng(height * width).integers(0, 255, (height, width, 3), np.uint8)
    assert 0 <= measure_brightness(crop) <= 255
    assert measure_sharpness(crop) >= 0
    assert -45 <= measure_angle(crop) <= 45
