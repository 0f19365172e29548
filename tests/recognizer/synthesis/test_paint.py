import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.synthesis.paint import make_filled, paint_mask


@given(st.integers(-40, 60), st.integers(-40, 60), st.integers(1, 30), st.integers(1, 30), st.integers(0, 120))
def test_painting_past_the_edge_is_clipped(x: int, y: int, height: int, width: int, relief: int) -> None:
    canvas = make_filled(24, 48, (200, 200, 200))
    paint_mask(canvas, np.full((height, width), 255, np.uint8), x, y, (10, 20, 30), relief)
    inside = max(0, min(24, y + height) - max(0, y)) * max(0, min(48, x + width) - max(0, x))
    assert (canvas != 200).any(axis=2).sum() == pytest.approx(inside, abs=0 if relief == 0 else inside)
