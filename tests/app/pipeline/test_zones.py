import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.plausibility import cut_by_border, in_margin, plate_form, plate_shaped, region_of
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


@pytest.mark.parametrize(
    ("width", "height", "good"), [(80, 20, True), (60, 45, True), (20, 60, False), (400, 20, False)]
)
def test_plates_have_the_shape_of_plates(width: float, height: float, good: bool) -> None:
    assert plate_shaped(Box(0, 0, width, height)) == good


def test_a_box_at_the_border_may_be_cut() -> None:
    assert cut_by_border(Box(0, 50, 80, 70), 640, 480) and cut_by_border(Box(500, 470, 560, 480), 640, 480)
    assert not cut_by_border(Box(10, 50, 80, 70), 640, 480)
    assert cut_by_border(Box(10, 50, 300, 150), 640, 480), "the box of a large plate is less exact"


def test_captions_stand_along_the_upper_and_lower_edge() -> None:
    assert in_margin(Box(10, 5, 200, 30), 480) and in_margin(Box(10, 440, 200, 470), 480)
    assert not in_margin(Box(10, 40, 200, 70), 480) and not in_margin(Box(10, 400, 200, 430), 480)


@pytest.mark.parametrize(
    ("text", "good"), [("AB123C", True), ("1234", True), ("A12", False), ("HONDA", False), ("2020052208043", False)]
)
def test_the_general_form_of_a_plate(text: str, good: bool) -> None:
    assert plate_form(text) == good


def test_a_chosen_countrys_plates_pass_and_name_their_region() -> None:
    assert region_of("96NDJB", ("DE", "NL")) == "NL"
    assert region_of("???", ("NL",)) == "" and region_of("96NDJB", ("XX",)) == ""
