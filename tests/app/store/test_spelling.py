import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.spelling import (
    MAX_LENGTH,
    compact,
    fold_compact,
    grams,
    has_wildcard,
    like,
    literal_prefix,
    matches,
    pattern,
    pattern_distance,
    pattern_grams,
)

PLATE = st.text(alphabet="AB01", max_size=6)
PATTERN = st.text(alphabet="AB01*?", max_size=6)


def naive_match(shape: str, text: str) -> bool:
    if not shape:
        return not text
    if shape[0] == "*":
        return any(naive_match(shape[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and shape[0] in (text[0], "?") and naive_match(shape[1:], text[1:])


def naive_distance(a: str, b: str) -> int:
    if not a or not b:
        return len(a) + len(b)
    return min(
        naive_distance(a[1:], b) + 1, naive_distance(a, b[1:]) + 1, naive_distance(a[1:], b[1:]) + (a[0] != b[0])
    )


@given(shape=PATTERN, text=PLATE)
def test_wildcards_agree_with_a_naive_matcher(shape: str, text: str) -> None:
    assert matches(pattern(shape), text) == naive_match(shape, text)


@given(a=PLATE, b=PLATE, most=st.integers(0, 6))
def test_edit_distance_agrees_with_its_definition(a: str, b: str, most: int) -> None:
    true = naive_distance(a, b)
    assert pattern_distance(a, b, most) == (true if true <= most else None)


@given(shape=PATTERN, text=PLATE, edits=st.lists(st.tuples(st.integers(0, 9), st.sampled_from("AB01-")), max_size=3))
def test_a_text_k_edits_from_a_match_is_within_k(shape: str, text: str, edits: list[tuple[int, str]]) -> None:
    if not naive_match(shape, text):
        return
    for place, letter in edits:
        at = place % (len(text) + 1)
        text = text[:at] + text[at + 1 :] if letter == "-" else text[:at] + letter + text[at:]
    found = pattern_distance(pattern(shape), text, len(edits))
    assert found is not None
    assert found <= len(edits)


@given(shape=PATTERN, text=PLATE)
def test_a_match_has_every_gram_and_the_prefix_of_its_pattern(shape: str, text: str) -> None:
    folded, clean = fold_compact(text), pattern(shape, folded=True)
    if folded and matches(clean, folded):
        assert pattern_grams(clean) <= grams(folded)
        assert folded.startswith(literal_prefix(clean))


@given(st.text(max_size=100))
def test_compact_and_fold_are_settled_and_bounded(text: str) -> None:
    assert len(compact(text)) <= MAX_LENGTH
    assert fold_compact(fold_compact(text)) == fold_compact(text)
    assert all(character.isalnum() for character in compact(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O0QD", "0000"),
        ("I1L", "111"),
        ("B8", "88"),
        ("S5", "55"),
        ("Z2", "22"),
        ("G6", "66"),
        ("АВЕКМНОРСТУХ", "ABEKMHOPCTYX"),
    ],
)
def test_look_alikes_fold_to_one(one: str, other: str) -> None:
    assert fold_compact(one) == fold_compact(other)


def test_an_umlaut_is_its_letter_whether_look_alikes_count_or_not() -> None:
    assert compact("WÜ AB 123") == compact("WU-AB-123")
    assert matches(pattern("wü*", folded=True), fold_compact("WUAB123"))


def test_separators_and_case_do_not_count() -> None:
    assert compact("ab-12 cd.e") == "AB12CDE"
    assert pattern(" ab-?2 ** e") == "AB?2*E"
    assert like("AB?2*E") == "AB_2%E"


def test_full_width_wildcards_are_wildcards() -> None:
    assert has_wildcard("AB＊")
    assert pattern("ＡＢ＊？") == "AB*?"


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ("*234*", {"234"}),
        ("AB*", {"^AB"}),
        ("*DE", {"DE$"}),
        ("A*E", set()),
        ("A", {"^A$"}),
        ("AB?CDE", {"^AB", "CDE", "DE$"}),
    ],
)
def test_grams_of_patterns(shape: str, found: set[str]) -> None:
    assert pattern_grams(shape) == found
