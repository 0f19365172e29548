"""The CSV of what a run did not report: one row a thing that may have been a plate, with its text, reason and place."""

from collections.abc import Sequence
from pathlib import Path

from app.pipeline.after_commit import Receipt
from app.pipeline.events import PlateEvent
from app.pipeline.types import Rejection
from app.records import CSV_ENCODING, csv_line, iso, spreadsheet_safe
from app.sinks.row_file import LineFile
from app.sources.source import SourceSpec

COLUMNS = ("time", "source", "plate", "confidence", "reason", "detail", "track", "seconds", "x1", "y1", "x2", "y2")


class RejectedFile(LineFile):
    """Takes rejections as they come and writes them whenever a source's reads are written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, csv_line(COLUMNS), CSV_ENCODING)
        self._pending: list[str] = []

    def take(self, rejection: Rejection) -> None:
        """Note a rejection; for the engine's thread."""
        self._pending.append(csv_line(cells(rejection)))

    def on_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> Receipt | None:
        """Write what was noted; the receipt comes when it is on the disk."""
        lines, self._pending = "".join(self._pending), []
        return self.add_lines(lines)

    def flush(self) -> None:
        """Write what was noted and what waits."""
        lines, self._pending = "".join(self._pending), []
        self.add_lines(lines)
        super().flush()


def cells(rejection: Rejection) -> list[str]:
    """Return the cells of a rejection, in the order of COLUMNS."""
    box = rejection.box
    return [
        iso(rejection.wall_time) if rejection.wall_time is not None else "",
        spreadsheet_safe(str(rejection.key.source)),
        spreadsheet_safe(rejection.text),
        f"{rejection.confidence:.4f}" if rejection.text else "",
        rejection.reason.value,
        rejection.detail,
        str(rejection.key.number),
        f"{rejection.media_time:.3f}",
        *(f"{value:.1f}" for value in (box.x1, box.y1, box.x2, box.y2)),
    ]
