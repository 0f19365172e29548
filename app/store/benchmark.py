"""How quick the log is when it is large: `python -m app.store.benchmark --rows 1000000`.

Fills a store with made-up visits (kept and used again if --store names one) and times pages, counts and the writer.
The last line is one JSON object.
"""

import argparse
import json
import random
import statistics
import string
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app.records import Record
from app.store.rows import gram_values, source_digest, spelling_values, to_us, visit_values
from app.store.schema import GRAM, SOURCE, SPELLING, VISIT
from app.store.search import Cursor, Query, way_in
from app.store.store import Store
from app.store.types import ALLOW, BLOCK
from app.store.writer import LogWriter
from recognizer.readings import Alternative

_SOURCES = 20
_BATCH = 10_000
_NEWEST = datetime(2026, 6, 1, tzinfo=UTC)
_PAGE = 100
_REPEATS = 7
_LETTERS, _DIGITS = string.ascii_uppercase, string.digits
_FORMS = ("LLDDLLL", "LLDDDLL", "LDDDLLDD", "LLLDDDD", "DDDDLLL")


@dataclass(frozen=True, slots=True)
class StoreTiming:
    """What one kind of search took, in milliseconds: medians, the slowest of all, and of that kind's processor time.

    On a busy machine the processor time tells more than the clock.
    """

    name: str
    way: str
    first_ms: float
    deep_ms: float
    slowest_ms: float
    processor_ms: float
    found: int
    count_ms: float


def main(argv: list[str] | None = None) -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m app.store.benchmark", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="keep the store here and use it again")
    parser.add_argument("--writes", type=int, default=200, help="visits with pictures written to time the writer")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        file = args.store or Path(folder) / "plates.sqlite3"
        start = time.perf_counter()
        with Store.open(file) as store:
            filled = fill(store, args.rows)
            fill_s = time.perf_counter() - start
            timings = [measure(store, name, query) for name, query in queries(store).items()]
        start = time.perf_counter()
        with Store.open(file):
            open_ms = 1000 * (time.perf_counter() - start)
        write = _write_speed(file, args.writes)
        _show(timings)
        figures = {
            "rows": filled,
            "size_mb": round(file.stat().st_size / 1e6),
            "fill_s": round(fill_s, 1),
            "open_ms": round(open_ms, 1),
            "slowest_median_page_ms": round(max(max(t.first_ms, t.deep_ms) for t in timings), 1),
            "slowest_page_processor_ms": round(max(timing.processor_ms for timing in timings), 1),
            **write,
        }
        print(json.dumps(figures))
    return 0


def fill(store: Store, rows: int, seed: int = 1) -> int:
    """Add made-up visits until the store has rows, and return how many it has."""
    chance = random.Random(seed)
    with store.database.reading() as connection:
        have = int(connection.execute(sa.select(sa.func.count()).select_from(VISIT)).scalar_one())
    with store.database.writing() as connection:
        if not have:
            names = [f"rtsp://camera{number}.local/live" for number in range(_SOURCES)]
            connection.execute(sa.insert(SOURCE), [{"name": name, "digest": source_digest(name)} for name in names])
    for start in range(have, rows, _BATCH):
        _fill_batch(store, list(_made_up(chance, start, min(rows, start + _BATCH), rows)))
    store.database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    return max(have, rows)


def queries(store: Store) -> dict[str, Query]:
    """Return the searches to time, by name; a plate that is there is taken from the middle of the log."""
    middle = store.page(Query(until=_NEWEST - timedelta(days=15)), limit=1).visits
    plate = (middle or store.page(Query(), limit=1).visits)[0].plate
    return {
        "everything": Query(),
        "one source": Query(source="rtsp://camera7.local/live"),
        "block list": Query(list_name=BLOCK),
        "a week, confident": Query(
            since=_NEWEST - timedelta(days=20), until=_NEWEST - timedelta(days=13), min_confidence=0.95
        ),
        "most confident": Query(min_confidence=0.9999),
        "whole plate": Query(plate),
        "whole plate, exact": Query(plate, look_alikes=False, alternatives=False),
        "A*": Query("A*"),
        "AB*": Query("AB*"),
        "AB1*": Query("AB1*"),
        "prefix of 4": Query(plate[:4] + "*"),
        "*part of 3*": Query(f"*{plate[2:5]}*"),
        "*123*": Query("*123*"),
        "*part of 4*": Query(f"*{plate[2:6]}*"),
        "*12*": Query("*12*"),
        "*suffix of 3": Query(f"*{plate[-3:]}"),
        "one unknown": Query(f"{plate[:2]}?{plate[3:]}"),
        "first unknown": Query(f"?{plate[1:]}"),
        "A?1*C": Query("A?1*C"),
        "nothing like it": Query("*ÄÖÜ*"),
        "part, one source": Query(f"*{plate[2:5]}*", source="rtsp://camera7.local/live"),
        "prefix, block list": Query("AB*", list_name=BLOCK),
    }


def measure(store: Store, name: str, query: Query) -> StoreTiming:
    """Time the first page, a page half way through the matches' time, and the count."""
    with store.database.reading() as connection:
        way = way_in(connection, query).value
    first = [_time_page(store, query, None) for _ in range(_REPEATS)]
    deep = [_time_page(store, query, _middle(store)) for _ in range(_REPEATS)]
    start = time.perf_counter()
    found = store.count(query)
    count_ms = 1000 * (time.perf_counter() - start)
    wall = [statistics.median(wall for wall, _ in pages) for pages in (first, deep)]
    processor = max(statistics.median(cpu for _, cpu in pages) for pages in (first, deep))
    return StoreTiming(name, way, wall[0], wall[1], max(first + deep)[0], processor, found, count_ms)


def _time_page(store: Store, query: Query, after: Cursor | None) -> tuple[float, float]:
    """Return milliseconds by the clock and of the processor for one page."""
    start, cpu = time.perf_counter(), time.thread_time()
    store.page(query, after, _PAGE)
    return 1000 * (time.perf_counter() - start), 1000 * (time.thread_time() - cpu)


def _middle(store: Store) -> Cursor:
    with store.database.reading() as connection:
        low, high = connection.execute(sa.select(sa.func.min(VISIT.c.first_us), sa.func.max(VISIT.c.first_us))).one()
    return Cursor((low + high) // 2, 1 << 60)


def _made_up(chance: random.Random, start: int, stop: int, rows: int) -> Iterator[Record]:
    for number in range(start, stop):
        plate = "".join(chance.choice(_LETTERS if kind == "L" else _DIGITS) for kind in chance.choice(_FORMS))
        when = _NEWEST - timedelta(days=30) * (1 - number / rows)
        guesses = tuple(Alternative(_misread(chance, plate), 0.1) for _ in range(chance.choice((0, 0, 1, 2))))
        listed = chance.choices(("", BLOCK, ALLOW), (980, 5, 15))[0]
        yield Record(
            plate=plate,
            source=f"rtsp://camera{chance.randrange(_SOURCES)}.local/live",
            first_time=when,
            last_time=when + timedelta(seconds=3),
            confidence=round(1 - chance.random() ** 3, 4),
            char_confidences=tuple(round(chance.uniform(0.7, 1), 3) for _ in plate),
            alternatives=guesses,
            reads=chance.randint(2, 30),
            run="benchmark",
            track=f"made-{number}",
            first_s=float(number % 1000),
            last_s=float(number % 1000 + 3),
            box=(10.0, 20.0, 110.0, 50.0),
            list_name=listed,
            id=number + 1,
        )


def _misread(chance: random.Random, plate: str) -> str:
    place = chance.randrange(len(plate))
    return plate[:place] + chance.choice(_LETTERS + _DIGITS) + plate[place + 1 :]


def _fill_batch(store: Store, visits: list[Record]) -> None:
    with store.database.writing() as connection:
        ids = {name: number for number, name in connection.execute(sa.select(SOURCE.c.id, SOURCE.c.name))}
        spellings = [(visit, spelling_values(visit.id or 0, visit)) for visit in visits]
        grams = [
            row
            for visit, spelt in spellings
            for row in gram_values(visit.id or 0, to_us(visit.first_time), [str(one["folded"]) for one in spelt])
        ]
        saved = ({"id": visit.id, "saved_us": to_us(visit.last_time)} for visit in visits)
        rows = [{**own, **visit_values(visit, ids[visit.source])} for own, visit in zip(saved, visits, strict=True)]
        connection.execute(sa.insert(VISIT), rows)
        connection.execute(sa.insert(SPELLING), [row for _, spelt in spellings for row in spelt])
        connection.execute(sa.insert(GRAM), grams)


def _write_speed(file: Path, visits: int) -> dict[str, float]:
    """Time the writer on the large store: visits a second, and how long one waits until it is on the disk."""
    writer = LogWriter(lambda: Store.open(file)).start()
    crop, frame = np.full((60, 200, 3), 90, np.uint8), np.full((1080, 1920, 3), 90, np.uint8)
    alone = []
    for number in range(min(20, visits)):
        start = time.perf_counter()
        writer.submit(_now(f"alone-{number}"), crop, frame).result(30)
        alone.append(1000 * (time.perf_counter() - start))
    start = time.perf_counter()
    answers: list[Future[Record]] = [writer.submit(_now(f"many-{number}"), crop, frame) for number in range(visits)]
    for answer in answers:
        answer.result(60)
    seconds = time.perf_counter() - start
    store = writer.store
    assert store is not None
    store.discard_run("benchmark-writer")
    writer.close()
    return {"saved_ms": round(statistics.median(alone), 1), "saved_a_second": round(visits / seconds)}


def _now(track: str) -> Record:
    now = datetime.now(UTC)
    return Record("AB12CDE", "camera", now, now, run="benchmark-writer", track=track)


def _show(timings: list[StoreTiming]) -> None:
    table = Table(title=f"Pages of {_PAGE}, ms")
    for heading in ("Search", "Way in", "First page", "Deep page", "Slowest", "Processor", "Found", "Count"):
        table.add_column(heading, justify="left" if heading in ("Search", "Way in") else "right")
    for t in timings:
        times = (f"{value:.1f}" for value in (t.first_ms, t.deep_ms, t.slowest_ms, t.processor_ms))
        table.add_row(t.name, t.way, *times, str(t.found), f"{t.count_ms:.0f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    raise SystemExit(main())
