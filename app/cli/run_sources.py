"""The command `main.py run`: what it does, and how a run is told on the console. Its options are in run_options.py."""

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from app import saved_sources
from app.cli.run_log import RunLog, open_run_log
from app.config import settings as settings_file
from app.notifications.opening import open_notifier
from app.notifications.receivers import default_path as receivers_path
from app.notifications.sender import ReceiverError
from app.pipeline.engine import Engine, EngineReport
from app.pipeline.file_scheduler import FileScheduler, QueuedSource, queue_sources
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning, from_settings
from app.sinks.csv import csv_file
from app.sinks.input_files import InputFiles
from app.sinks.jsonl import jsonl_file
from app.sinks.notifications import NotificationSink
from app.sinks.outputs import OpenedOutputs, open_outputs
from app.sinks.rejected import RejectedFile
from app.sinks.resume import StateFile
from app.sinks.row_file import STANDARD_OUTPUT, LineFile, RowFile, is_stream
from app.sinks.video import VideoSink
from app.sources.source import Turn
from app.store.errors import LogError

if TYPE_CHECKING:
    from app.sinks.console import RunConsole  # rich loads with the run, not with this module

INTERRUPTED = 130


def tuning_of(args: argparse.Namespace) -> tuple[str, Tuning]:
    """Return the device and the tuning that the settings file and the options ask for; warns of faulty settings."""
    loaded = settings_file.load()
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    tuning = from_settings(loaded.settings)
    if args.min_confidence is not None:
        tuning = replace(tuning, min_confidence=args.min_confidence)
    if args.only_sure:
        tuning = replace(tuning, min_confidence=max(tuning.min_confidence, tuning.sure_confidence))
    if args.country:
        tuning = replace(tuning, countries=tuple(country.upper() for country in args.country))
    if args.zones is not None:
        tuning = replace(tuning, zones=args.zones)
    return args.device or loaded.settings.detection.device, tuning


def main(args: argparse.Namespace) -> int:
    """Run and return the exit status: 0, 1 when something failed, 130 after Ctrl-C."""
    from app.pipeline.loading import load_pipeline
    from app.sinks.console import RunConsole

    passed_over: Counter[str] = Counter()
    items, errors = queue_sources(args.sources, args.start, Turn(args.rotate, args.mirror), passed_over)
    if args.resume and not any(path is not None and not is_stream(path) for path in (args.csv, args.jsonl)):
        print("--resume needs the --csv or --jsonl of the run that was stopped.", file=sys.stderr)
        return 2
    if clash := _same_output(args):
        print(f"{clash}: named for two outputs; give each its own.", file=sys.stderr)
        return 2
    if not items:
        return _tell_errors(errors)
    device, tuning = tuning_of(args)
    try:
        pipeline = load_pipeline(device, tuning)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"The networks cannot be loaded: {error}. `platescribe doctor` tells more.", file=sys.stderr)
        return 1
    kept = args.log is not None or any((args.csv, args.jsonl, args.video, args.rejected))
    streamed = any(path is not None and str(path) == STANDARD_OUTPUT for path in (args.csv, args.jsonl, args.rejected))
    console = RunConsole(len(items), patient=kept, on_stderr=streamed)
    try:
        report, outputs = _read(args, items, pipeline, console, errors)
    except (LogError, ReceiverError) as error:
        print(error, file=sys.stderr)
        return 1
    console.summary(report, pipeline.rejected(), len(outputs.skipped), outputs.written, passed_over)
    if not report.interrupted:
        for suggestion in pipeline.orientation.suggestions():
            console.on_trouble(suggestion)
    return _status(report, errors, args)


def _read(
    args: argparse.Namespace,
    items: Sequence[QueuedSource],
    pipeline: Pipeline,
    console: "RunConsole",
    errors: list[str],
) -> tuple[EngineReport, OpenedOutputs]:
    """Read all items into the outputs that are asked for; what could not be kept becomes an error.

    Raises LogError, and ReceiverError where receivers are to be told.
    """
    chosen = settings_file.load().settings
    with open_run_log(args, chosen, errors, console.on_trouble) as log, console:
        files: dict[str, LineFile] = {**_row_files(args, log)}
        if args.rejected:
            rejected = files["rejected"] = RejectedFile(args.rejected)
            pipeline.tell_rejections(rejected.take)
        outputs = open_outputs(items, files, _state_file(args, log), args.resume)
        errors += outputs.errors
        for notice in outputs.notices:
            console.on_trouble(notice)
        sinks = [*log.sinks(read_anew=outputs.resumed), *outputs.sinks]
        if args.notify:
            sinks.append(_notification_sink(chosen, log))
        if args.video:
            sinks.append(VideoSink(args.video, InputFiles(i.spec for i in items), len(items) == 1, pipeline.stages))
        done = sum(item.weight for item in outputs.skipped)
        if args.zones is None:
            _set_saved_zones(pipeline, outputs.items)
        scheduler = FileScheduler(outputs.items, pipeline.stages, args.jobs, chosen.live, done)
        console.follow(lambda: scheduler.share)
        engine = Engine(pipeline, scheduler, [*sinks, console])
        with interruptible(engine.request_stop):
            report = engine.run()
        outputs.written += [path for sink in sinks for path in sink.written]
        failed = [file.path for file in files.values() if file.failed]
        outputs.written = [path for path in outputs.written if path not in failed]
    return report, outputs


def _notification_sink(chosen: settings_file.Settings, log: RunLog) -> NotificationSink:
    """The sink that tells the receivers. Raises ReceiverError, too where there are none."""
    notifier = open_notifier(chosen)
    if notifier is None:
        raise ReceiverError(f"--notify: no receiver is set up in {receivers_path()}.")
    return NotificationSink(notifier, log.run)


def _set_saved_zones(pipeline: Pipeline, items: Sequence[QueuedSource]) -> None:
    """Look at the cameras that were set up in the window in the zones that they were given there."""
    saved = saved_sources.load()
    for item in items:
        zones = saved.zones_of(item.spec)
        if zones is not None:
            pipeline.set_zones(item.spec.source_id, zones)


def _same_output(args: argparse.Namespace) -> Path | None:
    """A file that is named for two outputs."""
    named = [path for path in (args.csv, args.jsonl, args.video, args.rejected) if path is not None]
    places = [path.resolve() for path in named]
    return next((path for path, place in zip(named, places, strict=True) if places.count(place) > 1), None)


def _row_files(args: argparse.Namespace, log: RunLog) -> dict[str, RowFile]:
    rows = {}
    if args.csv:
        rows["csv"] = csv_file(args.csv, log.list_of, args.live_rows)
    if args.jsonl:
        rows["jsonl"] = jsonl_file(args.jsonl, log.list_of, args.live_rows)
    return rows


def _state_file(args: argparse.Namespace, log: RunLog) -> StateFile | None:
    main_output = next((path for path in (args.csv, args.jsonl) if path is not None and not is_stream(path)), None)
    return StateFile.beside(main_output, log.run) if main_output else None


def _status(report: EngineReport, errors: Sequence[str], args: argparse.Namespace) -> int:
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
def interruptible(request_stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C (or a polite kill) end the run after its frame; a second one ends the program."""

    def stop(number: int, _: FrameType | None) -> None:
        request_stop()
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
