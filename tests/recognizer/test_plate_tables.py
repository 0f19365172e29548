"""Tables of plates as spreadsheets write them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.plate_tables import TableError, read_table, tell_spoilt


def table(tmp_path: Path, content: bytes) -> list[tuple[int, dict[str, str]]]:
    path = tmp_path / "plates.csv"
    path.write_bytes(content)
    return [(row.line, dict(row.fields)) for row in read_table(path, plates=("plate",)).rows]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"plate,note\nAB12,gate\n", 2),
        (b"\xef\xbb\xbfplate;note\r\nAB12;gate\r\n", 2),
        (b"\xef\xbb\xbfsep=;\r\nplate;note\r\nAB12;gate\r\n", 3),
        (b'"sep=,"\nplate,note\nAB12,gate\n', 3),
        (b"Plate \tNOTE\n AB12 \tgate\n", 2),
        ("plate\tnote\r\nAB12\tgate\r\n".encode("utf-16"), 2),
        (b"plate,note\n\n,\nAB12,gate\n", 4),
    ],
)
def test_every_way_in_which_tables_are_saved_is_read(tmp_path: Path, content: bytes, line: int) -> None:
    assert table(tmp_path, content) == [(line, {"plate": "AB12", "note": "gate"})]


def test_a_row_that_is_too_short_has_empty_fields_and_the_first_heading_that_is_there_counts(tmp_path: Path) -> None:
    path = tmp_path / "plates.csv"
    path.write_text("plate,note\nAB12\n")
    found = read_table(path)
    assert found.rows[0].fields == {"plate": "AB12", "note": ""}
    assert (found.heading("text", "plate"), found.rows[0].first("note", "plate")) == ("plate", "AB12")


@pytest.mark.parametrize(
    "text",
    ["1E+05", "1.23E+05", "1,23E+11", "12-May", "12. Mai", "Jan 23", "01.05.2023", "2023-05-01 00:00:00", "1/5/2023"],
)
def test_what_a_spreadsheet_made_of_a_plate_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"plates\.csv, line 3: .* spreadsheet"):
        table(tmp_path, f"plate;note\nAB12;x\n{text};x\n".encode())
    assert table(tmp_path, f"plate;note\nAB12;{text}\n".encode()), "in other columns it is no plate"


@pytest.mark.parametrize(
    "text", ["AB12CD", "12-MAY", "12-34-AB", "1E5", "5 E 1234", "20-23-05", "JAN 23", "2023", "M-AI 12", "*MAY*"]
)
def test_plates_are_left_alone(text: str) -> None:
    assert tell_spoilt(text) == ""


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not UTF-8 text: save it as 'CSV UTF-8'"):
        table(tmp_path, "plate\nÜ1\n".encode("latin-1"))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_table(Path("x.csv"), data, plates=("plate",))
    except TableError:
        return
