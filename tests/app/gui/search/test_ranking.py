from datetime import UTC, datetime, timedelta

import pytest

from app.gui.search.ranking import Fit, fetch_ranked, match_span, rate_fit, typed_part, typed_query
from app.records import Record
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "query"), [("jjg", "*jjg*"), (" AB 1 ", "*AB 1*"), ("AB*", "AB*"), ("", ""), ("- -", "- -")]
)
def test_what_is_typed_is_a_part_unless_it_has_wildcards(typed: str, query: str) -> None:
    assert typed_query(typed) == query
    assert typed_part(Query(query)) == (query[1:-1] if query.startswith("*") else "")


@pytest.mark.parametrize(
    ("plate", "part", "fit"),
    [
        ("AB 123 C", "ab123c", Fit.EXACT), ("A8123C", "AB123C", Fit.LOOK_ALIKE), ("XAB123C", "AB123C", Fit.PART),
        ("AB124C", "AB123C", Fit.ONE_OFF), ("AB123", "AB123C", Fit.ONE_OFF), ("ZZ999", "AB123CDE", Fit.OTHER_TEXT),
    ],
)  # fmt: skip
def test_fits_are_told_apart(plate: str, part: str, fit: Fit) -> None:
    assert rate_fit(plate, part) is fit


@pytest.mark.parametrize(
    ("plate", "part", "span"),
    [("01 JJG 99", "jjg", (3, 6)), ("A8-123", "AB1", (0, 4)), ("XYZ", "A", None), ("XYZ", "", None)],
)
def test_what_fits_is_marked_in_the_plate_as_it_is_written(plate: str, part: str, span: tuple[int, int] | None) -> None:
    assert match_span(plate, part) == span


def test_the_log_is_searched_by_parts_and_the_best_fit_comes_first(store: Store) -> None:
    plates = ("XAB123CD", "AB123C", "AB124C", "A8123C", "ZZZ999", "AB123", "AB123C")
    store.save(
        [
            Entry(Record(plate, "gate", NOON + timedelta(minutes=at), NOON + timedelta(minutes=at), track=str(at)))
            for at, plate in enumerate(plates)
        ]
    )
    ranked = fetch_ranked(store, Query(typed_query("ab123c")))
    assert [visit.plate for visit in ranked.visits] == ["AB123C", "AB123C", "A8123C", "AB123", "AB124C", "XAB123CD"]
    assert ranked.visits[0].first_time > ranked.visits[1].first_time
    assert [visit.plate for visit in fetch_ranked(store, Query(typed_query("zz9"))).visits] == ["ZZZ999"]


def test_more_than_can_be_ranked_is_shown_newest_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.gui.search.ranking.MOST_RANKED", 3)
    store.save([Entry(Record(f"AB{number}", "gate", NOON, NOON, track=str(number))) for number in range(10, 15)])
    assert not fetch_ranked(store, Query(typed_query("AB"))).known
