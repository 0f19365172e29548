import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from app import records
from app.pipeline.events import EventKind
from app.pipeline.types import WallClock
from app.records import CSV_COLUMNS, FIELDS, Record, csv_cells, csv_line, json_line, json_object, record_of
from recognizer.readings import Alternative
from tests.app.made_events import made_event
from tools.write_record_schema import REFERENCE, SCHEMA, reference_text, schema_text

WHEN = datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=timezone(timedelta(hours=2)))
FULL = Record(
    plate="AB12CDE", source="gate", first_time=WHEN, last_time=WHEN, time_from="given", confidence=0.98765,
    char_confidences=(0.9, 0.8), alternatives=(Alternative("AB12CDF", 0.04),), reads=7, readings=9, sure=False,
    run="run", track="3", revision=4, closed=False, first_s=1.5, last_s=2.0, best_s=1.75, box=(-1.0, 2.0, 3.0, 4.0),
    region="GB", list_name="block", crop="c.jpg", frame="f.jpg", original_plate="AB12CDF", note="seen", settled=True,
    id=5,
)  # fmt: skip
BARE = Record("AB1", "photo.jpg", WHEN, WHEN)


def cells_of(record: Record) -> dict[str, str]:
    return dict(zip(CSV_COLUMNS, csv_cells(record), strict=True))


def test_the_columns_of_before_keep_their_names_and_order_and_new_ones_come_last() -> None:
    before = "time,source,plate,confidence,reads,track,first_s,last_s,x1,y1,x2,y2,region,list,crop"
    assert ",".join(CSV_COLUMNS) == f"{before},sure,closed,last_time,time_from"


def test_a_read_becomes_the_same_cells_as_before() -> None:
    assert csv_cells(FULL) == [
        "2026-03-04T05:06:07.089+02:00", "gate", "AB12CDE", "0.9877", "7", "3", "1.500", "2.000", "-1.0", "2.0", "3.0",
        "4.0", "GB", "block", "c.jpg", "no", "no", "2026-03-04T05:06:07.089+02:00", "given",
    ]  # fmt: skip
    assert csv_cells(BARE)[4:15] == ["1", "", "", "", "", "", "", "", "", "", ""]


def test_chosen_columns_come_in_the_order_asked_for() -> None:
    assert csv_cells(FULL, ("plate", "x2", "time_from")) == ["AB12CDE", "3.0", "given"]


@pytest.mark.parametrize("record", [FULL, BARE, replace(FULL, track="~made up")], ids=["full", "bare", "no track"])
def test_every_json_line_fits_the_schema(record: Record) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(json_line(record)))


@pytest.mark.parametrize(("name", "wrong"), [("confidence", 1.2), ("list", "grey"), ("closed", None), ("box", [1, 2])])
def test_the_schema_refuses_what_is_no_read(name: str, wrong: object) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert not validator.is_valid({**json_object(FULL), name: wrong})
    assert not validator.is_valid({**json_object(FULL), "surplus": 1})
    assert not validator.is_valid({key: value for key, value in json_object(FULL).items() if key != name})


def test_the_published_schema_and_the_reference_are_as_the_fields_say() -> None:
    assert SCHEMA.read_text("utf-8") == schema_text(), "run tools/write_record_schema.py"
    reference = REFERENCE.read_text("utf-8")
    assert reference == reference_text(reference), "run tools/write_record_schema.py"


def test_the_example_in_the_reference_is_a_read() -> None:
    example = REFERENCE.read_text("utf-8").split("```json\n")[1].split("```")[0]
    Draft202012Validator(json.loads(schema_text())).validate(json.loads(example))


def test_every_field_is_named_once_and_explained() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert all(field.title and field.meaning.endswith(".") and (field.json or field.csv) for field in FIELDS)


def test_what_the_record_keeps_is_told_but_for_what_is_the_logs_own() -> None:
    """A field that is added to Record and forgotten in FIELDS fails here: two records that differ in it read alike."""
    others: dict[str, Any] = {
        "plate": "X", "source": "x", "first_time": WHEN + timedelta(1), "last_time": WHEN + timedelta(1),
        "time_from": "live", "confidence": 0.1, "char_confidences": (), "alternatives": (), "reads": 1, "readings": 1,
        "sure": True, "track": "4", "closed": True, "first_s": 0.0, "last_s": 0.0, "best_s": 0.0, "box": None,
        "region": "", "list_name": "", "crop": "", "frame": "", "original_plate": None, "note": "", "id": 6,
    }  # fmt: skip
    own = {"run", "revision", "settled", "verdict", "settled_by"}
    assert set(Record.__dataclass_fields__) == set(others) | own
    for name, value in others.items():
        assert json_object(replace(FULL, **{name: value})) != json_object(FULL), name


def test_an_event_becomes_a_record() -> None:
    event = made_event(
        12, "AB12CDE", EventKind.UPDATE, 3, "cam", clock=WallClock.CONTAINER, first_time=WHEN, agreeing=4,
        reading_count=6, media_s=1.25, sure=False, region="GB",
    )  # fmt: skip
    record = record_of(event, "run", "block")
    assert (record.plate, record.source, record.track, record.revision, record.run) == (
        "AB12CDE",
        "cam",
        "12",
        3,
        "run",
    )
    assert (record.reads, record.readings, record.best_s, record.time_from) == (4, 6, 1.25, "container")
    assert (record.sure, record.closed, record.list_name, record.key) == (False, False, "block", event.key)
    assert record.first_time == WHEN and record.key_text == str(event.key)


def test_a_final_event_closes_its_visit_and_an_image_has_no_media_time() -> None:
    record = record_of(made_event(1, is_still=True))
    assert record.closed and (record.first_s, record.last_s, record.best_s) == (None, None, None)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n@", "＝"])
def test_formula_starts_get_an_apostrophe(start: str) -> None:
    assert records.spreadsheet_safe(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("name", ["source", "plate", "region", "crop", "time_from"])
def test_no_text_of_a_read_is_a_formula(name: str) -> None:
    assert cells_of(replace(FULL, **{name: "=1+1"}))[name] == "'=1+1"  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["AB12CDE", "", "a=b", "12-34", "ÄÖ 1", 12, -3.5])
def test_harmless_values_stay(value: object) -> None:
    assert records.spreadsheet_safe(value) == str(value)


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40))
def test_safe_text_is_never_a_formula_and_comes_back(text: str) -> None:
    safe = records.spreadsheet_safe(text)
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r"))
    if not text.startswith("'"):
        assert records.spreadsheet_original(safe) == text


def test_times_have_offset_and_milliseconds() -> None:
    assert records.iso(WHEN) == "2026-03-04T05:06:07.089+02:00"
    assert records.iso(datetime(2026, 1, 1)) == "2026-01-01T00:00:00.000+00:00"
    assert records.iso(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000+00:00"


def test_a_line_survives_the_csv_module() -> None:
    cells = csv_cells(replace(FULL, source='so "quoted", and\nbroken', plate="ТЕСТ"))
    assert next(csv.reader(io.StringIO(csv_line(cells), newline=""))) == cells


def test_no_character_is_certain_that_was_not_read_so() -> None:
    record = replace(FULL, char_confidences=(1.0, 0.99997, 0.98765))
    assert json_object(record)["char_confidences"] == [1.0, 0.9999, 0.9877]
