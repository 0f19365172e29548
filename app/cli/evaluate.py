"""`main.py evaluate`: scores a run against a truth file, or against the OpenALPR benchmark's layout."""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from app.cli.arguments import positive
from app.cli.run_options import add_pipeline_arguments
from app.cli.run_sources import interruptible, tuning_of
from app.cli.scoring import Truth, figures, score_all, score_by_source, summary, table
from app.pipeline.engine import Engine
from app.pipeline.events import PlateEvent
from app.pipeline.file_scheduler import FileScheduler, QueuedSource
from app.sinks.read_list import ReadList
from app.sources.identify import PICTURE_SUFFIXES, identify
from app.sources.source import SourceError
from detector.types import Box
from recognizer.plate_tables import TableError, read_table
from recognizer.plate_text import normalize_text

_FILE_COLUMNS = ("video", "image_path", "filename", "file", "image", "path", "source")
_TEXT_COLUMNS = ("plate_text", "plate", "text")
_BOX_COLUMNS = ("x1", "y1", "x2", "y2")


class TruthError(Exception):
    """A truth file cannot be used; the message names it and says what is wrong."""


def read_truth(path: Path, folder: Path) -> list[Truth]:
    """Read a truth file: image_path or video, plate_text, and more where it has it.

    That is first_s and last_s, also_accepted, the corners x1, y1, x2, y2 of the plate, the source a file is from, and
    complete, which is 0 where a file shows plates that the truth leaves out.
    Paths are relative to folder. Raises TruthError.
    """
    try:
        table = read_table(path, plates=_TEXT_COLUMNS)
    except (OSError, TableError) as error:
        raise TruthError(f"{path}: cannot be read ({error})") from error
    name, text = table.heading(*_FILE_COLUMNS), table.heading(*_TEXT_COLUMNS)
    if not table.rows or not name or not text:
        raise TruthError(f"{path}: needs rows, a column image_path or video, and a column plate_text")
    try:
        return [_truth_of(row.fields, folder / row.fields[name], name, row.fields[text]) for row in table.rows]
    except ValueError as error:
        raise TruthError(f"{path}: first_s, last_s and the corners must be numbers ({error})") from error


def read_openalpr(folder: Path) -> list[Truth]:
    """Read the OpenALPR benchmark's layout: beside a picture a .txt with file, x, y, width, height, plate by tabs."""
    truths: list[Truth] = []
    for path in sorted(folder.rglob("*.txt")):
        for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
            fields = line.split("\t") if "\t" in line else line.split()
            if len(fields) < 6 or Path(fields[0]).suffix.lower() not in PICTURE_SUFFIXES:
                continue
            try:
                x, y, width, height = (float(value) for value in fields[1:5])
            except ValueError as error:
                raise TruthError(f"{path}: x, y, width and height must be numbers ({error})") from error
            text = normalize_text(fields[5])
            truths.append(Truth(path.parent / fields[0], text, box=Box(x, y, x + width, y + height)))
    if not truths:
        raise TruthError(f"{folder}: no --truth given, and no .txt of the OpenALPR benchmark's layout in there")
    return truths


def _truth_of(row: Mapping[str, str], path: Path, file_column: str, text: str) -> Truth:
    first, last = (float(row[key]) if row.get(key) else None for key in ("first_s", "last_s"))
    others = frozenset(normalize_text(text) for text in re.split(r"[\s;|,]+", row.get("also_accepted") or "") if text)
    corners = [float(row[key]) for key in _BOX_COLUMNS if row.get(key)]
    return Truth(
        path,
        normalize_text(text),
        first,
        last,
        others,
        Box(*corners) if len(corners) == len(_BOX_COLUMNS) else None,
        "" if file_column == "source" else row.get("source") or "",
        row.get("complete") != "0",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the pictures and videos lie")
    parser.add_argument(
        "--truth", type=Path, metavar="CSV", help="image_path or video, plate_text[, first_s, last_s, …]"
    )
    parser.add_argument(
        "--one-per-picture",
        action="store_true",
        help="score the read of the largest plate of each picture only, as truth with one plate each asks",
    )
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help="sources read at a time (1)")
    add_pipeline_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """Run over all files of the truth, print what was wrong, the counts, and last one line of JSON."""
    from app.pipeline.loading import load_pipeline
    from app.sinks.console import RunConsole

    if not args.folder.is_dir():
        print(f"{args.folder}: no such folder", file=sys.stderr)
        return 2
    try:
        truths = read_truth(args.truth, args.folder) if args.truth else read_openalpr(args.folder)
    except TruthError as error:
        print(error, file=sys.stderr)
        return 2
    items, errors = _items(truths)
    device, tuning = tuning_of(args)
    try:
        pipeline = load_pipeline(device, tuning)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"The networks cannot be loaded: {error}", file=sys.stderr)
        return 1
    collected, scheduler = ReadList(), FileScheduler(items, pipeline.stages, args.jobs)
    with RunConsole(len(items), quiet=True) as console:
        console.follow(lambda: scheduler.share)
        engine = Engine(pipeline, scheduler, [collected, console])
        with interruptible(engine.request_stop):
            report = engine.run()
    reads = foremost(collected.events) if args.one_per_picture else collected.events
    score, by_source = score_all(truths, reads), score_by_source(truths, reads)
    errors += report.errors
    for line in (*score.notes, *errors):
        print(line)
    if by_source:
        print(table(by_source))
    if score.judged:
        print(score.reliability.table())
    print(summary(score))
    more = {"by_source": {source: figures(part) for source, part in by_source.items()}} if by_source else {}
    run_figures = {"frames": report.frames, "seconds": round(report.seconds, 1), "errors": errors}
    print(json.dumps({**figures(score), **more, **run_figures}))
    return 1 if errors or report.interrupted else 0


def foremost(events: Iterable[PlateEvent]) -> list[PlateEvent]:
    """Keep of each picture's reads that of its largest plate, the nearest vehicle's; all of a video's."""
    kept: list[PlateEvent] = []
    largest: dict[str, PlateEvent] = {}
    for event in events:
        if Path(event.source).suffix.lower() not in PICTURE_SUFFIXES:
            kept.append(event)
        elif event.source not in largest or event.evidence.box.area > largest[event.source].evidence.box.area:
            largest[event.source] = event
    return [*kept, *largest.values()]


def _items(truths: Sequence[Truth]) -> tuple[list[QueuedSource], list[str]]:
    """Return the files of a truth, each once, and one line for each that is not there."""
    items: list[QueuedSource] = []
    errors: list[str] = []
    for path in dict.fromkeys(truth.path for truth in truths):
        try:
            items.append(QueuedSource(identify(str(path))))
        except SourceError as error:
            errors.append(str(error))
    return items, errors
