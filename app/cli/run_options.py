"""The options of `main.py run`, and those it shares with other commands. Imports nothing heavy: `--help` is at once."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from app.cli.arguments import output_file, positive, share
from app.pipeline.zones import Zones, zones_from_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `run`."""
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="a video, a picture, a folder or pattern of these, or an address"
    )
    parser.add_argument("--csv", type=output_file, metavar="F", help="write the reads as CSV, one row a vehicle")
    parser.add_argument("--jsonl", type=output_file, metavar="F", help="write the reads as JSON, one line a vehicle")
    parser.add_argument(
        "--live-rows",
        action="store_true",
        help="write a row as soon as a plate is decided, again when its text changes, and when the vehicle has left; "
        "column `closed` tells which",
    )
    parser.add_argument(
        "--video", type=output_file, metavar="F", help="write a video with boxes and texts; one a source"
    )
    parser.add_argument("--rejected", type=output_file, metavar="F", help="write as CSV what was not reported, and why")
    parser.add_argument("--log", nargs="?", const="", metavar="URL", help="keep the reads in the log, too (your own)")
    parser.add_argument(
        "--notify", action="store_true", help="tell the receivers in notifications.toml, see `platescribe notify`"
    )
    parser.add_argument("--no-pictures", action="store_true", help="keep the text of the reads only in the log")
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help="sources read at a time (1)")
    parser.add_argument(
        "--resume", action="store_true", help="go on with a run that was stopped; needs its --csv or --jsonl"
    )
    parser.add_argument(
        "--start",
        type=_time,
        metavar="TIME",
        help="when the recording began, as 2026-05-31T08:00+02:00; further ones begin where the one before ends",
    )
    parser.add_argument(
        "--rotate", type=int, choices=(90, 180, 270), default=0, help="turn the images clockwise by so many degrees"
    )
    parser.add_argument("--mirror", action="store_true", help="mirror the images left to right, after turning")
    add_pipeline_arguments(parser)


def add_pipeline_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that reads plates."""
    devices = "auto, cpu, cuda:0 (NVIDIA), gpu or npu (Intel); `doctor` lists those of this machine"
    parser.add_argument("--device", default=None, metavar="D", help=devices)
    parser.add_argument("--min-confidence", type=share, metavar="X", help="leave out reads less sure than this, 0 to 1")
    parser.add_argument("--only-sure", action="store_true", help="leave out the reads that would be marked unsure")
    parser.add_argument(
        "--country", action="append", type=_country, metavar="CC", help="plates expected, as DE; may be given again"
    )
    parser.add_argument(
        "--zones",
        type=_zones,
        metavar="F",
        help="look only in the zones of this JSON file (else: as cameras were set up)",
    )


def _country(text: str) -> str:
    """Read the code of a country whose plates are known."""
    from recognizer.formats import FormatError, resolve_region

    try:
        resolve_region(text)
    except FormatError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _zones(text: str) -> Zones:
    """Read a file of zones."""
    try:
        return zones_from_table(json.loads(Path(text).read_text(encoding="utf-8")))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        example = '{"include": [[[0, 0.4], [1, 0.4], [1, 1], [0, 1]]]}, shares of width and height'
        raise argparse.ArgumentTypeError(f"{text}: no zones ({error}); write them as {example}") from error


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no time; write it as 2026-05-31T08:00+02:00") from error
