"""Scores reads against the truth: what is right, what is no plate of it, and whether confidences keep their word."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from app.pipeline.events import PlateEvent
from detector.types import Box
from recognizer.metrics import Reliability, measure_reliability
from recognizer.plate_text import edit_distance, fold_lookalikes

_SLACK_S = 1.0
_SAME_PLACE_IOU = 0.2


@dataclass(frozen=True, slots=True)
class Truth:
    """One plate that can be read in a file; an empty text says that there is none.

    box: where the layout tells it. source: the collection the file is from, where the layout tells it.
    is_complete: whether the file shows no plate that the truth leaves out.
    """

    path: Path
    text: str
    first_s: float | None = None
    last_s: float | None = None
    accepted: frozenset[str] = frozenset()
    box: Box | None = None
    source: str = ""
    is_complete: bool = True

    @property
    def texts(self) -> frozenset[str]:
        """Every text that counts as right."""
        return self.accepted | {self.text}


class Judged(NamedTuple):
    """A read that could be judged. exact: its text is right; fits: right with O/0 and I/1 folded."""

    confidence: float
    sure: bool
    exact: bool
    fits: bool


@dataclass(slots=True)
class Score:
    """Counts over files. found: read at all, if with errors. A misread plate counts as false too.

    unknown: reads that may be of a plate the truth leaves out, which count nowhere
    else. characters and edits give the character error rate; a missed plate counts whole.
    judged: each read that counts.
    """

    plates: int = 0
    exact: int = 0
    folded: int = 0
    found: int = 0
    duplicates: int = 0
    unknown: int = 0
    characters: int = 0
    edits: int = 0
    judged: list[Judged] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def cer(self) -> float:
        """Character error rate: edits a character of truth."""
        return self.edits / self.characters if self.characters else 0.0

    @property
    def reads(self) -> int:
        """Reads that count."""
        return len(self.judged)

    @property
    def false(self) -> int:
        """Reads that are no plate of the truth, O/0 and I/1 folded."""
        return sum(not read.fits for read in self.judged)

    @property
    def unsure(self) -> int:
        """Reads that are marked unsure."""
        return sum(not read.sure for read in self.judged)

    @property
    def precision(self) -> float | None:
        """Share of the reads that are a plate of the truth; None when nothing was read."""
        return _share_that_fits(self.judged)

    @property
    def sure_precision(self) -> float | None:
        """Share of the sure reads that are a plate of the truth; None when there are none."""
        return _share_that_fits([read for read in self.judged if read.sure])

    @property
    def reliability(self) -> Reliability:
        """Confidences of the reads against whether they are right."""
        return measure_reliability([read.confidence for read in self.judged], [read.exact for read in self.judged])


def _share_that_fits(reads: Sequence[Judged]) -> float | None:
    return sum(read.fits for read in reads) / len(reads) if reads else None


def score_all(truths: Sequence[Truth], events: Iterable[PlateEvent]) -> Score:
    """Score the reads of all files."""
    total = Score()
    by_file: dict[Path, list[PlateEvent]] = {}
    for event in events:
        by_file.setdefault(Path(event.source), []).append(event)
    for path, plates in _by_file(truths).items():
        score_file(plates, by_file.get(path, []), total)
    return total


def score_by_source(truths: Sequence[Truth], events: Sequence[PlateEvent]) -> dict[str, Score]:
    """Score the reads of the files of each source that the truth names."""
    named: dict[str, list[Truth]] = defaultdict(list)
    for truth in truths:
        if truth.source:
            named[truth.source].append(truth)
    return {source: score_all(plates, events) for source, plates in sorted(named.items())}


def _by_file(truths: Sequence[Truth]) -> dict[Path, list[Truth]]:
    files: dict[Path, list[Truth]] = defaultdict(list)
    for truth in truths:
        files[truth.path].append(truth)
    return files


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
    total.characters += sum(len(truth.text) for truth in plates)
    for i, truth in enumerate(plates):
        _count_plate(truth, events[answered[i]] if i in answered else None, total)
    is_complete = all(truth.is_complete for truth in truths)
    for j, event in enumerate(events):
        if j not in used:
            _count_extra(plates, event, total, is_complete)


def _count_plate(truth: Truth, event: PlateEvent | None, total: Score) -> None:
    name = truth.path.name
    if event is None:
        total.edits += len(truth.text)
        total.notes.append(f"{name}: {truth.text} missed")
        return
    total.found += 1
    total.edits += _edits(truth, event)
    exact = event.text.plate in truth.texts
    folded = fold_lookalikes(event.text.plate) in {fold_lookalikes(text) for text in truth.texts}
    total.exact += exact
    total.folded += folded
    total.judged.append(Judged(event.text.confidence, event.text.sure, exact, folded))
    if not exact:
        total.notes.append(f"{name}: {truth.text} read as {event.text.plate}")


def _count_extra(plates: Sequence[Truth], event: PlateEvent, total: Score, is_complete: bool) -> None:
    """Count a read that answers no plate: one more of a plate that was read, or false, or of one the truth lacks."""
    text = event.text
    duplicate = any(
        fold_lookalikes(text.plate) in {fold_lookalikes(accepted) for accepted in truth.texts} for truth in plates
    )
    if not duplicate and not is_complete:
        total.unknown += 1
        return
    total.duplicates += duplicate
    exact = any(text.plate in truth.texts for truth in plates)
    total.judged.append(Judged(text.confidence, text.sure, exact, duplicate))
    what = "again" if duplicate else "is no plate of it"
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
    return min(edit_distance(text, event.text.plate) for text in truth.texts)


def figures(score: Score) -> dict[str, float | None]:
    """Return the counts by name, for JSON."""
    return {
        "plates": score.plates,
        "reads": score.reads,
        "exact": score.exact,
        "folded": score.folded,
        "found": score.found,
        "false": score.false,
        "duplicates": score.duplicates,
        "unknown": score.unknown,
        "unsure": score.unsure,
        "precision": _rounded(score.precision),
        "sure_precision": _rounded(score.sure_precision),
        "calibration_error": _rounded(score.reliability.error if score.judged else None),
        "cer": round(score.cer, 4),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def summary(score: Score) -> str:
    """Return the counts as one line for people."""
    share = f" ({score.exact / score.plates:.1%})" if score.plates else ""
    told = f"precision {percent(score.precision)} ({percent(score.sure_precision)} of the sure reads)"
    return (
        f"{score.exact} of {score.plates} exact{share}, {score.folded} with O/0 and I/1 folded, {score.found} found, "
        f"{score.false} false, {score.duplicates} again, {score.unsure} unsure, {told}, "
        f"character error rate {score.cer:.3f}"
    )


def percent(value: float | None) -> str:
    """Return a share for people; what nothing was counted for is no figure."""
    return "-" if value is None else f"{value:.1%}"


def table(by_source: dict[str, Score]) -> str:
    """Return the figures of each source as lines for people."""
    wide = max(len(name) for name in ["source", *by_source])
    lines = [f"{'source':{wide}}  plates   exact  folded  precision"]
    for name, score in by_source.items():
        shares = [count / score.plates if score.plates else 0.0 for count in (score.exact, score.folded)]
        lines.append(
            f"{name:{wide}}  {score.plates:6}  {shares[0]:6.1%}  {shares[1]:6.1%}  {percent(score.precision):>9}"
        )
    return "\n".join(lines)
