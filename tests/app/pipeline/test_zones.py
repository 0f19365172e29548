import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.zones import Zones, contains
from detector.types import Box

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
CORNER = ((0.0, 0.0), (0.2, 0.0), (0.0, 0.2))


def at(x: float, y: float) -> Box:
    return Box(x - 10, y - 5, x + 10, y + 5)


def test_without_zones_the_whole_picture_counts() -> None:
    assert Zones().allows(at(5, 5), 100, 100)


def test_the_middle_of_the_box_decides_and_exclusion_wins() -> None:
    zones = Zones(include=(LEFT,), exclude=(CORNER,))
    assert zones.allows(at(40, 80), 100, 100)
    assert not zones.allows(at(60, 80), 100, 100)
    assert not zones.allows(at(5, 5), 100, 100)
    assert Zones(exclude=(CORNER,)).allows(at(60, 80), 100, 100)


def test_zones_hold_at_any_resolution() -> None:
    zones = Zones(include=(LEFT,))
    assert zones.allows(at(900, 500), 1920, 1080) and not zones.allows(at(900, 500), 1280, 720)


def test_a_polygon_needs_three_corners() -> None:
    with pytest.raises(ValueError, match="three corners"):
        Zones(include=(((0, 0), (1, 1)),))


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_concave_polygon_is_told_right(x: float, y: float) -> None:
    arrow = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.0, 1.0))
    expected = y < max(x, 1 - x)
    if abs(y - max(x, 1 - x)) > 1e-6:
        assert contains(arrow, (x, y)) == expected
