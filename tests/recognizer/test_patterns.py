from random import Random

import pytest

from recognizer.alphabet import write_in_order
from recognizer.formats import (
    resolve_region,
)
from recognizer.patterns import PatternError, TokenKind, expand_classes, parse_pattern


def test_groups_and_signs_are_found() -> None:
    assert {plate.region for plate in resolve_region("EU")} >= {"DE", "FR", "PL"}
    assert {plate.region for plate in resolve_region("eu:d")} == {"DE"}
    assert [plate.code for plate in resolve_region("us:tx")] == ["US-TX"]


def test_patterns_say_what_is_wrong() -> None:
    for source in ("A?9", "{city} 99", "--", "AA@much"):
        with pytest.raises(PatternError, match="pattern"):
            parse_pattern(source, "ABC", "0123456789", {})
    with pytest.raises(PatternError, match="class value"):
        expand_classes(["ab"])


def test_small_lettering_may_be_read_first() -> None:
    pattern = parse_pattern("A 99/AA (01)", "B", "7", {}, small_first=True)
    pieces = pattern.sample(Random(0))
    assert [piece.kind for piece in pieces].count(TokenKind.LINE) == 1
    assert pattern.text_of(pieces) == "B77BB<01" and write_in_order("B77BB<01") == "01B77BB"
    assert pattern.expression.fullmatch("01B77BB")
