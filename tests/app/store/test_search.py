from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.records import Record
from app.store import search
from app.store.search import Query, WayIn, way_in
from app.store.spelling import compact, fold_compact, matches, pattern
from app.store.store import Store
from app.store.types import Entry
from recognizer.readings import Alternative
from tests.app.store.samples import NOON, made

PLATES = ["AB12CDE", "A812CDE", "AB12CDF", "XY99ABC", "0O0O", "O123", "B8B8", "AB", "A", "123", "ZZ2Z", "ТЕ57"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Record]]]:
    with Store.open(tmp_path_factory.mktemp("search") / "log.sqlite3") as store:
        entries = []
        for number in range(150):
            plate = PLATES[number % len(PLATES)] + ("" if number % 3 else str(number))
            other = PLATES[(number * 7 + 1) % len(PLATES)]
            visit = made(
                plate,
                number // 2,  # two at the same time: the id decides
                track=str(number),
                source=f"cam{number % 4}",
                alternatives=(Alternative(other, 0.1),) if number % 2 else (),
                list_name=("", "", "block", "allow", "")[number % 5],
                confidence=number / 150,
                region=("", "GB", "US", "US-CA", "USX")[number % 5],
                sure=number % 3 > 0,
                original_plate="OLD" + plate if number % 10 == 0 else None,
            )
            entries.append(Entry(visit))
        store.save(entries)
        yield store, list(store.each(Query()))


def naive(visits: list[Record], query: Query) -> list[Record]:
    def spelt(visit: Record) -> bool:
        form = fold_compact if query.look_alikes else compact
        texts = [visit.plate, visit.original_plate or visit.plate]
        if query.alternatives:
            texts += [guess.text for guess in visit.alternatives]
        return any(matches(pattern(query.plate, query.look_alikes), form(text)) for text in texts)

    return [
        visit
        for visit in visits
        if (not query.plate or spelt(visit))
        and (query.since is None or visit.first_time >= query.since)
        and (query.until is None or visit.first_time < query.until)
        and (not query.source or visit.source == query.source)
        and (query.list_name in ("", visit.list_name) or (query.list_name == "any" and visit.list_name))
        and (not query.region or visit.region == query.region or visit.region.startswith(f"{query.region}-"))
        and query.sure in (None, visit.sure)
        and visit.confidence >= query.min_confidence
        and (query.corrected is None or query.corrected == (visit.original_plate is not None))
    ]


QUERIES = st.builds(
    Query,
    plate=st.one_of(
        st.text(alphabet="AB12CDEO8*?", max_size=6),
        st.sampled_from(["*12C*", "AB*", "*DE", "A?12*", "*OLD*", "O*", "*", "?", "*9*", "AB12CDE", "*B1*C*"]),
    ).filter(lambda plate: plate == "" or pattern(plate) != ""),
    look_alikes=st.booleans(),
    alternatives=st.booleans(),
    since=st.none() | st.integers(0, 80).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    until=st.none() | st.integers(0, 80).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    source=st.sampled_from(["", "", "cam1", "cam9"]),
    list_name=st.sampled_from(["", "", "block", "any"]),
    region=st.sampled_from(["", "", "US", "US-CA", "GB", "U_"]),
    sure=st.sampled_from([None, None, True, False]),
    min_confidence=st.sampled_from([0.0, 0.0, 0.5]),
    corrected=st.sampled_from([None, None, True, False]),
)


@pytest.mark.parametrize(("few", "window"), [(2000, 5000), (3, 10), (1, 1)])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_every_way_in_finds_what_a_plain_filter_finds(
    filled: tuple[Store, list[Record]], monkeypatch: pytest.MonkeyPatch, few: int, window: int, query: Query
) -> None:
    monkeypatch.setattr(search, "_FEW", few)
    monkeypatch.setattr(search, "_WINDOW", window)
    store, visits = filled
    expected = naive(visits, query)
    assert list(store.each(query, page_size=7)) == expected
    assert store.count(query) == len(expected)
    assert store.count(query, at_most=3) == min(3, len(expected))


def test_pages_follow_each_other_without_gap_or_repeat(filled: tuple[Store, list[Record]]) -> None:
    store, visits = filled
    first = store.page(Query(), limit=40)
    second = store.page(Query(), first.next, limit=200)
    assert [*first.visits, *second.visits] == visits
    assert second.next is None
    times = [(visit.first_time, visit.id) for visit in visits]
    assert times == sorted(times, reverse=True)


def test_a_page_stays_put_while_new_visits_come(store: Store) -> None:
    store.save([Entry(made(number=number)) for number in range(10)])
    first = store.page(Query(), limit=5)
    store.save([Entry(made(number=number)) for number in range(10, 20)])
    rest = store.page(Query(), first.next, limit=50)
    assert [visit.track for visit in rest.visits] == ["4", "3", "2", "1", "0"]


def test_sources_take_wildcards_and_their_own_marks_literally(store: Store) -> None:
    names = ["cam_1", "camx1", "yard%", "rtsp://***@cam/1"]
    store.save([Entry(made(number=number, source=name)) for number, name in enumerate(names)])
    assert store.count(Query(source="cam_1")) == 1
    assert store.count(Query(source="cam*")) == 2
    assert store.count(Query(source="*%")) == 1
    assert store.count(Query(source="cam?1")) == 2
    assert store.count(Query(source="rtsp://admin:pw@cam/1")) == 1


def test_a_plate_of_separators_finds_nothing(filled: tuple[Store, list[Record]]) -> None:
    assert filled[0].count(Query("---")) == 0
    assert filled[0].count(Query("*")) == len(filled[1])


def test_a_page_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="at least one visit"):
        store.page(Query(), limit=0)


@pytest.mark.parametrize(
    ("plate", "way"),
    [
        ("", WayIn.TIME),
        ("AB12CDE", WayIn.SPELLING),
        ("XY9*", WayIn.SPELLING),
        ("*12C*", WayIn.GRAM),
        ("*1*", WayIn.TIME),
    ],
)
def test_way_in(filled: tuple[Store, list[Record]], plate: str, way: WayIn) -> None:
    with filled[0].database.reading() as connection:
        assert way_in(connection, Query(plate)) is way


@pytest.mark.parametrize(
    "query",
    [Query(), Query(source="cam1"), Query(list_name="block"), Query("*12C*"), Query("AB12CDE"), Query("XY9*")],
    ids=lambda query: f"{query.plate}{query.source}{query.list_name}" or "all",
)
def test_no_search_walks_a_whole_table_or_sorts_all_of_it(filled: tuple[Store, list[Record]], query: Query) -> None:
    store, _ = filled
    with store.database.reading() as connection:
        looked = search.Search(connection, query)
        statement = looked._ids(looked._conditions(), None, 10).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    walks = [line for line in plan if line.startswith("SCAN") and "INDEX" not in line]
    assert walks == [], plan
    if looked.way is not WayIn.SPELLING:
        assert not any("TEMP B-TREE FOR ORDER" in line for line in plan), plan


def test_original_reading_is_found_without_alternatives(store: Store, log_file: Path) -> None:
    [saved] = store.save([Entry(replace(made("AB12CDE"), alternatives=()))])
    store.correct(saved.id or 0, "XX11XXX")
    assert store.count(Query("AB12CDE", alternatives=False)) == 1
    assert store.count(Query("AB12CDE", corrected=False)) == 0
