from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.plate_text import Folding, edit_distance, fold_lookalikes, normalize_text

plates = st.text("AB01OI", max_size=6)


@cache
def by_definition(a, b):
    """Levenshtein's recursion, word for word."""
    if not a or not b:
        return len(a) + len(b)
    return min(by_definition(a[1:], b) + 1, by_definition(a, b[1:]) + 1, by_definition(a[1:], b[1:]) + (a[0] != b[0]))


@given(plates, plates)
def test_edit_distance_is_levenshteins(a, b):
    assert edit_distance(a, b) == by_definition(a, b)


@given(plates, plates, plates)
def test_edit_distance_is_a_metric(a, b, c):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert (edit_distance(a, b) == 0) == (a == b)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=10), st.sampled_from(Folding))
def test_folding_twice_changes_nothing_more(text, folding):
    once = fold_lookalikes(text, folding)
    assert fold_lookalikes(once, folding) == once and len(once) == len(text)


@pytest.mark.parametrize(
    ("folding", "folded"),
    [(Folding.PRINTED, "0QD1LTBSZGX"), (Folding.SEEN, "0001118526X"), (Folding.SEARCHED, "00011T8526X")],
)
def test_each_folding_makes_its_own_characters_one(folding, folded):
    assert fold_lookalikes("oQDILTBSZGX", folding) == folded


def test_a_score_that_folds_less_never_counts_more():
    texts = ["O1", "QI", "TS", "АВ", "AB"]
    same = {
        folding: {(a, b) for a in texts for b in texts if fold_lookalikes(a, folding) == fold_lookalikes(b, folding)}
        for folding in Folding
    }
    assert same[Folding.PRINTED] <= same[Folding.SEEN]
    assert all(("АВ", "AB") in pairs for pairs in same.values()), "Cyrillic letters, as people type them"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("wü-ab 123", "WUAB123"),
        ("WU\u0308 AB 123", "WUAB123"),
        ("Å-ø Ł", "AOL"),
        ("weiß", "WEISS"),
        ("ＡＢ１２", "AB12"),
        ("А 123 ВЕ", "А123ВЕ"),
        ("品川 300 が 12-34", "品川300が1234"),
        ("", ""),
    ],
)
def test_letters_and_digits_stay_and_accents_go(written, text):
    assert normalize_text(written) == text


def test_what_is_to_be_kept_stays():
    assert normalize_text("ab*-?c", "*?") == "AB*?C"


@given(st.text(max_size=30))
def test_a_normal_text_is_normal(text):
    once = normalize_text(text)
    assert normalize_text(once) == once and all(character.isalnum() for character in once)


def test_what_is_printed_alike_in_cyrillic_and_latin_counts_as_the_same_in_scores() -> None:
    assert fold_lookalikes("АВ1234СЕ") == fold_lookalikes("AB1234CE")
    assert fold_lookalikes("О1") == fold_lookalikes("01")
