"""Reads tables of plates that people made with spreadsheets: watch lists, truth, training data.

One reader for all of them, so that what is taken in one place is taken in every other: commas, semicolons or tabs, the
`sep=` line of Excel, UTF-8 with or without its mark and UTF-16. A plate that a spreadsheet has turned into a number or
a date is refused with its line, since what it was is lost.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"(?i)^\"?sep=(.)\"?\s*$")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_EXPONENT = re.compile(r"(?i)^-?\d([.,]\d+)?e\+\d+$")
_MONTHS = (
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec "
    "Mrz Mär Mai Okt Dez Ene Abr Ago Dic Fev Set Out Gen Mag Giu Lug Ott"
)
_MONTH = f"(?:{'|'.join(_MONTHS.split())})"  # as spreadsheets write them: typed plates have no small letters there
_DATES = re.compile(
    rf"^(?:\d{{1,2}}[-./ ]+{_MONTH}\.?(?:[-./ ]+\d{{2,4}})?|{_MONTH}\.?[-./ ]+\d{{2,4}}"
    r"|(?:19|20)\d\d[-./]\d\d?[-./]\d\d?(?: .*)?|\d\d?[-./]\d\d?[-./](?:19|20)\d\d(?: .*)?)$"
)


class TableError(ValueError):
    """A table cannot be used; the message names the file, the line where there is one, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. fields: its texts by the heading in small letters, empty where it has none."""

    line: int
    fields: Mapping[str, str]

    def first(self, *names: str) -> str:
        """Returns the first text that one of the headings has, empty for none."""
        return next((self.fields[name] for name in names if self.fields.get(name)), "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read."""

    path: Path
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def heading(self, *names: str) -> str:
        """Returns which of several headings the table has, empty for none."""
        return next((name for name in names if name in self.headings), "")


def read_table(path: Path, data: bytes | None = None, plates: tuple[str, ...] = ()) -> Table:
    """Reads a table of plates.

    Args:
        path: The file; named in what is wrong with it.
        data: Its content, where it was read already.
        plates: Headings of columns whose texts must not be what a spreadsheet made of a plate.

    Raises:
        TableError: It is no table, or a plate was turned into a number or a date.
        OSError: It cannot be read.
    """
    lines = _decode(path, path.read_bytes() if data is None else data).splitlines()
    told = _SEPARATOR_LINE.match(lines[0]) if lines else None
    skipped = 1 if told else 0
    first = lines[skipped] if len(lines) > skipped else ""
    separator = told[1] if told else max(_SEPARATORS, key=first.count)
    try:
        table = csv.reader(lines[skipped:], delimiter=separator)
        headings = tuple(name.strip().lower() for name in next(table, []))
        rows = tuple(_rows(table, headings, skipped))
    except csv.Error as error:
        raise TableError(f"{path} is no CSV that can be read: {error}.") from error
    for row in rows:
        for name in plates:
            if wrong := tell_spoilt(row.fields.get(name, "")):
                raise TableError(f"{path}, line {row.line}: {wrong}")
    return Table(path, headings, rows)


def tell_spoilt(text: str) -> str:
    """Returns what a spreadsheet has made of a plate, and the remedy; empty where it has left it alone."""
    remedy = "format the column as text and enter the plate anew"
    if _EXPONENT.match(text):
        return f"'{text}' is a number of a spreadsheet, and its last figures are lost; {remedy}."
    if _DATES.match(text):
        return f"'{text}' is a date that a spreadsheet has made of a plate; {remedy}."
    return ""


def _rows(table: Iterator[list[str]], headings: tuple[str, ...], skipped: int) -> Iterator[Row]:
    for cells in table:
        if any(cell.strip() for cell in cells):
            texts = [cell.strip() for cell in cells] + [""] * len(headings)
            line = getattr(table, "line_num", 0) + skipped
            yield Row(line, dict(zip(headings, texts, strict=False)))


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not UTF-8 text: save it as 'CSV UTF-8'.") from error
