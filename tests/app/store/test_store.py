import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.errors import LogCorrupt, LogError, LogUnavailable, NotFound
from app.store.schema import GRAM, SPELLING
from app.store.search import Query
from app.store.store import Store
from app.store.types import Entry
from recognizer.readings import Alternative
from tests.app.store.samples import JPEG, NOON, entry, made


def test_what_is_saved_comes_back_whole(store: Store) -> None:
    [saved] = store.save([entry(list_name="block", note="seen before")])
    assert saved.id is not None
    assert store.get(saved.id) == saved
    same = replace(made(list_name="block", note="seen before"), id=saved.id, crop=saved.crop, frame=saved.frame)
    assert saved == same
    assert store.pictures.path(saved.crop).read_bytes() == JPEG
    assert saved.crop.startswith("2026/05/04/120000-")
    assert "AB12" not in saved.crop


def test_a_character_that_is_not_quite_sure_does_not_become_so_in_the_log(store: Store) -> None:
    sure = entry("AB1")
    sure = replace(sure, visit=replace(sure.visit, char_confidences=(0.99997, 1.0, 0.12345)))
    [saved] = store.save([sure])
    assert store.get(saved.id or 0).char_confidences == (0.9999, 1.0, 0.1235)


def test_a_later_revision_replaces_row_search_entries_and_pictures(store: Store) -> None:
    [first] = store.save([entry("AB12CDE")])
    [second] = store.save([entry("AB12CDF", revision=2)])
    assert second.id == first.id
    assert store.count(Query()) == 1
    assert store.count(Query("AB12CDE")) == 0
    assert store.count(Query("*CDF")) == 1
    assert not store.pictures.path(first.crop).exists()
    assert store.pictures.path(second.crop).exists()


def test_an_older_revision_changes_nothing(store: Store) -> None:
    [kept] = store.save([entry("AB12CDF", revision=3)])
    [answer] = store.save([entry("AB12CDE", revision=2)])
    assert answer == store.get(kept.id or 0) == kept
    assert len(list(store.pictures.folder.rglob("*.jpg"))) == 2


def test_a_revision_without_pictures_keeps_those_there(store: Store) -> None:
    [first] = store.save([entry()])
    [second] = store.save([Entry(made(revision=2))])
    assert (second.crop, second.frame) == (first.crop, first.frame)
    assert store.pictures.path(first.crop).exists()


def test_absorbed_tracks_go_with_their_pictures(store: Store) -> None:
    [early] = store.save([entry("AB12CD", 0)])
    store.save([replace(entry("AB12CDE", 1), absorbed=(("run", "0"),))])
    assert [visit.plate for visit in store.page(Query()).visits] == ["AB12CDE"]
    assert not store.pictures.path(early.crop).exists()


def test_the_same_track_of_another_run_or_source_is_another_visit(store: Store) -> None:
    store.save([entry(), entry(run="other"), entry(source="yard")])
    assert store.count(Query()) == 3


def test_correcting_keeps_the_original_and_outlives_later_revisions(store: Store) -> None:
    [saved] = store.save([entry("AB12CDE")])
    corrected = store.correct(saved.id or 0, " ab12 cdf ", note="seen it")
    assert (corrected.plate, corrected.original_plate, corrected.note) == ("AB12 CDF", "AB12CDE", "seen it")
    assert store.count(Query("AB12CDF")) == store.count(Query("AB12CDE", alternatives=False)) == 1
    [later] = store.save([entry("AB12CDG", revision=2)])
    assert (later.plate, later.original_plate, later.note) == ("AB12 CDF", "AB12CDG", "seen it")
    back = store.correct(saved.id or 0, "AB12CDG")
    assert back.original_plate is None


def test_correcting_needs_a_visit_and_a_plate(store: Store) -> None:
    with pytest.raises(NotFound, match="number 7"):
        store.correct(7, "AB")
    store.save([entry()])
    with pytest.raises(LogError, match="cannot be empty"):
        store.correct(1, "  ")


def test_a_hit_can_be_settled_and_noted(store: Store) -> None:
    [saved] = store.save([entry(list_name="block")])
    assert store.count(Query(unsettled=True)) == 1
    assert store.settle(saved.id or 0).settled
    assert store.annotate(saved.id or 0, "neighbour").note == "neighbour"
    assert store.count(Query(unsettled=True)) == 0


def test_passwords_never_reach_the_store(store: Store, log_file: Path) -> None:
    visit = made(source="rtsp://admin:hunter2@cam/1", track="rtsp://admin:hunter2@cam/1#4", note="http://a:hunter2@b/")
    store.save([Entry(visit)])
    assert store.sources() == ["rtsp://***@cam/1"]
    store.database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"hunter2" not in log_file.read_bytes()


@pytest.mark.parametrize(
    "plate", ["", "ТЕСТ 1", "京A·12345", "أ ب ج ١٢٣", "=1+1", "A" * 5000, "A\x00B", "\udcff1", "😀", "%_\\*?"]
)
def test_odd_plates_sources_and_tracks_are_kept(store: Store, plate: str) -> None:
    [saved] = store.save([entry(plate, source=f"s{plate}", track=f"t{plate}", alternatives=(Alternative(plate, 0.1),))])
    clean = plate.replace("\x00", "").encode("utf-8", "replace").decode()
    assert store.get(saved.id or 0).plate == clean
    [again] = store.save([entry(plate, source=f"s{plate}", track=f"t{plate}", revision=2)])
    assert again.id == saved.id


def test_files_are_the_users_alone(store: Store, log_file: Path) -> None:
    old = os.umask(0)
    try:
        store.save([entry()])
    finally:
        os.umask(old)
    for path in log_file.parent.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE(log_file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("failing", "told"), [(1, r"disk of .*pictures is full"), (3, r"disk of .* is full")])
def test_a_failed_picture_leaves_nothing_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch, failing: int, told: str
) -> None:
    calls = 0

    def fail(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LogUnavailable, match=told):
        store.save([entry(number=1), entry(number=2)])
    monkeypatch.undo()
    assert store.count(Query()) == 0
    assert [path for path in store.pictures.folder.rglob("*") if path.is_file()] == []


def test_a_failed_row_takes_its_pictures_back(store: Store) -> None:
    with pytest.raises(LogError):
        store.save([entry(number=1), entry(number=2, confidence=None)])
    assert store.count(Query()) == 0
    assert list(store.pictures.folder.rglob("*.jpg")) == []


def test_half_written_pictures_are_cleared_at_the_next_start(store: Store, log_file: Path) -> None:
    store.save([entry()])
    left = store.pictures.folder / ".incoming" / "abc"
    left.write_bytes(b"half")
    store.close()
    with Store.open(log_file) as again:
        assert not left.exists()
        assert again.count(Query()) == 1


def test_a_picture_name_cannot_lead_out_of_its_folder(store: Store) -> None:
    for name in ("../plates.sqlite3", "/etc/passwd"):
        with pytest.raises(LogError, match="leads out"):
            store.pictures.remove([name])


def test_a_run_can_be_discarded_before_it_is_done_again(store: Store) -> None:
    store.save([entry(number=1, run="a"), entry(number=2, run="a"), entry(number=3, run="b", source="yard")])
    assert store.discard_run("a") == 2
    assert [visit.run for visit in store.page(Query()).visits] == ["b"]
    assert store.sources() == ["yard"]
    with store.database.reading() as connection:
        for table in (SPELLING, GRAM):
            ids = connection.execute(sa.select(table.c.visit_id).distinct()).scalars().all()
            assert ids == [3]


def test_times_are_utc_to_the_microsecond(store: Store) -> None:
    exact = NOON.replace(microsecond=123457)
    [saved] = store.save([Entry(made(first_time=exact))])
    assert store.get(saved.id or 0).first_time == exact


@pytest.mark.parametrize("change", ["char_confidences = '0.9' || char(0)", "plate = x'4142'", "first_us = 'noon'"])
def test_a_row_that_a_disk_has_changed_is_told_as_damage_with_the_logs_name(store: Store, change: str) -> None:
    store.save([entry()])
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE visit SET {change}")
    with pytest.raises(LogCorrupt, match=store.place.name):
        list(store.each(Query()))


def test_a_commit_waits_until_the_disk_has_it(store: Store) -> None:
    """That is what outlives a power cut, which no test can make; a killed process would not need it."""
    full = 2
    assert store.database.maintain("PRAGMA synchronous") == [(full,)]
    assert store.database.maintain("PRAGMA journal_mode") == [("wal",)]


def test_an_error_of_the_log_holds_no_password() -> None:
    assert "hunter2" not in str(LogError("postgresql://user:hunter2@host/plates does not answer."))
