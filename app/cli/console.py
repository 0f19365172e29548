"""What a run looks like on the console: a bar with the time left, each plate as it is read, a table at the end."""

import os
import sys
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from app.batch.progress import Item, Report
from app.config.wording import counted
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.types import RejectReason
from app.sources.source_id import TrackKey

_MOST_ROWS = 300


class _Patient(Console):
    """Goes on in silence where the reader of the output has gone, as in `main.py run … | head`."""

    def on_broken_pipe(self) -> None:
        """Print to nobody from now on."""
        self.quiet = True
        with open(os.devnull, "w") as nobody:  # noqa: PTH123 - a device
            os.dup2(nobody.fileno(), self.file.fileno())


class RunConsole:
    """Shows a run; to be used as a context manager round it."""

    def __init__(
        self, sources: int, console: Console | None = None, quiet: bool = False, patient: bool = False
    ) -> None:
        """quiet: the bar only, no line for a plate. patient: a run goes on although nobody reads what it prints."""
        self._console = console or (_Patient() if patient else Console())
        self._sources = sources
        self._finished = 0
        self._quiet = quiet
        self._told: dict[TrackKey, str] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("loading", total=1.0)

    def __enter__(self) -> "RunConsole":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begun(self, item: Item) -> None:
        """Show the name of the source that is read."""
        count = f" ({self._finished + 1} of {self._sources})" if self._sources > 1 else ""
        self._progress.update(self._task, description=escape(f"{_short(item.spec.source_id)}{count}"))

    def advanced(self, item: Item, media_s: float, share: float) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=share)

    def found(self, event: PlateEvent) -> None:
        """Print a plate when it is final, once for each text."""
        if not self._quiet and event.kind is EventKind.FINAL and self._told.get(event.key) != event.text.plate:
            self._told[event.key] = event.text.plate
            when = "" if event.span.is_still else f"  {_clock(event.span.first_s)}-{_clock(event.span.last_s)}"
            line = f"{event.text.plate:<10} {event.text.confidence:.2f}{when}  {_short(event.source)}"
            self._progress.console.print(line, markup=False, highlight=False)

    def trouble(self, text: str) -> None:
        """Print what is wrong with an output or the log while the run goes on."""
        print(text, file=sys.stderr)  # rich leads it past the bar

    def ended(self, item: Item, error: str) -> None:
        """Count a source that is done; what is wrong with it is told at the end."""
        self._finished += 1

    def summary(self, report: Report, rejected: Mapping[RejectReason, int]) -> None:
        """Print the table of reads and a line on the run."""
        if report.events:
            self._console.print(_table(report))
        speed = f", {report.frames / report.seconds:.0f} frames a second" if report.seconds > 0 else ""
        plates, frames, sources = (
            counted(count, name)
            for count, name in ((len(report.events), "plate"), (report.frames, "frame"), (report.sources, "source"))
        )
        self._print(f"{plates}, {frames} of {sources}{speed}")
        if report.skipped:
            self._print(f"{counted(report.skipped, 'source')} done already")
        if rejected:
            reasons = ", ".join(f"{count} {reason.value}" for reason, count in sorted(rejected.items(), key=_by_count))
            self._print(f"Not reported: {reasons}")
        for path in report.written:
            self._print(f"Written: {path}")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _table(report: Report) -> Table:
    table = Table(caption=f"and {len(report.events) - _MOST_ROWS} more" if len(report.events) > _MOST_ROWS else None)
    for heading in ("Plate", "Confidence", "Reads", "First", "Last", "Source"):
        table.add_column(heading, justify="right" if heading in ("Confidence", "Reads", "First", "Last") else "left")
    for event in report.events[:_MOST_ROWS]:
        first, last = ("", "") if event.span.is_still else (_clock(event.span.first_s), _clock(event.span.last_s))
        source = escape(_short(event.source))
        table.add_row(
            escape(event.text.plate), f"{event.text.confidence:.2f}", str(event.evidence.agreeing), first, last, source
        )
    return table


def _by_count(pair: tuple[RejectReason, int]) -> int:
    return -pair[1]


def _clock(seconds: float) -> str:
    """Media time as m:ss.t, with hours where there are any."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest / 10:04.1f}" if hours else f"{minutes}:{rest / 10:04.1f}"


def _short(name: str, length: int = 48) -> str:
    """Keep the end of a long name, which tells more than its beginning."""
    return name if len(name) <= length else "…" + name[1 - length :]
