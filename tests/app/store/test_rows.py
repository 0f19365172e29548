from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

import app
from app.records import Record
from app.store.rows import from_us, to_us, track_name
from app.store.store import Store
from app.store.types import Entry
from recognizer.readings import Alternative
from tests.app.store.samples import NOON

FULL = Record(
    plate="AB12CDE", source="gate", first_time=NOON, last_time=NOON + timedelta(seconds=3), time_from="given",
    confidence=0.9877, char_confidences=(0.9, 0.8), alternatives=(Alternative("AB12CDF", 0.04),), reads=7, readings=9,
    sure=False, run="run", track="3", revision=4, closed=False, first_s=1.5, last_s=2.0, best_s=1.75,
    box=(-1.0, 2.0, 3.0, 4.0), region="GB", list_name="block", crop="c.jpg", frame="f.jpg", original_plate="AB12CDF",
    note="seen", settled=True, verdict="misread", settled_by="Ann",
)  # fmt: skip


def test_the_sample_sets_every_field_to_something_else_than_its_default() -> None:
    left = [field.name for field in fields(Record) if field.name != "id" and getattr(FULL, field.name) == field.default]
    assert left == []


def test_every_field_of_a_record_comes_back_from_the_log(store: Store) -> None:
    [saved] = store.save([Entry(FULL)])
    back = store.get(saved.id or 0)
    assert {field.name: getattr(back, field.name) for field in fields(Record) if field.name != "id"} == {
        field.name: getattr(FULL, field.name) for field in fields(Record) if field.name != "id"
    }


def test_a_column_of_the_log_is_named_in_its_schema_its_migration_and_the_record_alone() -> None:
    """The fourth file is the event's, which calls it otherwise; CONTRIBUTING.md names them."""
    home = Path(app.__file__).parent
    named = {path.relative_to(home).as_posix() for path in home.rglob("*.py") if "best_s" in path.read_text("utf-8")}
    assert named == {"records.py", "store/schema.py", "store/migrations.py"}


@pytest.mark.parametrize("track", ["3", "lane #2", "x" * 200])
def test_a_tracks_name_fits_its_column_and_stays_unique(track: str) -> None:
    assert len(track_name(track)) <= 64
    assert track_name(track) == track_name(track) != track_name(track + "y")


def test_a_track_without_a_name_gets_one_of_its_own() -> None:
    assert track_name("") != track_name("")


def test_times_come_back_to_the_microsecond() -> None:
    when = NOON + timedelta(microseconds=123457)
    assert from_us(to_us(when)) == when and to_us(when.replace(tzinfo=None)) == to_us(when)
