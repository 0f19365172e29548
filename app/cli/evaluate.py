"""`main.py evaluate`: scores a run against a truth file, or against the OpenALPR benchmark's layout."""

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.batch.progress import Control, Item
from app.batch.runner import run
from app.cli.arguments import positive
from app.cli.run_options import add_pipeline_arguments
from app.cli.run_sources import interruptible, tuning_of
from app.pipeline.events import PlateEvent
from app.pipeline.voting import distance
from app.sources.identify import PICTURE_SUFFIXES, identify
from app.sources.source import SourceError
from detector.types import Box
from recognizer.lookalikes import fold

_SLACK_S = 1.0
_SAME_PLACE_IOU = 0.2
_FILE_COLUMNS = ("video", "image_path", "file", "source")


class TruthError(Exception):
    """A truth file cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One plate that can be read in a file; an empty text says that there is none. box where the layout tells it."""

    path: Path
    text: str
    first_s: float | None = None
    last_s: float | None = None
    accepted: frozenset[str] = frozenset()
    box: Box | None = None

    @property
    def texts(self) -> frozenset[str]:
        """Every text that counts as right."""
        return self.accepted | {self.text}


@dataclass(slots=True)
class Score:
    """Counts over all files. found: read at all, if with errors; false: reads that are no plate of the truth's.

    A misread plate counts as false too. characters and edits give the character error rate; a missed one counts whole.
    """

    plates: int = 0
    reads: int = 0
    exact: int = 0
    folded: int = 0
    found: int = 0
    false: int = 0
    duplicates: int = 0
    characters: int = 0
    edits: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def cer(self) -> float:
        """Character error rate: edits a character of truth."""
        return self.edits / self.characters if self.characters else 0.0

    @property
    def precision(self) -> float:
        """Share of the reads that are a plate of the truth, O/0 and I/1 folded; 1 when nothing was read."""
        return 1 - self.false / self.reads if self.reads else 1.0


def read_truth(path: Path, folder: Path) -> list[Truth]:
    """Read a truth file: image_path or video, plate_text, and if it has them first_s, last_s, also_accepted.

    Paths are relative to folder. Raises TruthError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TruthError(f"{path}: cannot be read ({error})") from error
    name = next((column for column in _FILE_COLUMNS if rows and column in rows[0]), "")
    if not name or "plate_text" not in rows[0]:
        raise TruthError(f"{path}: needs rows, a column image_path or video, and a column plate_text")
    try:
        return [_truth_of(row, folder / (row[name] or "")) for row in rows]
    except ValueError as error:
        raise TruthError(f"{path}: first_s and last_s must be numbers ({error})") from error


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
            text = plain(fields[5])
            truths.append(Truth(path.parent / fields[0], text, box=Box(x, y, x + width, y + height)))
    if not truths:
        raise TruthError(f"{folder}: no --truth given, and no .txt of the OpenALPR benchmark's layout in there")
    return truths


def plain(text: str) -> str:
    """Return a plate's text as it is compared: upper-case letters and digits only."""
    return "".join(c for c in text.upper() if c.isalnum())


def score_file(truths: Sequence[Truth], events: Sequence[PlateEvent], total: Score) -> None:
    """Add one file's reads to a score. Each read answers at most one plate, exact ones first."""
    plates = [truth for truth in truths if truth.text]
    pairs = sorted(
        (
            (_edits(truth, event), i, j)
            for i, truth in enumerate(plates)
            for j, event in enumerate(events)
            if _can_be(truth, event)
        ),
    )
    answered: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in pairs:
        if i not in answered and j not in used:
            answered[i] = j
            used.add(j)
    total.plates += len(plates)
    total.reads += len(events)
    total.characters += sum(len(truth.text) for truth in plates)
    for i, truth in enumerate(plates):
        _count_plate(truth, events[answered[i]] if i in answered else None, total)
    for j, event in enumerate(events):
        if j not in used:
            _count_extra(plates, event, total)


def _count_plate(truth: Truth, event: PlateEvent | None, total: Score) -> None:
    name = truth.path.name
    if event is None:
        total.edits += len(truth.text)
        total.notes.append(f"{name}: {truth.text} missed")
        return
    total.found += 1
    total.edits += _edits(truth, event)
    exact = event.text.plate in truth.texts
    folded = fold(event.text.plate) in {fold(text) for text in truth.texts}
    total.exact += exact
    total.folded += folded
    total.false += not folded
    if not exact:
        total.notes.append(f"{name}: {truth.text} read as {event.text.plate}")


def _count_extra(plates: Sequence[Truth], event: PlateEvent, total: Score) -> None:
    """Count a read that answers no plate: one more of a plate that was read, or false."""
    duplicate = any(fold(event.text.plate) in {fold(text) for text in truth.texts} for truth in plates)
    total.duplicates += duplicate
    total.false += not duplicate
    what = "again" if duplicate else "is no plate of it"
    text = event.text
    total.notes.append(
        f"{Path(event.source).name}: {text.plate} {what} ({text.confidence:.2f}, {event.span.first_s:.1f} s)"
    )


def _can_be(truth: Truth, event: PlateEvent) -> bool:
    """Whether a read can be of a plate: at its place and time, where these are known, and not too far in text."""
    if truth.first_s is not None and event.span.last_s < truth.first_s - _SLACK_S:
        return False
    if truth.last_s is not None and event.span.first_s > truth.last_s + _SLACK_S:
        return False
    if truth.box is not None:
        return truth.box.iou(event.evidence.box) >= _SAME_PLACE_IOU
    return _edits(truth, event) <= len(truth.text) // 2


def _edits(truth: Truth, event: PlateEvent) -> int:
    return min(distance(text, event.text.plate) for text in truth.texts)


def _truth_of(row: dict[str, str], path: Path) -> Truth:
    first, last = (float(row[key]) if row.get(key) else None for key in ("first_s", "last_s"))
    others = frozenset(plain(text) for text in re.split(r"[\s;|,]+", row.get("also_accepted") or "") if text)
    return Truth(path, plain(row["plate_text"] or ""), first, last, others)


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
    from app.cli.console import RunConsole
    from app.pipeline.opening import load_pipeline

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
    control = Control()
    with interruptible(control), RunConsole(len(items), quiet=True) as console:
        report = run(items, pipeline, progress=console, control=control, jobs=args.jobs)
    score = score_all(truths, foremost(report.events) if args.one_per_picture else report.events)
    errors += report.errors
    for line in (*score.notes, *errors):
        print(line)
    print(summary(score))
    print(
        json.dumps({**figures(score), "frames": report.frames, "seconds": round(report.seconds, 1), "errors": errors})
    )
    return 1 if errors or report.interrupted else 0


def score_all(truths: Sequence[Truth], events: Iterable[PlateEvent]) -> Score:
    """Score the reads of all files."""
    total = Score()
    by_file: dict[Path, list[PlateEvent]] = {}
    for event in events:
        by_file.setdefault(Path(event.source), []).append(event)
    for path in dict.fromkeys(truth.path for truth in truths):
        score_file([truth for truth in truths if truth.path == path], by_file.get(path, []), total)
    return total


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


def figures(score: Score) -> dict[str, float]:
    """Return the counts by name, for JSON."""
    return {
        "plates": score.plates,
        "reads": score.reads,
        "exact": score.exact,
        "folded": score.folded,
        "found": score.found,
        "false": score.false,
        "duplicates": score.duplicates,
        "precision": round(score.precision, 4),
        "cer": round(score.cer, 4),
    }


def summary(score: Score) -> str:
    """Return the counts as one line for people."""
    share = f" ({score.exact / score.plates:.1%})" if score.plates else ""
    return (
        f"{score.exact} of {score.plates} exact{share}, {score.folded} with O/0 and I/1 folded, {score.found} found, "
        f"{score.false} false, {score.duplicates} again, precision {score.precision:.1%}, "
        f"character error rate {score.cer:.3f}"
    )


def _items(truths: Sequence[Truth]) -> tuple[list[Item], list[str]]:
    """Return the files of a truth, each once, and one line for each that is not there."""
    items: list[Item] = []
    errors: list[str] = []
    for path in dict.fromkeys(truth.path for truth in truths):
        try:
            items.append(Item(identify(str(path))))
        except SourceError as error:
            errors.append(str(error))
    return items, errors
