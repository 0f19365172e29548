"""The JSON lines of a run: one read a line, as `app.records` has it and the log exports it."""

from pathlib import Path

from app.pipeline.events import PlateEvent
from app.records import json_line, record_of
from app.sinks.csv import ListOf, on_no_list
from app.sinks.row_file import RowFile


def jsonl_file(path: Path, list_of: ListOf = on_no_list, live: bool = False) -> RowFile:
    """Return the JSON lines of a run, not opened yet; live: with lines of vehicles that are still there."""

    def line(event: PlateEvent) -> str:
        return json_line(record_of(event, list_name=list_of(event.text.plate, event.span.first_time)))

    return RowFile(path, "", "utf-8", line, live)
