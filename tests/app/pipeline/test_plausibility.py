from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.plausibility import (
    PlateEvidence,
    cut_by_border,
    fits_countries,
    fuse_plate_evidence,
    in_margin,
    is_plate,
    plate_shaped,
    region_of,
)
from detector.types import Box
from recognizer.readings import Reading
from tests.app.pipeline.made import says


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


def reading(text: str, plate: float, text_confidence: float = 0.9) -> Reading:
    return replace(says(text, text_confidence * plate), plate_probability=plate)


def test_the_detectors_score_speaks_for_a_plate_or_against_it() -> None:
    sign, plate = (fuse_plate_evidence(reading("AB123C", 0.6), score) for score in (0.4, 0.9))
    assert sign < 0.3 < 0.7 < plate
    assert fuse_plate_evidence(reading("AB123C", 0.6), 0.0) == 0.6, "not known"


def test_an_unusual_text_that_detector_and_reader_are_sure_of_is_likely_a_plates() -> None:
    assert fuse_plate_evidence(reading("905", 0.02), 0.79) == pytest.approx(0.7)
    assert fuse_plate_evidence(reading("905", 0.02), 0.6) < 0.1
    assert fuse_plate_evidence(reading("905", 0.02, 0.6), 0.79) < 0.1
    assert fuse_plate_evidence(reading("1905", 0.02), 0.79) < 0.1, "a usual text has to be a plate's for the reader"


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_evidence_of_any_strength_gives_a_probability(plate: float, score: float, text_confidence: float) -> None:
    assert 0 <= fuse_plate_evidence(reading("AB123C", plate, text_confidence), score) <= 1


@pytest.mark.parametrize(("text", "probability"), [("AB123C", 0.1), ("LOVEME", 0.9), ("J12", 0.9), ("TAXI", 0.2)])
def test_what_is_a_plate_is_what_the_reader_says(text: str, probability: float) -> None:
    assert is_plate(text, 0.9, PlateEvidence(probability, 0.5)) == (probability > 0.5)


@pytest.mark.parametrize(
    ("text", "score", "confidence", "good"),
    [
        ("AB123C", 0.3, 0.4, True),
        ("1234", 0.3, 0.4, True),
        ("LOVEME", 0.77, 0.9, True),
        ("905", 0.79, 0.95, True),
        ("J12", 0.78, 0.6, False),
        ("HONDA", 0.6, 0.95, False),
        ("2020052208043", 0.6, 0.95, False),
    ],
)
def test_where_the_reader_does_not_say_an_unusual_text_has_to_be_sure(
    text: str, score: float, confidence: float, good: bool
) -> None:
    assert is_plate(text, confidence, PlateEvidence(None, score)) == good


def test_what_a_chosen_country_allows_is_usual() -> None:
    assert not is_plate("JAN", 0.5, PlateEvidence(None, 0.5))
    assert is_plate("MYRIDE", 0.5, PlateEvidence(None, 0.5), ("DE", "US"))
    assert fits_countries("96NDJB", ("DE", "NL")) and not fits_countries("96NDJB", ("DE",))
    assert not fits_countries("96NDJB", ())


def test_a_chosen_countrys_plates_pass_and_name_their_region() -> None:
    assert region_of("96NDJB", ("DE", "NL")) == "NL"
    assert region_of("???", ("NL",)) == "" and region_of("96NDJB", ("XX",)) == ""
