from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.voting import align, plate_probability, vote, vote_region
from recognizer.plate_text import edit_distance
from recognizer.readings import Reading
from tests.app.pipeline.made import says, track_reading

TEXTS = st.text("AB018", max_size=9)
READINGS = st.lists(
    st.builds(
        lambda text, confidence, weight: track_reading(says(text, confidence), weight),
        st.text("AB01", min_size=1, max_size=8),
        st.floats(0.05, 0.999),
        st.floats(0.05, 1),
    ),
    min_size=1,
    max_size=12,
)


def voted(*readings, agreement: int = 1):
    outcome = vote([track_reading(reading) for reading in readings], agreement)
    assert outcome is not None
    return outcome


@given(TEXTS, TEXTS)
def test_an_alignment_holds_both_texts_and_costs_the_edit_distance(first: str, second: str) -> None:
    pairs = align(first, second)
    assert "".join(a for a, _ in pairs) == first
    assert "".join(b for _, b in pairs) == second
    assert max(len(first), len(second)) - min(len(first), len(second)) <= edit_distance(first, second)
    assert sum(one != other for one, other in align(first, second)) == edit_distance(first, second)


@given(READINGS)
def test_a_vote_keeps_its_promises(readings) -> None:
    outcome = vote(readings)
    assert outcome is not None
    assert len(outcome.char_confidences) == len(outcome.text)
    assert all(0 <= value <= 1 for value in (outcome.confidence, outcome.share, *outcome.char_confidences))
    assert all(value >= outcome.confidence for value in outcome.char_confidences)  # a text is no surer than a character
    assert outcome.agreeing == sum(item.reading.text == outcome.text for item in readings)
    assert all(other.text != outcome.text for other in outcome.alternatives)


@given(READINGS, st.text("AB01", min_size=1, max_size=8))
def test_an_overwhelming_majority_wins(readings, text: str) -> None:
    crowd = [track_reading(says(text, 0.99), 1.0)] * (4 * len(readings))
    outcome = vote([*readings, *crowd])
    assert outcome is not None and outcome.text == text


@given(READINGS)
def test_the_order_of_readings_does_not_matter(readings) -> None:
    first, second = vote(readings), vote(list(reversed(readings)))
    assert first is not None and second is not None
    assert first.text == second.text and first.confidence == pytest.approx(second.confidence)


def test_a_text_that_enough_readings_say_is_taken_before_a_likelier_one() -> None:
    readings = (says("AB123X"), says("AB128D"), says("A8123D"), says("AB128D", 0.3))
    assert voted(*readings, agreement=2).text == "AB128D"


def test_texts_of_unequal_length_are_aligned() -> None:
    outcome = voted(
        says("34A23126"), says("4A23126", 0.8), says("34A23126"), says("34A2312", 0.8), says("34A231261", 0.5)
    )
    assert (outcome.text, outcome.agreeing, outcome.readings) == ("34A23126", 2, 5)


def test_a_character_most_readings_insert_is_kept() -> None:
    assert voted(says("AB123", 0.9), says("AB0123", 0.7), says("AB0123", 0.7)).text == "AB0123"


def test_a_sharp_sure_reading_outweighs_two_doubtful_ones() -> None:
    readings = [
        track_reading(says("KA22P3368", 0.98), 1.0),
        track_reading(says("KA22P3388", 0.35), 0.4),
        track_reading(says("KA22P3388", 0.35), 0.4),
    ]
    outcome = vote(readings)
    assert outcome is not None and outcome.text == "KA22P3368"


def test_many_small_readings_do_not_outvote_a_dozen_large_ones() -> None:
    small = [track_reading(says("51A83827", 0.9, ("51A63827", 0.05)), 0.35)] * 40
    large = [track_reading(says("51A63827", 0.85, ("51A83827", 0.1)), 0.5)] * 12
    outcome = vote([*small, *large], 2)
    assert outcome is not None and outcome.text == "51A63827"
    assert (outcome.agreeing, outcome.readings) == (12, 52)


def test_alternatives_vote_too() -> None:
    outcome = voted(says("AB12O", 0.5, ("AB120", 0.45)), says("AB12D", 0.5, ("AB120", 0.45)), says("AB120", 0.4))
    assert outcome.text == "AB120"


def test_more_agreeing_readings_are_more_certain_but_never_certain() -> None:
    one, two, many = (voted(*[says("AB123", 0.7)] * count).confidence for count in (1, 2, 30))
    assert one < two < many < 1


def test_a_character_that_others_read_differently_is_the_unsure_one() -> None:
    chars = voted(says("AB128", 0.7), says("AB128", 0.7), says("AB12B", 0.7), says("AB12B", 0.65)).char_confidences
    assert chars[4] < 0.6 < 0.75 < min(chars[:4])


def test_more_agreeing_readings_make_each_character_surer() -> None:
    faint = Reading("AB123", 0.6, (0.99, 0.99, 0.99, 0.99, 0.6))
    one, four = voted(faint), voted(*[faint] * 4)
    assert one.char_confidences[4] == pytest.approx(0.6, abs=0.02) and four.char_confidences[4] > 0.7


@given(READINGS)
def test_a_vote_is_one_posterior(readings) -> None:
    outcome = vote(readings)
    assert outcome is not None
    assert outcome.confidence + sum(other.confidence for other in outcome.alternatives) <= 1 + 1e-9


def test_one_reading_says_of_its_texts_what_it_says_by_itself() -> None:
    outcome = voted(says("AB120", 0.7, ("AB12O", 0.2), ("AB12Q", 0.04)))
    assert outcome.confidence == pytest.approx(0.7)
    assert [(other.text, pytest.approx(other.confidence)) for other in outcome.alternatives] == [
        ("AB12O", 0.2),
        ("AB12Q", 0.04),
    ]


def test_readings_that_disagree_leave_room_for_neither() -> None:
    outcome = voted(says("AB123", 0.7), says("XY987", 0.7))
    assert outcome.confidence < 0.5 and outcome.alternatives[0].confidence == pytest.approx(outcome.confidence)
    assert outcome.confidence + outcome.alternatives[0].confidence < 0.95


def test_readings_that_agree_may_all_err_alike_unless_one_by_itself_is_surer() -> None:
    assert voted(*[says("AB123", 0.9)] * 60).confidence == pytest.approx(0.98)
    assert 0.98 < voted(*[says("AB123", 0.995)] * 60).confidence <= 0.995 + 1e-9


def test_that_it_is_a_plate_at_all_no_agreement_makes_likelier() -> None:
    sign = replace(says("CAM05", 0.29, ("CAM06", 0.02)), plate_probability=0.32)
    one, many = voted(sign), voted(*[sign] * 40)
    assert one.confidence == pytest.approx(0.29) and one.alternatives[0].confidence == pytest.approx(0.02)
    assert 0.3 <= many.confidence <= 0.32
    assert plate_probability([track_reading(sign), track_reading(says("CAM05"), 3.0)]) == pytest.approx(0.83)
    assert plate_probability([]) == 1.0


@pytest.mark.parametrize(
    ("said", "region"),
    [
        ([("DE", 0.9), ("DE", 0.8), ("NL", 0.9)], "DE"),
        ([("DE", 0.6), ("NL", 0.7), ("PL", 0.7)], ""),
        ([("DE", 0.4), ("DE", 0.3)], ""),
        ([("", 0.0), ("", 0.0)], ""),
        ([], ""),
    ],
)
def test_a_region_needs_half_of_what_all_readings_weigh(said: list[tuple[str, float]], region: str) -> None:
    readings = [replace(says("AB123"), region=name, region_confidence=confidence) for name, confidence in said]
    assert vote_region([track_reading(reading) for reading in readings]) == region


def test_nothing_read_is_no_vote() -> None:
    assert vote([]) is None
    assert vote([track_reading(says("", 0.9))]) is None
