import errno
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.store.errors import LogError, LogInUse, LogUnavailable
from app.store.search import Query
from app.store.store import Store
from app.store.types import LogState, LogStatus
from app.store.watchlist import WatchEntry
from app.store.writer import CROP_QUALITY, FRAME_QUALITY, Bounds, LogWriter, jpeg
from tests.app.store.samples import IMAGE, made

WAIT = 20.0


@pytest.fixture
def statuses() -> list[LogStatus]:
    return []


@pytest.fixture
def writer(log_file: Path, statuses: list[LogStatus]) -> Iterator[LogWriter]:
    writing = LogWriter(lambda: Store.open(log_file), Bounds(visits=30), statuses.append).start()
    yield writing
    writing.close(timeout=0.2)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


def opened(writer: LogWriter) -> Store:
    assert writer.store is not None
    return writer.store


def rows_on_disk(file: Path) -> int:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM visit").fetchone()[0])


def room(store: Store, pages: int) -> None:
    """Let the database grow by so many pages only: SQLite then reports a full disk."""
    [(now,)] = store.database.maintain("PRAGMA page_count")
    limit = f"PRAGMA max_page_count={int(str(now)) + pages}" if pages < 10_000 else "PRAGMA max_page_count=1073741823"
    store.database.maintain(limit)


def test_an_answered_visit_is_on_the_disk_with_its_pictures(writer: LogWriter, log_file: Path) -> None:
    visit = writer.submit(made(), IMAGE, IMAGE).result(WAIT)
    assert rows_on_disk(log_file) == 1
    for name in (visit.crop, visit.frame):
        data = opened(writer).pictures.path(name).read_bytes()
        assert data.startswith(b"\xff\xd8")
        assert data.endswith(b"\xff\xd9")


def test_a_frame_with_several_plates_is_packed_once(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[int] = []

    def counted(image: Any, quality: int) -> bytes:
        packed.append(quality)
        return jpeg(image, quality)

    monkeypatch.setattr("app.store.writer.jpeg", counted)
    other = IMAGE.copy()
    answers = [writer.submit(made(number=i), IMAGE[:4], frame) for i, frame in enumerate((IMAGE, IMAGE, other))]
    visits = [answer.result(WAIT) for answer in answers]
    assert packed.count(FRAME_QUALITY) == 2 and packed.count(CROP_QUALITY) == 3
    frames = [opened(writer).pictures.path(visit.frame).read_bytes() for visit in visits]
    assert frames[0] == frames[1] == frames[2] != b"" and len({visit.frame for visit in visits}) == 3


def test_a_frame_that_is_jpeg_already_is_kept_as_it_is(writer: LogWriter) -> None:
    came = jpeg(IMAGE, 70)
    visit = writer.submit(made(number=0), IMAGE, IMAGE, packed=came).result(WAIT)
    assert opened(writer).pictures.path(visit.frame).read_bytes() == came
    without = [writer.submit(made(number=1), packed=came), writer.submit(made(number=2), None, IMAGE[:0], packed=came)]
    assert [answer.result(WAIT).frame for answer in without] == ["", ""]


def test_many_visits_share_transactions(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    store, sizes = opened(writer), []
    save = store.save

    def counted(entries: Any) -> Any:
        sizes.append(len(entries))
        return save(entries)

    monkeypatch.setattr(store, "save", counted)
    answers = [writer.submit(made(number=number)) for number in range(25)]
    assert [answer.result(WAIT).track for answer in answers] == [f"{number}" for number in range(25)]
    assert sum(sizes) == 25
    assert len(sizes) < 25


def test_full_disk_keeps_reads_in_memory_and_writes_them_when_there_is_room(
    writer: LogWriter, statuses: list[LogStatus], log_file: Path
) -> None:
    store = opened(writer)
    writer.submit(made(number=0)).result(WAIT)
    room(store, 0)
    answers = [writer.submit(made("AB12CDE" * 8, number, note="n" * 5000)) for number in range(1, 21)]
    until(lambda: writer.status.state is LogState.WAITING)
    assert "is full" in writer.status.message
    assert writer.status.waiting == 20
    assert not any(answer.done() for answer in answers)
    room(store, 100_000)
    for answer in answers:
        answer.result(WAIT)
    assert rows_on_disk(log_file) == 21
    assert writer.status == LogStatus(LogState.WRITING, written=21)
    assert [status.state for status in statuses] == [LogState.WAITING, LogState.WRITING]


def test_beyond_the_bound_reads_are_refused_and_counted_and_nothing_kept_is_lost(
    writer: LogWriter, log_file: Path
) -> None:
    store = opened(writer)
    room(store, 0)
    big = "n" * 50_000
    answers = [writer.submit(made(number=number, note=big)) for number in range(40)]
    for answer in answers[30:]:
        with pytest.raises(LogUnavailable, match="no more can be kept"):
            answer.result(WAIT)
    until(lambda: writer.status.state is LogState.LOSING)
    assert writer.status.refused == 10
    room(store, 100_000)
    assert writer.flush(WAIT)
    assert rows_on_disk(log_file) == 30
    writer.submit(made(number=50)).result(WAIT)
    assert writer.status.state is LogState.WRITING


def test_pictures_give_way_before_reads_do(log_file: Path) -> None:
    writer = LogWriter(lambda: Store.open(log_file), Bounds(picture_bytes=4000)).start()
    room(opened(writer), 0)
    noise = np.random.default_rng(1).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    answers = [writer.submit(made(number=number, note="n" * 50_000), noise, noise) for number in range(10)]
    until(lambda: writer.status.without_pictures >= 8)
    assert writer._bytes <= 4000
    room(opened(writer), 100_000)
    visits = [answer.result(WAIT) for answer in answers]
    assert [bool(visit.crop) for visit in visits].count(True) >= 1
    assert rows_on_disk(log_file) == 10
    assert writer._bytes == 0
    assert writer.close() == 0


def test_full_disk_while_writing_a_picture(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = opened(writer).pictures

    def full(name: str, data: bytes) -> None:
        raise LogUnavailable("The disk of the pictures is full.")

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "_write", full)
        answer = writer.submit(made(), IMAGE, IMAGE)
        until(lambda: "pictures is full" in writer.status.message)
    assert answer.result(WAIT).crop


def test_a_lock_of_another_program_is_waited_out(writer: LogWriter, log_file: Path) -> None:
    with closing(sqlite3.connect(log_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = writer.submit(made())
        until(lambda: writer.status.state is LogState.WAITING)
        assert "locked by another program" in writer.status.message
        other.execute("ROLLBACK")
    assert answer.result(WAIT).id == 1


def test_a_store_that_turns_read_only_is_waited_out(writer: LogWriter) -> None:
    opened(writer).database.maintain("PRAGMA query_only=ON")
    answer = writer.submit(made())
    until(lambda: writer.status.state is LogState.WAITING)
    assert "read-only" in writer.status.message
    opened(writer).database.maintain("PRAGMA query_only=OFF")
    assert answer.result(WAIT).id == 1


def test_a_store_that_cannot_be_opened_yet_is_opened_later(log_file: Path) -> None:
    log_file.parent.parent.joinpath("log").write_text("a file where the folder should be")
    writer = LogWriter(lambda: Store.open(log_file)).start()
    answer = writer.submit(made(), IMAGE)
    assert writer.store is None
    assert writer.status.state is LogState.WAITING
    assert str(log_file.parent) in writer.status.message
    log_file.parent.unlink()
    assert answer.result(WAIT).id == 1
    assert writer.status.state is LogState.WRITING
    assert writer.close() == 0


def test_a_visit_no_store_can_take_is_refused_alone(writer: LogWriter, log_file: Path) -> None:
    good = [writer.submit(made(number=number)) for number in range(3)]
    bad = writer.submit(made(number=3, confidence=None))
    more = writer.submit(made(number=4))
    assert all(answer.result(WAIT).id for answer in [*good, more])
    with pytest.raises(LogError, match="NOT NULL"):
        bad.result(WAIT)
    assert rows_on_disk(log_file) == 4
    assert writer.status.state is LogState.WRITING


def test_a_store_damaged_while_open_is_set_aside_and_the_read_kept(writer: LogWriter, log_file: Path) -> None:
    store = opened(writer)
    store.watch.add(WatchEntry("block", "AB*"))
    store.watch.book()
    [writer.submit(made(number=number)).result(WAIT) for number in range(3)]
    store.database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    store.database.close()  # its pages are in memory: only a new connection sees the damage
    data = bytearray(log_file.read_bytes())
    data[4096:] = b"\x5a" * (len(data) - 4096)
    log_file.write_bytes(data)
    visit = writer.submit(made("XY99ZZZ", 9), IMAGE).result(WAIT)
    assert opened(writer).get(visit.id or 0).plate == "XY99ZZZ"
    [aside] = log_file.parent.glob("plates.corrupt-*.sqlite3")
    assert aside.read_bytes()[4096:] == bytes(data[4096:])
    assert str(aside) in writer.status.notices[0]
    assert [entry.plate for entry in opened(writer).watch.entries()] == ["AB*"]


def test_a_log_removed_while_open_is_begun_anew(writer: LogWriter, log_file: Path) -> None:
    writer.submit(made(number=0)).result(WAIT)
    for path in log_file.parent.glob("plates.sqlite3*"):
        if path.suffix != ".lock":
            path.unlink()
    writer.submit(made(number=1)).result(WAIT)
    assert rows_on_disk(log_file) == 1
    assert "was removed" in writer.status.notices[0]


def test_closing_writes_what_waits_and_ends_the_thread(log_file: Path) -> None:
    before = threading.active_count()
    writer = LogWriter(lambda: Store.open(log_file)).start()
    for number in range(50):
        writer.submit(made(number=number), IMAGE if number % 10 == 0 else None)
    assert writer.close(timeout=WAIT) == 0
    assert threading.active_count() == before
    assert rows_on_disk(log_file) == 50
    assert writer.status.state is LogState.CLOSED
    with pytest.raises(LogUnavailable, match="closed"):
        writer.submit(made()).result(WAIT)


def test_closing_without_room_for_pictures_keeps_the_text(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LogWriter(lambda: Store.open(log_file)).start()

    def full(name: str, data: bytes) -> None:
        raise LogUnavailable("The disk of the pictures is full.")

    monkeypatch.setattr(opened(writer).pictures, "_write", full)
    answers = [writer.submit(made(number=number), IMAGE, IMAGE) for number in range(4)]
    assert writer.close(timeout=0.3) == 0
    assert [answer.result(WAIT).crop for answer in answers] == [""] * 4
    assert rows_on_disk(log_file) == 4
    assert writer.status.without_pictures == 4


def test_the_trouble_of_a_full_disk_is_told_once_though_each_picture_has_another_name(
    writer: LogWriter, statuses: list[LogStatus], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(writer)
    tries: list[int] = []

    def full(descriptor: int) -> None:
        tries.append(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.store.writer._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("app.store.pictures.os.fsync", full)
    writer.submit(made(), IMAGE, IMAGE)
    until(lambda: len(tries) >= 4)
    monkeypatch.undo()
    assert writer.flush(WAIT)
    assert [status.state for status in statuses] == [LogState.WAITING, LogState.WRITING]
    assert statuses[0].message.startswith(f"The disk of {opened(writer).pictures.folder} is full")


def test_closing_with_a_full_disk_says_how_many_are_lost(log_file: Path) -> None:
    writer = LogWriter(lambda: Store.open(log_file)).start()
    room(opened(writer), 0)
    answers = [writer.submit(made(number=number, note="n" * 50_000)) for number in range(4)]
    started = time.monotonic()
    assert writer.close(timeout=0.3) == 4
    assert time.monotonic() - started < 5
    with pytest.raises(LogUnavailable, match="full"):
        answers[0].result(WAIT)


def test_a_second_writer_is_told(writer: LogWriter, log_file: Path) -> None:
    with pytest.raises(LogInUse, match="read only"):
        LogWriter(lambda: Store.open(log_file)).start()


def test_a_faulty_listener_does_not_stop_the_log(log_file: Path) -> None:
    def faulty(status: LogStatus) -> None:
        raise RuntimeError("a bug in the window")

    writer = LogWriter(lambda: Store.open(log_file), on_status=faulty).start()
    opened(writer).database.maintain("PRAGMA query_only=ON")
    answer = writer.submit(made())
    until(lambda: writer.status.state is LogState.WAITING)
    opened(writer).database.maintain("PRAGMA query_only=OFF")
    assert answer.result(WAIT).id == 1
    writer.close()


def test_everything_submitted_from_many_threads_is_kept_once(log_file: Path) -> None:
    writer = LogWriter(lambda: Store.open(log_file)).start()

    def submit(first: int) -> None:
        for number in range(first, first + 50):
            writer.submit(made(number=number))

    threads = [threading.Thread(target=submit, args=(100 * index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert writer.flush(WAIT)
    assert opened(writer).count(Query()) == 200
    writer.close()
