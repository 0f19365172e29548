"""The CSV of a run, in the columns of `app.records`."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.pipeline.events import PlateEvent
from app.records import CSV_COLUMNS, CSV_ENCODING, csv_cells, csv_line, record_of
from app.sinks.row_file import RowFile

#: Which watch list a plate is on at a time; empty for none.
ListOf = Callable[[str, datetime], str]


def on_no_list(_plate: str, _when: datetime) -> str:
    """The watch list of a run that knows none."""
    return ""


def csv_file(path: Path, list_of: ListOf = on_no_list, live: bool = False) -> RowFile:
    """Return the CSV of a run, not opened yet; live: with rows of vehicles that are still there."""

    def line(event: PlateEvent) -> str:
        list_name = list_of(event.text.plate, event.span.first_time)
        return csv_line(csv_cells(record_of(event, list_name=list_name)))

    return RowFile(path, csv_line(CSV_COLUMNS), CSV_ENCODING, line, live)
