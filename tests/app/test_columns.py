import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import columns


def test_column_names_are_the_agreed_ones() -> None:
    assert ",".join(columns.COLUMNS) == (
        "time,source,plate,confidence,reads,track,first_s,last_s,x1,y1,x2,y2,region,list,crop"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n@", "＝"])
def test_formula_starts_get_an_apostrophe(start: str) -> None:
    assert columns.spreadsheet_safe(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", ["AB12CDE", "", "a=b", "12-34", "ÄÖ 1", 12, -3.5])
def test_harmless_values_stay(value: object) -> None:
    assert columns.spreadsheet_safe(value) == str(value)


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40))
def test_safe_text_is_never_a_formula_and_comes_back(text: str) -> None:
    safe = columns.spreadsheet_safe(text)
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r"))
    if not text.startswith("'"):
        assert columns.spreadsheet_original(safe) == text


def test_iso_has_offset_and_milliseconds() -> None:
    when = datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=timezone(timedelta(hours=2)))
    assert columns.iso(when) == "2026-03-04T05:06:07.089+02:00"
    assert columns.iso(datetime(2026, 1, 1)) == "2026-01-01T00:00:00.000+00:00"
    assert columns.iso(None) == ""


def test_row_follows_the_columns_and_keeps_figures() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    row = columns.row(when, "=evil", "AB12", 0.98765, 7, "3", (1.5, 2), (-1, 2, 3, 4), "GB", "block", "c.jpg")
    named = dict(zip(columns.COLUMNS, row, strict=True))
    assert named["source"] == "'=evil"
    assert named["confidence"] == "0.9877"
    assert (named["first_s"], named["last_s"], named["x1"]) == ("1.500", "2.000", "-1.0")
    assert (named["region"], named["list"], named["crop"]) == ("GB", "block", "c.jpg")


def test_row_refuses_a_wrong_number_of_figures() -> None:
    with pytest.raises(ValueError, match="two seconds and four corners"):
        columns.row(None, "s", "A", 1, 1, 1, (1,), None)


def test_row_survives_the_csv_module() -> None:
    row = columns.row(None, 'so "quoted", and\nbroken', "ТЕСТ", 0.5, 1, 1, (None, None), None)
    out = io.StringIO()
    csv.writer(out).writerow(row)
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == row
