"""The picture coach: what makes plates hard to read here, and what to do about it."""

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from statistics import median

import cv2
import numpy as np
from PyQt5.QtCore import QCoreApplication

from app.pipeline.types import FrameResult, Image
from detector.types import Box

SMALL_PX = 16.0  # lower plates are guessed rather than read
BLURRED = 60.0  # variance of the Laplacian of a crop 32 pixels high
STEEP_DEGREES = 16.0
DARK = 45.0  # mean grey of 255
_CROP_PX = 32
_REMEMBERED = 12
_ENOUGH = 3


class PictureFault(Enum):
    """What can be wrong with a picture."""

    DARK = "dark"
    SMALL = "small"
    BLURRED = "blurred"
    STEEP = "steep"


@dataclass(frozen=True, slots=True)
class Advice:
    """A fault, in words, and what to do."""

    fault: PictureFault
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class PictureMeasures:
    """What was measured: grey of the picture 0 to 255; of its plates: height in pixels, sharpness, angle in degrees."""

    grey: float
    height_px: float | None = None
    sharpness: float | None = None
    angle: float | None = None


class PictureCoach:
    """Watches one source and gives advice on what its latest plates have in common."""

    def __init__(self) -> None:
        self._looks: deque[PictureMeasures] = deque(maxlen=_REMEMBERED)
        self._seen: FrameResult | None = None

    def see(self, result: FrameResult) -> None:
        """Take a look at a frame; one without plates replaces none that had some."""
        if result is self._seen:
            return
        self._seen = result
        look = measure_frame(result)
        if look.height_px is not None or not any(item.height_px is not None for item in self._looks):
            self._looks.append(look)
        else:
            self._looks[-1] = replace(self._looks[-1], grey=look.grey)

    def advice(self) -> tuple[Advice, ...]:
        """Return what to do, the worst first; empty while the picture is good or little was seen."""
        if not self._looks:
            return ()
        plates = [item for item in self._looks if item.height_px is not None]
        grey = median(item.grey for item in self._looks)
        if len(plates) < _ENOUGH:
            return list_advice(PictureMeasures(grey))
        return list_advice(
            PictureMeasures(
                grey,
                median(item.height_px or 0.0 for item in plates),
                median(item.sharpness or 0.0 for item in plates),
                median(item.angle or 0.0 for item in plates),
            )
        )


def list_advice(look: PictureMeasures) -> tuple[Advice, ...]:
    """Return advice on what was measured."""
    found = []
    if look.grey < DARK:
        found.append(_advice(PictureFault.DARK, look))
    if look.height_px is not None and look.height_px < SMALL_PX:
        found.append(_advice(PictureFault.SMALL, look))
    elif look.sharpness is not None and look.sharpness < BLURRED:
        found.append(_advice(PictureFault.BLURRED, look))
    if look.angle is not None and abs(look.angle) > STEEP_DEGREES:
        found.append(_advice(PictureFault.STEEP, look))
    return tuple(found)


def measure_frame(result: FrameResult) -> PictureMeasures:
    """Measure a frame and the plate in it that is largest."""
    image = result.frame.image
    grey = measure_brightness(image)
    crops = [crop for track in result.tracks if (crop := _cut(image, track.box)).size]
    if not crops:
        return PictureMeasures(grey)
    crop = max(crops, key=lambda each: each.shape[0])
    return PictureMeasures(grey, float(crop.shape[0]), measure_sharpness(crop), measure_angle(crop))


def measure_brightness(image: Image) -> float:
    """Return the mean grey of a picture, 0 to 255; a coarse grid of its pixels is enough."""
    step = max(1, min(image.shape[:2]) // 90)
    return float(image[::step, ::step].mean())


def measure_sharpness(crop: Image) -> float:
    """Return the variance of the Laplacian of a crop brought to the height at which plates are read."""
    height, width = crop.shape[:2]
    size = (max(1, round(width * _CROP_PX / height)), _CROP_PX)
    grey = cv2.cvtColor(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def measure_angle(crop: Image) -> float:
    """Return how far the long lines of a plate lean, in degrees; 0 where there are none."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    shortest = max(12, crop.shape[1] // 2)
    lines = cv2.HoughLinesP(cv2.Canny(grey, 60, 180), 1, np.pi / 180, 20, minLineLength=shortest, maxLineGap=4)
    if lines is None:
        return 0.0
    ends = np.asarray(lines, np.float64).reshape(-1, 4)
    angles = np.degrees(np.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0]))
    flat = angles[np.abs(angles) < 45]
    return float(np.median(flat)) if flat.size else 0.0


def _cut(image: Image, box: Box) -> Image:
    left, top = max(0, int(box.x1)), max(0, int(box.y1))
    return image[top : max(top, int(box.y2)), left : max(left, int(box.x2))]


def _advice(fault: PictureFault, look: PictureMeasures) -> Advice:
    words = {
        PictureFault.DARK: (
            tr("The picture is dark."),
            tr("Add light, or give the camera a longer or infrared exposure."),
        ),
        PictureFault.SMALL: (
            tr("Plates are only {} pixels high.").format(round(look.height_px or 0)),
            tr("Zoom in, move closer, or record at a higher resolution: 20 and more read well."),
        ),
        PictureFault.BLURRED: (tr("Plates are blurred."), tr("Set the focus, or a shutter of 1/500 s or shorter.")),
        PictureFault.STEEP: (
            tr("Plates lean by {}°.").format(round(abs(look.angle or 0))),
            tr("Turn the camera level, or move it closer to the lane's line."),
        ),
    }
    return Advice(fault, *words[fault])


def tr(text: str) -> str:
    """Translate a text of the coach."""
    return QCoreApplication.translate("Coach", text)
