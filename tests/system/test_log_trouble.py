"""Stores that are damaged, locked, shared, read-only, or killed in the middle."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.store.errors import LogCorrupt, LogError, LogInUse, LogUnavailable
from app.store.journal import open_journal
from app.store.location import default_folder, locate
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry
from tests.app.store.samples import entry, made

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PLATESCRIBE_KILLS", "20"))

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from app.store.store import Store
from app.store.writer import LogWriter
from app.records import Record
writer = LogWriter(lambda: Store.open(Path(sys.argv[1]))).start()
image = np.random.default_rng(1).integers(0, 255, (40, 120, 3), dtype=np.uint8)
now = datetime.now(UTC)
def told(answer):
    print(answer.result().track, flush=True)
for number in range(100000):
    track = f"{sys.argv[2]}-{number}"
    answer = writer.submit(Record("AB12CDE", "cam", now, now, run="kill", track=track), image, image)
    answer.add_done_callback(told)
    if number % 8 == 0:
        answer.result()
"""


# cars that stand: each is told as soon as its row is there, and none is final when the process is killed
STANDING = """
import sys
from app.pipeline.events import EventKind
from app.store.journal import open_journal
from tests.app.made_events import made_event
def told(visit):
    print(f"{sys.argv[2]}-{visit.track}-{visit.revision}", flush=True)
journal = open_journal(sys.argv[1], run=f"run {sys.argv[2]}", on_saved=told)
for number in range(1, 100000):
    plate = f"A{sys.argv[2]}B{number}"  # another each: the same would go on as the visit of the turn before
    journal.record_event(made_event(number, plate, EventKind.NEW))
    journal.record_event(made_event(number, plate + "C", EventKind.UPDATE, 2))
    if number % 8 == 0:
        journal.flush()
"""


# a car that stands while another process changes the lists
WATCHED = """
import sys, time
from app.pipeline.events import EventKind
from app.store.journal import open_journal
from tests.app.made_events import made_event
def told(alarm):
    print("hit", alarm.visit.plate, flush=True)
journal = open_journal(sys.argv[1], on_alarm=told)
journal.record_event(made_event(1, "WUAB123", EventKind.NEW)).answer.result()
print("standing", flush=True)
while True:
    journal.write_due()
    time.sleep(0.02)
"""


# one process that has everything imported forks one writer after the other and kills each at some moment
KILLER = """
import json, os, random, signal, time
def one(turn, pause):
    read_end, write_end = os.pipe()
    if (pid := os.fork()) == 0:
        os.dup2(write_end, 1)
        sys.argv[2] = str(turn)
        exec(work, {"__name__": "writing"})
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        lines = [pipe.readline()]  # the start is done: now any moment will do
        time.sleep(pause)
        os.kill(pid, signal.SIGKILL)
        lines += pipe.readlines()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    return [line.strip() for line in lines if line.endswith(chr(10))]
import sys, cv2, numpy
import app.store.journal, tests.app.made_events
import sqlalchemy.dialects.sqlite
work = sys.argv[3]
chance = random.Random(7)
turns = int(sys.argv[2])
print(json.dumps([track for turn in range(turns) for track in one(turn, chance.uniform(0, 0.15))]))
"""


def child(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killer forks")
def test_whatever_was_answered_before_a_kill_is_in_the_store(log_file: Path) -> None:
    killer = child(KILLER, str(log_file), str(KILLS), CHILD)
    answered = set(json.loads(killer.communicate(timeout=60 + 8 * KILLS)[0]))
    with Store.open(log_file) as store:
        kept = {visit.track: visit for visit in store.each(Query())}
        assert answered <= kept.keys()
        assert len(answered) >= KILLS
        for visit in kept.values():
            assert store.pictures.path(visit.crop).is_file() and store.pictures.path(visit.frame).is_file()
        for path in store.pictures.folder.rglob("*.jpg"):
            data = path.read_bytes()
            assert data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")
        assert not list((store.pictures.folder / ".incoming").glob("*"))
        assert store.notices == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killer forks")
def test_a_car_that_stood_when_the_program_was_killed_is_in_the_log_and_closed_at_the_next_start(
    log_file: Path,
) -> None:
    killer = child(KILLER, str(log_file), str(KILLS), STANDING)
    told = {tuple(line.split("-")) for line in json.loads(killer.communicate(timeout=60 + 8 * KILLS)[0])}
    with Store.open(log_file, read_only=True) as store:
        kept = {(visit.run.removeprefix("run "), visit.track): visit for visit in store.each(Query())}
    print(f"{len(told)} writes were told before {KILLS} kills")
    assert len(told) >= KILLS
    for turn, track, revision in told:
        assert kept[turn, track].revision >= int(revision)
    last = max(int(turn) for turn, _, _ in told)
    assert {visit.closed for (turn, _), visit in kept.items() if int(turn) < last} == {True}
    assert {visit.closed for (turn, _), visit in kept.items() if int(turn) == last} == {False}
    journal = open_journal(log_file)
    assert journal.store is not None
    assert all(visit.closed for visit in journal.store.each(Query()))
    journal.close()


def test_a_list_that_is_changed_from_the_command_line_counts_for_a_run_that_writes(log_file: Path) -> None:
    process = child(WATCHED, str(log_file))
    assert process.stdout is not None
    assert process.stdout.readline() == "standing\n"
    try:
        words = [sys.executable, "main.py", "watch", "add", "WÜ AB 123", "--log", str(log_file)]
        added = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (added.returncode, added.stderr) == (0, "") and "is now on the block list" in added.stdout
        assert process.stdout.readline() == "hit WUAB123\n"
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_told_who_writes_and_can_read(log_file: Path) -> None:
    process = child(CHILD, str(log_file), "other")
    try:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LogInUse, match=f"process {process.pid}.*read only") as caught:
            Store.open(log_file)
        assert caught.value.pid == process.pid
        with Store.open(log_file, read_only=True) as reader:
            first = reader.count(Query())
            assert first >= 1
            end = time.monotonic() + 20
            while reader.count(Query()) == first:
                assert time.monotonic() < end
            with pytest.raises(LogError, match="read only"):
                reader.save([entry()])
            with pytest.raises(LogError, match="read only"):
                reader.correct(1, "XX")
    finally:
        process.kill()
        process.wait()
    with Store.open(log_file) as store:  # the lock went with the process
        store.save([entry()])


def test_a_store_open_in_this_program_is_told_as_that(store: Store, log_file: Path) -> None:
    with pytest.raises(LogInUse, match="this program"):
        Store.open(log_file)


def test_a_reader_in_the_middle_of_reading_never_blocks_the_writer(store: Store) -> None:
    store.save([entry(number=0)])
    with store.database.reading() as connection:
        seen = connection.exec_driver_sql("SELECT count(*) FROM visit").scalar()
        started = time.monotonic()
        for number in range(1, 20):
            store.save([Entry(made(number=number))])
        assert time.monotonic() - started < 10
        assert connection.exec_driver_sql("SELECT count(*) FROM visit").scalar() == seen == 1
    assert store.count(Query()) == 20


@pytest.mark.parametrize("damage", ["head", "middle", "not a database"])
def test_a_damaged_store_is_set_aside_with_its_name_told(log_file: Path, damage: str) -> None:
    with Store.open(log_file) as store:
        store.save([Entry(made(number=number)) for number in range(200)])
    data = bytearray(log_file.read_bytes())
    start = {"head": 0, "middle": 4096, "not a database": 0}[damage]
    data[start : start + 40_000] = b"no database at all. " * 2000
    log_file.write_bytes(data)
    with pytest.raises((LogCorrupt, LogUnavailable)), Store.open(log_file, read_only=True) as store:
        list(store.each(Query()))
    with Store.open(log_file) as store:
        [aside] = log_file.parent.glob("plates.corrupt-*.sqlite3")
        assert aside.read_bytes() == bytes(data)
        assert str(aside) in store.notices[0]
        assert store.count(Query()) == 0
        store.save([entry()])
    with Store.open(log_file) as store:
        assert store.notices == ()
        assert store.count(Query()) == 1


@pytest.mark.parametrize("killed", [True, False])
def test_a_large_store_is_checked_whole_after_a_bad_end_alone(
    log_file: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    monkeypatch.setattr("app.store.store._CHECKED_WHOLE", 0)
    with Store.open(log_file) as store:
        store.save([Entry(made(number=number)) for number in range(200)])
        lock = store.place.lock_file
    data = log_file.read_bytes()
    log_file.write_bytes(data[:-4096] + b"\x5a" * 4096)
    assert lock is not None
    lock.write_text("12345" if killed else "")
    with Store.open(log_file) as store:
        assert bool(store.notices) is killed


def test_a_truncated_store_is_set_aside(log_file: Path) -> None:
    with Store.open(log_file) as store:
        store.save([Entry(made(number=number)) for number in range(200)])
    log_file.write_bytes(log_file.read_bytes()[:20_000])
    with Store.open(log_file) as store:
        assert "is kept as" in store.notices[0]


def test_no_log_is_overwritten_by_setting_another_aside(log_file: Path) -> None:
    for _ in range(3):
        log_file.parent.mkdir(exist_ok=True)
        log_file.write_bytes(b"rubbish " * 1000)
        Store.open(log_file).close()
    assert len(list(log_file.parent.glob("plates.corrupt-*.sqlite3"))) == 3


def as_nobody(action: str, file: Path) -> str:
    """Run action (python, with `file` and Store) without the rights of root; the text it prints."""
    read_end, write_end = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            said: list[object] = []
            exec(action, {"file": file, "Store": Store, "Query": Query, "LogError": LogError, "say": said.append})
            os.write(write_end, "\n".join(map(str, said)).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    os.waitpid(pid, 0)
    with os.fdopen(read_end) as pipe:
        return pipe.read()


TRY_WRITING = """
try:
    Store.open(file)
except LogError as error:
    say(error)
"""
READ_ONLY = """
with Store.open(file, read_only=True) as store:
    say(store.count(Query()))
"""


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that other users may enter, as pytest's own are not."""
    folder = Path("/tmp" if os.name == "posix" else tmp_path) / f"platescribe-test-{os.getpid()}-{time.time_ns()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="users and rights as on POSIX")
def test_a_read_only_folder_is_named_and_its_log_can_be_read(open_folder: Path) -> None:
    log_file = open_folder / "plates.sqlite3"
    with Store.open(log_file) as store:
        store.save([entry()])
    for path in (log_file, log_file.with_name("plates.sqlite3.lock")):
        path.chmod(0o444)
    open_folder.chmod(0o555)
    try:
        message = as_nobody(TRY_WRITING, log_file)
        assert "cannot be written" in message
        assert str(log_file) in message
        assert "--log" in message
        assert as_nobody(READ_ONLY, log_file) == "1"
        assert "cannot be written" in as_nobody(TRY_WRITING, open_folder / "new" / "plates.sqlite3")
    finally:
        open_folder.chmod(0o755)


def test_reading_a_log_that_is_not_there_makes_none(log_file: Path) -> None:
    with pytest.raises(LogUnavailable, match="no log at"):
        Store.open(log_file, read_only=True)
    assert not log_file.parent.exists()


def test_a_locked_database_is_a_clear_message(log_file: Path) -> None:
    Store.open(log_file).close()
    with closing(sqlite3.connect(log_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LogUnavailable, match="locked by another program"), Store.open(log_file) as store:
            store.save([entry()])


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("nonsense://x", "no address"),
        ("sqlite+nonsense:///x", "no address"),
        ("postgresql+nonsense://u:hunter2@h/d", "no address"),
        ("://", "no address"),
    ],
)
def test_bad_addresses_are_named_without_their_password(address: str, message: str) -> None:
    with pytest.raises(LogError, match=message) as caught:
        locate(address)
    assert "hunter2" not in str(caught.value)


def test_addresses_and_paths_name_the_same_file(tmp_path: Path) -> None:
    odd = tmp_path / "a b#c?d%41.sqlite3"
    assert locate(odd).file == odd
    assert locate(f"sqlite:///{tmp_path}/x.db").file == tmp_path / "x.db"
    with Store.open(odd) as store:
        store.save([entry()])
    assert odd.exists()


def test_without_an_address_the_log_is_in_the_users_data_folder(own_folders: Path) -> None:
    assert default_folder().is_relative_to(own_folders)
    with Store.open() as store:
        assert store.place.file == default_folder() / "plates.sqlite3"


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    file.chmod(0o644)
    before = file.read_bytes()
    with pytest.raises(LogError, match="bookmarks"):
        Store.open(file)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    assert len(before) == file.stat().st_size


def test_a_damaged_schema_of_which_sqlite_complains_in_no_text_is_told_as_damage(log_file: Path) -> None:
    Store.open(log_file).close()
    data = log_file.read_bytes()
    assert b"CREATE TABLE visit" in data
    log_file.write_bytes(data.replace(b"CREATE TABLE visit", b"CREATE T\xccBLE visit"))
    with pytest.raises(LogCorrupt, match="is damaged"):
        Store.open(log_file, read_only=True)
    with Store.open(log_file) as store:
        assert "is kept as" in store.notices[0]
