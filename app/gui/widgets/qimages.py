"""Images between OpenCV, which has arrays of blue, green and red, and Qt."""

import cv2
import numpy as np
from PyQt5 import sip
from PyQt5.QtGui import QImage

from app.pipeline.types import Image


def wrap_image(image: Image) -> tuple[QImage, Image]:
    """Return a BGR image as a QImage without copying, and the array that must be kept as long as it."""
    kept = np.ascontiguousarray(image)
    height, width = kept.shape[:2]
    return QImage(sip.voidptr(kept.ctypes.data), width, height, kept.strides[0], QImage.Format.Format_BGR888), kept


def to_qimage(image: Image) -> QImage:
    """Return a BGR image (H, W, 3) as a QImage with memory of its own; null for an empty one."""
    return wrap_image(image)[0].copy() if image.size else QImage()


def to_array(image: QImage) -> Image:
    """Return a QImage as a BGR image (H, W, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_BGR888)
    bits = plain.constBits()
    if bits is None:
        return np.zeros((0, 0, 3), np.uint8)
    rows = np.frombuffer(bits.asstring(plain.sizeInBytes()), dtype=np.uint8).reshape(
        plain.height(), plain.bytesPerLine()
    )
    tight = rows[:, : plain.width() * 3].copy()
    return tight.reshape(plain.height(), plain.width(), 3)


def resize_image(image: Image, width: int, height: int) -> Image:
    """Return an image at another size in pixels: halved while it can be, then interpolated.

    As smooth as area averaging and five to ten times faster, which is what the window's thread can afford.
    """
    while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
        half = (image.shape[1] // 2, image.shape[0] // 2)
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
