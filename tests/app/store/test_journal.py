from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.types import WallClock
from app.records import Record
from app.store.errors import LogInUse, LogUnavailable
from app.store.journal import Alarm, Journal, open_journal
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry, LogState
from app.store.watchlist import Hit, WatchEntry
from detector.types import Box
from recognizer.readings import Alternative
from tests.app.made_events import changed, made_event
from tests.app.made_events import key as track_key

WAIT = 20.0
WALL = datetime(2026, 5, 4, 14, 0, tzinfo=timezone(timedelta(hours=2)))


def event(
    kind: EventKind = EventKind.FINAL, text: str = "AB12CDE", key: str = "cam#1", revision: int = 1, **more: object
) -> PlateEvent:
    made = made_event(
        key,
        text,
        kind,
        revision,
        alternatives=(Alternative("AB12CDF", 0.1),),
        agreeing=4,
        first_s=1.0,
        last_s=3.0,
        first_time=WALL,
        last_time=WALL + timedelta(seconds=2),
        clock=WallClock.CONTAINER,
        box=Box(1, 2, 61, 22),
        crop=np.full((20, 60, 3), 90, np.uint8),
        frame=np.full((120, 160, 3), 90, np.uint8),
        region="GB",
    )
    return changed(made, **more)


@pytest.fixture
def alarms() -> list[Alarm]:
    return []


@pytest.fixture
def journal(tmp_path: Path, alarms: list[Alarm]) -> Iterator[Journal]:
    opened = open_journal(tmp_path / "log.sqlite3", on_alarm=alarms.append)
    yield opened
    opened.close()


def saved(journal: Journal, taken: PlateEvent) -> Record:
    answer = journal.record_event(taken).answer
    assert answer is not None
    return answer.result(WAIT)


def stored(journal: Journal) -> list[Record]:
    assert journal.store is not None
    assert journal.flush(WAIT)
    return list(journal.store.each(Query()))


def test_a_final_event_becomes_a_visit_with_pictures(journal: Journal) -> None:
    visit = saved(journal, event())
    assert stored(journal) == [visit]
    assert visit.first_time == datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    assert (visit.time_from, visit.reads, visit.box, visit.region) == ("container", 4, (1, 2, 61, 22), "GB")
    assert visit.alternatives == (Alternative("AB12CDF", 0.1),)
    assert (visit.run, visit.track, visit.first_s) == (journal.run, "1", 1.0)
    assert visit.crop
    assert visit.frame


def test_a_picture_that_came_as_jpeg_is_kept_as_it_came(journal: Journal) -> None:
    visit = saved(journal, event(jpeg=b"as it came"))
    assert journal.store is not None
    assert journal.store.pictures.path(visit.frame).read_bytes() == b"as it came"


def test_a_vehicle_is_in_the_log_as_soon_as_it_is_decided(journal: Journal) -> None:
    visit = saved(journal, event(EventKind.NEW))
    assert not visit.closed and visit.id is not None and visit.crop and visit.frame
    assert journal.store is not None and journal.store.count(Query("AB12CDE")) == 1
    assert journal.record_event(event(EventKind.UPDATE, revision=2)).answer is None, "it says the same"
    better = saved(journal, event(EventKind.UPDATE, text="AB12CDF", revision=3))
    assert (better.id, better.plate, better.closed) == (visit.id, "AB12CDF", False)
    last = saved(journal, event(text="AB12CDF", revision=4))
    assert (last.id, last.closed, last.crop, last.revision) == (visit.id, True, better.crop, 4)
    assert len(list(journal.store.pictures.folder.rglob("*.jpg"))) == 2


def test_an_open_visit_can_be_corrected_noted_and_settled(journal: Journal) -> None:
    visit = saved(journal, event(EventKind.NEW))
    assert journal.store is not None and visit.id is not None
    journal.store.correct(visit.id, "AB12 CDX", note="seen by eye")
    journal.store.settle(visit.id)
    saved(journal, event(EventKind.UPDATE, text="AB12CDF", revision=2))
    last = saved(journal, event(text="AB12CDF", revision=3))
    assert (last.plate, last.original_plate, last.note, last.settled, last.closed) == (
        "AB12 CDX", "AB12CDF", "seen by eye", True, True,
    )  # fmt: skip


def test_what_a_person_made_of_a_row_outlives_its_track(journal: Journal) -> None:
    visit = saved(journal, event(EventKind.NEW, key="cam#1"))
    assert journal.store is not None and visit.id is not None
    journal.store.correct(visit.id, "AB12 CDX", note="seen by eye")
    merged = saved(journal, event(EventKind.NEW, key="cam#2", absorbed=(track_key("cam#1"),)))
    assert (merged.plate, merged.original_plate, merged.note) == ("AB12 CDX", "AB12CDE", "seen by eye")
    assert len(stored(journal)) == 1


def test_a_standing_vehicle_is_told_of_when_its_plate_comes_onto_a_list(
    journal: Journal, alarms: list[Alarm], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.watchlist._LOOK_EVERY_S", 0.0)
    saved(journal, event(EventKind.NEW))
    saved(journal, event(key="cam#2"))
    with Store.open_beside(tmp_path / "log.sqlite3") as other:
        other.watch.add(WatchEntry("block", "AB12CDE"))
    journal.write_due()
    assert [alarm.visit.key_text for alarm in alarms] == ["cam#1"], "the other has left"
    assert sorted((visit.track, visit.list_name, bool(visit.crop)) for visit in stored(journal)) == [
        ("1", "block", True),
        ("2", "", True),
    ]
    journal.write_due()
    saved(journal, event(revision=2))
    assert len(alarms) == 1, "told once"


def test_what_was_written_and_turns_out_to_be_none_leaves_the_log(journal: Journal) -> None:
    saved(journal, event(EventKind.NEW))
    saved(journal, event(EventKind.WITHDRAWN, revision=2))
    assert stored(journal) == []
    assert journal.store is not None and list(journal.store.pictures.folder.rglob("*.jpg")) == []


def test_what_a_person_has_dealt_with_is_closed_where_it_turns_out_to_be_none(journal: Journal) -> None:
    visit = saved(journal, event(EventKind.NEW))
    assert journal.store is not None and visit.id is not None
    journal.store.annotate(visit.id, "a plate after all")
    saved(journal, event(EventKind.WITHDRAWN, revision=2))
    assert [(kept.note, kept.closed) for kept in stored(journal)] == [("a plate after all", True)]


def test_a_row_that_was_closed_does_not_open_again_when_its_run_goes_on(tmp_path: Path) -> None:
    first = open_journal(tmp_path / "log.sqlite3", run="run")
    saved(first, event(revision=5))
    saved(first, event(EventKind.NEW, key="cam#2", revision=5))
    first.close()
    again = open_journal(tmp_path / "log.sqlite3", run="run")
    saved(again, event(EventKind.NEW, revision=1))
    saved(again, event(EventKind.NEW, key="cam#2", revision=1))
    assert {(visit.track, visit.closed) for visit in stored(again)} == {("1", True), ("2", True)}
    again.close()


def test_the_last_word_closes_a_row_that_a_killed_try_left_at_a_later_revision(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "log.sqlite3", run="run")
    saved(journal, event(EventKind.UPDATE, revision=9))
    last = saved(journal, event(revision=3))
    assert last.closed and last.revision == 3
    journal.close()


def test_every_write_of_a_vehicle_is_passed_on_under_its_track(tmp_path: Path) -> None:
    told: list[Record] = []
    journal = open_journal(tmp_path / "log.sqlite3", on_saved=told.append)
    for kind, revision in ((EventKind.NEW, 1), (EventKind.FINAL, 2)):
        saved(journal, event(kind, revision=revision))
    journal.close()
    assert [(visit.key_text, visit.closed, visit.run) for visit in told] == [
        ("cam#1", False, journal.run),
        ("cam#1", True, journal.run),
    ]


def test_a_vehicle_that_comes_back_stays_one_visit(journal: Journal) -> None:
    saved(journal, event(text="AB12CD"))
    saved(journal, event(text="AB12CDE", revision=3))
    assert [visit.plate for visit in stored(journal)] == ["AB12CDE"]


def test_absorbed_tracks_leave_the_log(journal: Journal) -> None:
    saved(journal, event(text="AB12CD", key="cam#1"))
    saved(journal, event(key="cam#2", absorbed=(track_key("cam#1"),)))
    assert [visit.track for visit in stored(journal)] == ["2"]


def test_what_is_withdrawn_is_neither_kept_nor_told(journal: Journal, alarms: list[Alarm]) -> None:
    assert journal.store is not None
    journal.store.watch.add(WatchEntry("block", "AB12CDE"))
    noted = journal.record_event(event(EventKind.WITHDRAWN))
    assert (noted.answer, noted.hits, alarms, stored(journal)) == (None, (), [], [])


def test_a_hit_is_told_once_for_a_vehicle_and_is_a_column(journal: Journal, alarms: list[Alarm]) -> None:
    assert journal.store is not None
    journal.store.watch.add(WatchEntry("block", "AB12CDE", note="stolen"), WatchEntry("allow", "AB*"))
    journal.record_event(event(EventKind.NEW, agreeing=1))
    assert alarms == []
    assert journal.record_event(event(EventKind.UPDATE, text="ZZ1", revision=2)).hits == ()
    journal.record_event(event(EventKind.UPDATE, revision=3))
    assert [[hit.entry.note for hit in alarm.hits] for alarm in alarms] == [["stolen", ""]]
    assert saved(journal, event(revision=4)).list_name == "block"
    journal.record_event(event(key="cam#2"))
    assert len(alarms) == 2
    assert alarms[1].visit.plate == "AB12CDE"


def test_a_list_changed_while_running_counts_at_once(journal: Journal, alarms: list[Alarm]) -> None:
    assert journal.store is not None
    journal.record_event(event())
    journal.store.watch.add(WatchEntry("block", "AB*"))
    journal.record_event(event(key="cam#2"))
    assert len(alarms) == 1


def test_active_hours_count_at_the_time_of_the_recording(journal: Journal, alarms: list[Alarm]) -> None:
    assert journal.store is not None
    local = WALL.astimezone()
    journal.store.watch.add(WatchEntry("block", "AB*", hours=f"{local:%H:%M}-{local + timedelta(minutes=1):%H:%M}"))
    journal.record_event(event())
    journal.record_event(event(key="cam#2", first_time=WALL + timedelta(hours=1)))
    assert [alarm.visit.key_text for alarm in alarms] == ["cam#1"]


def test_pictures_can_be_left_out(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "log.sqlite3", pictures=False)
    visit = saved(journal, event(jpeg=b"as it came"))
    assert (visit.crop, visit.frame) == ("", "")
    journal.close()
    assert not list(tmp_path.rglob("*.jpg"))


def test_doing_a_run_again_repeats_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        journal = open_journal(tmp_path / "log.sqlite3", run="clip-1")
        saved(journal, event())
        assert len(stored(journal)) == 1
        journal.close()
    journal = open_journal(tmp_path / "log.sqlite3")
    saved(journal, event())
    assert len(stored(journal)) == 2
    journal.close()


def test_what_is_to_be_kept_once_is_told_as_an_earlier_run_left_it(tmp_path: Path) -> None:
    told: list[Record] = []
    first = open_journal(tmp_path / "log.sqlite3")
    before = saved(first, event())
    assert first.store is not None and before.id is not None
    first.store.correct(before.id, "AB12CDF")
    first.store.watch.add(WatchEntry("block", "AB12CDE"))
    first.close()
    alarms: list[Alarm] = []
    journal = open_journal(tmp_path / "log.sqlite3", on_alarm=alarms.append, on_saved=told.append)
    assert journal.record_event(event(key="cam#5"), once=True).answer is None
    assert [(visit.id, visit.plate, visit.key_text) for visit in told] == [(before.id, "AB12CDF", "cam#5")]
    assert [alarm.visit.plate for alarm in alarms] == ["AB12CDE"]
    for _ in range(2):  # of this run itself the newest counts
        assert journal.record_event(event(text="XY34ZKL", key="cam#6"), once=True).answer is not None
    assert [visit.plate for visit in stored(journal)] == ["XY34ZKL", "AB12CDF"]
    journal.close()


def test_saved_visits_are_told(tmp_path: Path) -> None:
    told: list[Record] = []
    journal = open_journal(tmp_path / "log.sqlite3", on_saved=told.append)
    journal.record_event(event())
    journal.close()
    assert [visit.id for visit in told] == [1]


def test_a_second_journal_is_told_and_can_read(journal: Journal) -> None:
    saved(journal, event())
    assert journal.store is not None
    file = journal.store.place.file
    with pytest.raises(LogInUse, match="read only"):
        open_journal(file)
    with Store.open(file, read_only=True) as reader:
        assert reader.count(Query()) == 1


def test_reading_goes_on_while_the_log_cannot_be_opened(tmp_path: Path) -> None:
    blocker = tmp_path / "folder"
    blocker.write_text("in the way")
    journal = open_journal(blocker / "log.sqlite3")
    noted = journal.record_event(event())
    assert noted.hits == ()
    assert journal.status.state is LogState.WAITING
    assert noted.answer is not None
    blocker.unlink()
    assert noted.answer.result(WAIT).plate == "AB12CDE"
    journal.close()


def test_lists_that_a_disk_has_changed_stop_no_run(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite3"
    with Store.open(log) as store:
        store.watch.add(WatchEntry("block", "AB*"))
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE watch SET list_name = 'blo' || char(0)")
    journal = open_journal(log)
    assert saved(journal, event()).plate == "AB12CDE"
    assert "is kept as" in journal.status.notices[0]
    journal.close()
    assert len(list(tmp_path.glob("log.corrupt-*"))) == 1


def test_lists_that_cannot_be_read_now_stop_no_run(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    real = Store.save

    def save(store: Store, entries: list[Entry]) -> list[Record]:
        told.append(journal.status.message)
        return real(store, entries)

    def match(*_: object) -> list[Hit]:
        raise LogUnavailable("The lists cannot be read.")

    monkeypatch.setattr(Store, "save", save)
    monkeypatch.setattr("app.store.watchlist.WatchTable.match_any", match)
    assert saved(journal, event()).plate == "AB12CDE"
    assert told == ["The lists cannot be read."] and journal.status.message == ""


def test_a_text_that_a_visit_swallowed_is_tried_against_the_lists(journal: Journal, alarms: list[Alarm]) -> None:
    assert journal.store is not None
    journal.store.watch.add(WatchEntry("block", "KR4572A"), WatchEntry("allow", "KR4571A"))
    visit = saved(journal, event(text="KR4571A", merged=("KR4572A", "KR4571A")))
    assert [(hit.entry.plate, hit.distance) for hit in alarms[0].hits] == [("KR4572A", 0), ("KR4571A", 0)]
    assert visit.list_name == "block" and visit.plate == "KR4571A"
