import numpy as np
import pytest

from detector.training.augment import EFFECTS


@pytest.mark.parametrize("effect", [effect for _, effect in EFFECTS], ids=lambda e: e.__name__)
def test_effects_change_the_picture_and_keep_shape_and_type(effect):
    image = np.random.default_rng(0).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    before = image.copy()
    made = effect(image, np.random.default_rng(1))
    assert made.shape == image.shape and made.dtype == np.uint8
    assert (made != image).any()
    assert (image == before).all()
