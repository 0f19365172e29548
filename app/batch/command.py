"""The command `main.py run`: what it does, and how a run is told on the console. Its options are in options.py."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import FrameType

from app import settings as settings_file
from app.batch.runner import Control, Outputs, Report, items_of, run
from app.batch.state import StateFile
from app.batch.writers import csv_file, json_file
from app.journal import Journal, open_journal
from app.pipeline.tuning import Tuning, from_settings
from app.platelog.errors import LogError
from app.platelog.place import locate

INTERRUPTED = 130
_LOG_FLUSH_S = 30.0


def tuning_of(args: argparse.Namespace) -> tuple[str, Tuning]:
    """Return the device and the tuning that the settings file and the options ask for; warns of faulty settings."""
    loaded = settings_file.load()
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    tuning = from_settings(loaded.settings)
    if args.min_confidence is not None:
        tuning = replace(tuning, min_confidence=args.min_confidence)
    if args.country:
        tuning = replace(tuning, countries=tuple(country.upper() for country in args.country))
    return args.device or loaded.settings.detection.device, tuning


def main(args: argparse.Namespace) -> int:
    """Run and return the exit status: 0, 1 when something failed, 130 after Ctrl-C."""
    from app.console import RunConsole
    from app.pipeline.opening import load_pipeline

    items, errors = items_of(args.sources, args.start)
    if args.resume and not (args.csv or args.jsonl):
        print("--resume needs the --csv or --jsonl of the run that was stopped.", file=sys.stderr)
        return 2
    if not items:
        return _tell_errors(errors)
    device, tuning = tuning_of(args)
    try:
        pipeline = load_pipeline(device, tuning)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"The networks cannot be loaded: {error}. `platescribe doctor` tells more.", file=sys.stderr)
        return 1
    control = Control()
    try:
        with _journal(args, errors) as journal, interruptible(control), RunConsole(len(items)) as console:
            outputs = _outputs(args, journal)
            report = run(items, pipeline, outputs, console, control, jobs=args.jobs, resume=args.resume)
    except LogError as error:
        print(error, file=sys.stderr)
        return 1
    console.summary(report, pipeline.rejected())
    return _status(report, errors, args)


@contextmanager
def _journal(args: argparse.Namespace, errors: list[str]) -> Iterator[Journal | None]:
    """The log, if one is asked for; what it could not keep in the end becomes an error. Raises LogError."""
    if args.log is None:
        yield None
        return
    pictures = settings_file.load().settings.log.pictures and not args.no_pictures
    place = locate(args.log or None)
    if place.file is not None and not place.file.exists():
        what = "Reads and their pictures" if pictures else "Reads, without pictures,"
        print(f"{what} are kept in {place.name}; `log retain --days 30` deletes what is older.", file=sys.stderr)
    journal = open_journal(args.log or None, pictures=pictures)
    try:
        yield journal
    finally:
        journal.flush(_LOG_FLUSH_S)
        lost = journal.close()
        if lost:
            errors.append(f"{lost} visits could not be kept in the log: {journal.status.message}")


def _outputs(args: argparse.Namespace, journal: Journal | None) -> Outputs:
    def list_of(plate: str, when: datetime) -> str:
        return journal.store.watch.list_of(plate, when) if journal is not None and journal.store is not None else ""

    rows = {}
    if args.csv:
        rows["csv"] = csv_file(args.csv, list_of)
    if args.jsonl:
        rows["jsonl"] = json_file(args.jsonl, list_of)
    main_output = args.csv or args.jsonl
    outputs = Outputs(rows, args.video, StateFile.beside(main_output) if main_output else None)
    if journal is not None:
        outputs.keep = journal.take
    return outputs


def _status(report: Report, errors: Sequence[str], args: argparse.Namespace) -> int:
    status = _tell_errors([*errors, *report.errors])
    if report.interrupted:
        hint = " Add --resume to the same command to go on." if args.csv or args.jsonl else ""
        print(f"Stopped; what was read so far is kept.{hint}", file=sys.stderr)
        return INTERRUPTED
    return status


def _tell_errors(errors: Sequence[str]) -> int:
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


@contextmanager
def interruptible(control: Control) -> Iterator[None]:
    """Let the first Ctrl-C (or a polite kill) end the run after its frame; a second one ends the program."""

    def stop(number: int, _: FrameType | None) -> None:
        control.stop()
        signal.signal(number, before[number])

    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {int(name): signal.getsignal(name) for name in wanted}
    try:
        for name in wanted:
            signal.signal(name, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
