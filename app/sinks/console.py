"""What a run looks like on the console: a bar with the time left, each plate as it is read, a table at the end."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from app.config.wording import counted
from app.pipeline.engine import EngineReport
from app.pipeline.events import PlateEvent
from app.pipeline.sink import Sink, WatchHit
from app.pipeline.types import FrameResult, RejectReason
from app.sources.source import SourceInfo, SourceSpec
from app.sources.source_id import TrackKey

_MOST_ROWS = 300


class _Patient(Console):
    """Goes on in silence where the reader of the output has gone, as in `main.py run … | head`."""

    def on_broken_pipe(self) -> None:
        """Print to nobody from now on."""
        self.quiet = True
        with open(os.devnull, "w") as nobody:  # noqa: PTH123 - a device
            os.dup2(nobody.fileno(), self.file.fileno())


class RunConsole(Sink):
    """Shows a run; to be used as a context manager round it."""

    def __init__(
        self,
        sources: int,
        console: Console | None = None,
        *,
        quiet: bool = False,
        patient: bool = False,
        on_stderr: bool = False,
    ) -> None:
        """Show nothing yet.

        Args:
            sources: How many there are.
            console: Where it is shown.
            quiet: The bar only, no line for a plate.
            patient: The run goes on although nobody reads what it prints.
            on_stderr: The standard output belongs to the rows.
        """
        self._console = console or (_Patient if patient else Console)(stderr=on_stderr)
        self._sources = sources
        self._finished = 0
        self._quiet = quiet
        self._told: dict[TrackKey, str] = {}
        self._reads: list[PlateEvent] = []
        self._share: Callable[[], float] = lambda: 0.0
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

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return "console"

    def follow(self, share: Callable[[], float]) -> None:
        """Show, from now on, the share of the whole work that is done, 0 to 1."""
        self._share = share

    def on_source_begun(self, source: SourceSpec, info: SourceInfo | None) -> None:
        """Show the name of the source that is read."""
        count = f" ({self._finished + 1} of {self._sources})" if self._sources > 1 else ""
        self._progress.update(self._task, description=escape(f"{_short(source.source_id)}{count}"))
        for note in info.notes if info is not None else ():
            self.on_trouble(note)

    def on_frame(self, result: FrameResult) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=self._share())

    def on_event_kept(self, event: PlateEvent) -> None:
        """Print a plate that is final and on the disk, once for each text."""
        text, span = event.text, event.span
        if not self._quiet and self._told.get(event.key) != text.plate:
            self._told[event.key] = text.plate
            when = "" if span.is_still else f"  {_clock(span.first_s)}-{_clock(span.last_s)}"
            mark = "" if text.sure else " unsure"
            line = f"{text.plate:<10} {text.confidence:.2f}{mark}{when}  {_short(event.source)}"
            self._progress.console.print(line, markup=False, highlight=False)

    def on_hit(self, hit: WatchHit) -> None:
        """Print a watch-list hit at once, whether or not it is on the disk."""
        event, span = hit.event, hit.event.span
        when = "" if span.is_still else f"  {_clock(span.first_s)}"
        note = f"  ({hit.note})" if hit.note else ""
        line = f"HIT {event.text.plate}  {hit.list_name} list: {hit.entry}{note}{when}  {_short(event.source)}"
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def on_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> None:
        """Keep the reads for the table at the end."""
        self._reads += reads

    def on_source_lost(self, source: SourceSpec, error: str) -> None:
        """Print that a live source is lost."""
        self.on_trouble(f"{error}; trying again")

    def on_source_back(self, source: SourceSpec) -> None:
        """Print that a live source is back."""
        self.on_trouble(f"{source.source_id}: is back")

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """Count a source that is done; what is wrong with it is told at the end."""
        self._finished += 1

    def on_trouble(self, text: str) -> None:
        """Print what is wrong with an output or the log while the run goes on."""
        print(text, file=sys.stderr)  # rich leads it past the bar

    def summary(
        self,
        report: EngineReport,
        rejected: Mapping[RejectReason, int],
        skipped: int = 0,
        written: Sequence[Path] = (),
        passed_over: Mapping[str, int] | None = None,
    ) -> None:
        """Print the table of reads and a line on the run.

        Args:
            report: What the engine did.
            rejected: What was not reported, by reason.
            skipped: Sources that an earlier run had done.
            written: Files that were made.
            passed_over: Files of folders that are neither video nor picture, by what they are.
        """
        reads = self._reads
        if reads:
            self._console.print(_table(reads))
        speed = f", {report.frames / report.seconds:.0f} frames a second" if report.seconds > 0 else ""
        plates, frames, sources = (
            counted(count, name)
            for count, name in ((len(reads), "plate"), (report.frames, "frame"), (report.sources, "source"))
        )
        unsure = sum(not event.text.sure for event in reads)
        self._print(f"{plates}{f' ({unsure} unsure)' if unsure else ''}, {frames} of {sources}{speed}")
        if skipped:
            self._print(f"{counted(skipped, 'source')} done already")
        if passed_over:
            kinds = ", ".join(f"{count} {what}" for what, count in sorted(passed_over.items()))
            self._print(f"Neither video nor picture: {kinds}")
        if rejected:
            reasons = ", ".join(f"{count} {reason.value}" for reason, count in sorted(rejected.items(), key=_by_count))
            self._print(f"Not reported: {reasons}")
        for path in written:
            self._print(f"Written: {path}")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _table(events: Sequence[PlateEvent]) -> Table:
    table = Table(caption=f"and {len(events) - _MOST_ROWS} more" if len(events) > _MOST_ROWS else None)
    for heading in ("Plate", "Confidence", "Reads", "First", "Last", "Source"):
        table.add_column(heading, justify="right" if heading in ("Confidence", "Reads", "First", "Last") else "left")
    for event in events[:_MOST_ROWS]:
        text, span = event.text, event.span
        first, last = ("", "") if span.is_still else (_clock(span.first_s), _clock(span.last_s))
        source, reads = escape(_short(event.source)), str(event.evidence.agreeing)
        confidence = f"{text.confidence:.2f}" if text.sure else f"unsure {text.confidence:.2f}"
        table.add_row(escape(text.plate), confidence, reads, first, last, source)
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
