"""Plates made up for the tests of the camera."""

import numpy as np
from numpy.typing import NDArray

from recognizer.synthesis.paint import make_filled


def barred(height: int = 110, width: int = 500) -> NDArray[np.uint8]:
    """A white plate with a black bar near each end."""
    plate = make_filled(height, width, (240, 240, 240))
    plate[height // 5 : -height // 5, width // 25 : width // 25 + 14] = 10
    plate[height // 5 : -height // 5, -width // 25 - 14 : -width // 25] = 10
    return plate
