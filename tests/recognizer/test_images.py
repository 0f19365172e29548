import numpy as np
import pytest

from recognizer.config import PRESETS
from recognizer.images import fit_crop, stack_images


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (4, 4), (4, 4, 4)])
def test_a_crop_that_is_none_is_told(shape):
    with pytest.raises(ValueError, match="BGR"):
        fit_crop(np.zeros(shape, np.uint8), PRESETS["plates"])


def test_grey_networks_get_one_channel():
    crops = [np.zeros((height, 2 * height, 3), np.uint8) for height in (8, 40, 150)]
    assert stack_images([fit_crop(crop, PRESETS["tutorial"]) for crop in crops]).shape == (3, 1, 32, 128)
