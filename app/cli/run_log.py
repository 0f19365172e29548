"""The log of a run: written where it is asked for, else looked at for its watch lists alone."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from app.config import settings as settings_file
from app.config.wording import counted
from app.pipeline.sink import Sink
from app.sinks.log import HitRelay, LogSink
from app.sinks.resume import StateFile
from app.sinks.row_file import OutputError
from app.sinks.watch_lists import WatchListSink
from app.store.errors import LogError
from app.store.housekeeping import Housekeeping
from app.store.journal import Journal, open_journal
from app.store.location import locate
from app.store.store import Store
from app.store.types import LogStatus


@dataclass(slots=True)
class RunLog:
    """The journal that a run writes, or the store that it only reads watch lists in; neither where there is no log."""

    journal: Journal | None = None
    lists: Store | None = None
    hits: HitRelay = field(default_factory=HitRelay)

    @property
    def run(self) -> str:
        """The run's name in the log, empty where none is kept."""
        return self.journal.run if self.journal is not None else ""

    def sinks(self, read_anew: bool) -> list[Sink]:
        """Return what keeps reads and tells hits; read_anew: as LogSink has it."""
        if self.journal is not None:
            return [LogSink(self.journal, self.hits, read_anew=read_anew)]
        return [WatchListSink(self.lists)] if self.lists is not None else []

    def list_of(self, plate: str, when: datetime) -> str:
        """Return the watch list that a plate is on, or an empty text."""
        store = self.journal.store if self.journal is not None else self.lists
        return store.watch.list_of(plate, when) if store is not None else ""


@contextmanager
def open_run_log(
    args: argparse.Namespace,
    chosen: settings_file.Settings,
    errors: list[str],
    tell: Callable[[str], None],
) -> Iterator[RunLog]:
    """Open the log that is asked for to write it, else the user's own for its watch lists, if there is one.

    Args:
        args: The command line.
        chosen: The settings.
        errors: Takes, in the end, what could not be kept.
        tell: Tells a person what is wrong meanwhile.

    Raises:
        LogError: The log that is to be written cannot be opened.
    """
    if args.log is None:
        with _watch_lists(chosen, tell) as lists:
            yield RunLog(lists=lists)
    else:
        hits = HitRelay()
        with _journal(args, chosen, errors, tell, hits) as journal:
            yield RunLog(journal, hits=hits)


@contextmanager
def _watch_lists(chosen: settings_file.Settings, tell: Callable[[str], None]) -> Iterator[Store | None]:
    """The user's own log, only to be read; None where there is none, or where it cannot be read, which is told."""
    log = settings_file.log_file(chosen)
    file = locate(log).file
    if file is None or not file.is_file():
        yield None
        return
    try:
        store = Store.open(log, read_only=True)
    except LogError as error:
        tell(f"No watch lists: {error}")
        yield None
        return
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _journal(
    args: argparse.Namespace,
    chosen: settings_file.Settings,
    errors: list[str],
    tell: Callable[[str], None],
    on_alarm: HitRelay,
) -> Iterator[Journal]:
    """The log to be written; what it could not keep in the end becomes an error."""
    log = args.log or settings_file.log_file(chosen)
    pictures = chosen.log.pictures and not args.no_pictures
    days = chosen.log.keep_days
    place = locate(log)
    if place.file is not None and not place.file.exists():
        what = "Reads and their pictures" if pictures else "Reads, without pictures,"
        span = f"for {counted(days, 'day')}" if days else "for ever"
        print(f"{what} are kept in {place.name} {span} (`log.keep_days` in the settings).", file=sys.stderr)
    tell_status = LogStatusTeller(tell)
    journal = open_journal(log, run=_run_before(args), pictures=pictures, on_alarm=on_alarm, on_status=tell_status)
    tell_status(journal.status)
    tidy = Housekeeping(lambda: journal.store, days, tell).start() if days else None
    try:
        yield journal
    finally:
        if tidy is not None:
            tidy.close()
        lost = journal.close() + journal.status.refused
        tell_status(journal.status)
        if lost:
            errors.append(f"{counted(lost, 'visit')} could not be kept in the log: {journal.status.message}")
        if bare := journal.status.without_pictures:
            some = f"{counted(bare, 'visit')} {'is' if bare == 1 else 'are'} in the log without pictures"
            errors.append(f"{some}, for which there was no room.")


class LogStatusTeller:
    """Tells what is wrong with the log, and when it is well again, each once, while the run goes on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._notices: tuple[str, ...] = ()
        self._trouble = ""

    def __call__(self, status: LogStatus) -> None:
        """Take the log's status; from any thread."""
        for notice in status.notices:
            if notice not in self._notices:
                self._tell(notice)
        self._notices = status.notices
        if status.message and status.message != self._trouble:
            self._tell(status.message)
        elif self._trouble and not status.message:
            self._tell("The log is written again.")
        self._trouble = status.message


def _run_before(args: argparse.Namespace) -> str:
    """The name in the log of the run that is resumed: what it kept is not to be there twice."""
    output = args.csv or args.jsonl
    if not (args.resume and output):
        return ""
    try:
        return StateFile.beside(output).load().run
    except OutputError:
        return ""  # told when the outputs are opened
