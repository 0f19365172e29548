"""The log in other programs' hands: CSV for spreadsheets, JSON lines, a folder of crops; watch lists as CSV."""

import csv
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO, TypeVar

from app.records import CSV_COLUMNS, CSV_ENCODING, Record, csv_cells, json_line, spreadsheet_original, spreadsheet_safe
from app.store.errors import LogError
from app.store.location import EXPORT, FILE_MODE, files_for, private_folder
from app.store.pictures import PictureFolder
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry
from recognizer.plate_tables import TableError, read_table

WATCH_COLUMNS = ("list", "plate", "tolerance", "look_alikes", "hours", "note")
_WATCH_BYTES = 64 << 20
_YES, _NO = ("yes", "true", "1", "y", ""), ("no", "false", "0", "n")
T = TypeVar("T")
Progress = Callable[[int], None]


def to_csv(
    visits: Iterable[Record], file: Path, progress: Progress | None = None, columns: Sequence[str] = CSV_COLUMNS
) -> int:
    """Write visits as CSV with columns of app.records and return how many. Raises LogUnavailable."""
    return _table(file, columns, (csv_cells(visit, columns) for visit in visits), progress)


def to_jsonl(visits: Iterable[Record], file: Path, progress: Progress | None = None) -> int:
    """Write visits as JSON, one object a line in UTF-8, and return how many. Raises LogUnavailable."""
    count = 0
    with _whole_file(file, "utf-8") as out:
        for count, visit in enumerate(visits, start=1):
            out.write(json_line(visit))
            _report(progress, count)
    return count


def to_crops(visits: Iterable[Record], pictures: PictureFolder, folder: Path, progress: Progress | None = None) -> int:
    """Copy the visits' crops to folder, named by time and plate, with `crops.csv` naming each; return how many."""
    private_folder(folder)
    copied: list[list[str]] = []
    for visit in visits:
        source = pictures.path(visit.crop) if visit.crop else None
        if source is not None and source.is_file():
            target = _free(folder, f"{visit.first_time:%Y%m%d-%H%M%S}_{_file_safe(visit.plate)}")
            with files_for(target, EXPORT):
                shutil.copyfile(source, target)
                target.chmod(FILE_MODE)
            copied.append(csv_cells(replace(visit, crop=target.name)))
            _report(progress, len(copied))
    _table(folder / "crops.csv", CSV_COLUMNS, copied, None)
    return len(copied)


def watch_to_csv(entries: Iterable[WatchEntry], file: Path) -> int:
    """Write watch-list entries as CSV and return how many. Raises LogUnavailable."""
    rows = (
        [
            entry.list_name,
            spreadsheet_safe(entry.plate),
            str(entry.tolerance),
            "yes" if entry.look_alikes else "no",
            spreadsheet_safe(entry.hours),
            spreadsheet_safe(entry.note),
        ]
        for entry in entries
    )
    return _table(file, WATCH_COLUMNS, rows, None)


def watch_from_csv(file: Path, list_name: str = BLOCK) -> list[WatchEntry]:
    """Read watch-list entries from a CSV with at least a column `plate`; list_name is for rows that name none.

    Raises LogError naming the file and the line; then nothing is taken.
    """
    with files_for(file, EXPORT):
        data = file.read_bytes() if file.stat().st_size <= _WATCH_BYTES else None
    if data is None:
        raise LogError(f"{file} is larger than {_WATCH_BYTES >> 20} MB: that is no watch list.")
    try:
        table = read_table(file, data, plates=("plate",))
    except TableError as error:
        raise LogError(str(error)) from error
    if "plate" not in table.headings:
        raise LogError(f"{file} has no column 'plate' in its first line: use {','.join(WATCH_COLUMNS)}.")
    return [_watch_entry(file, row.line, row.fields, list_name) for row in table.rows if row.fields["plate"]]


def _table(file: Path, header: Iterable[str], rows: Iterable[list[str]], progress: Progress | None) -> int:
    count = 0
    with _whole_file(file, CSV_ENCODING) as out:
        table = csv.writer(out)
        table.writerow(header)
        for count, values in enumerate(rows, start=1):
            table.writerow(values)
            _report(progress, count)
    return count


@contextmanager
def _whole_file(file: Path, encoding: str) -> Iterator[TextIO]:
    """Open a file to be written that appears under its name only when it is complete; for this user only."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    with files_for(file, EXPORT):
        try:
            part.touch(FILE_MODE, exist_ok=False)
            with part.open("w", encoding=encoding, newline="", errors="replace") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _report(progress: Progress | None, count: int) -> None:
    if progress is not None:
        progress(count)


def frame_name(folder: Path, visit: Record) -> Path:
    """Return a file in folder for a visit's picture, named by time and plate, that does not exist yet."""
    return _free(folder, f"{visit.first_time:%Y%m%d-%H%M%S}_{_file_safe(visit.plate)}")


def _file_safe(plate: str) -> str:
    return "".join(character for character in plate if character.isalnum())[:32] or "plate"


def _free(folder: Path, stem: str) -> Path:
    target, number = folder / f"{stem}.jpg", 2
    while target.exists():
        target, number = folder / f"{stem}_{number}.jpg", number + 1
    return target


def _watch_entry(file: Path, line: int, record: Mapping[str, str], list_name: str) -> WatchEntry:
    texts = {name: spreadsheet_original(value.strip()) for name, value in record.items() if name in WATCH_COLUMNS}
    look_alikes = texts.get("look_alikes", "").lower()
    tolerance = texts.get("tolerance", "") or "0"
    if look_alikes not in _YES + _NO:
        raise LogError(f"{file}, line {line}: look_alikes is yes or no, not '{look_alikes}'.")
    if not tolerance.isdecimal() or len(tolerance) > 3:
        raise LogError(f"{file}, line {line}: tolerance is a number of characters, not '{tolerance}'.")
    try:
        return WatchEntry(
            list_name=texts.get("list", "").lower() or list_name,
            plate=texts["plate"],
            tolerance=int(tolerance),
            look_alikes=look_alikes in _YES,
            hours=texts.get("hours", ""),
            note=texts.get("note", ""),
        )
    except LogError as error:
        raise LogError(f"{file}, line {line}: {error}") from error
