"""Visits to table rows and back."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.config.redaction import redact
from app.records import Record
from app.sources.source_id import track_within
from app.store.errors import DamagedRow, LogError
from app.store.schema import KIND_ALTERNATIVE, KIND_ORIGINAL, KIND_PLATE, SOURCE, SPELLING, VISIT
from app.store.spelling import compact, fold_compact, grams
from recognizer.readings import Alternative

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_TRACK, _MAX_NAME = 64, 32

# SQLite keeps any value in any column, so that a changed bit may make one kind of it another.
_KINDS = {column.name: (column.type.python_type, *((type(None),) if column.nullable else ())) for column in VISIT.c} | {
    "source_name": (str,)
}

# Fields of a Record that have a column of the same name and form: most, so that a new one needs no line here.
_OWN = frozenset(("id", "track", "char_confidences"))
_SAME = tuple(name for name in Record.__dataclass_fields__ if name in VISIT.c and name not in _OWN)

VISIT_COLUMNS = (*VISIT.c, SOURCE.c.name.label("source_name"))
VISIT_FROM = VISIT.join(SOURCE, SOURCE.c.id == VISIT.c.source_id)


def to_us(time: datetime) -> int:
    """Return whole microseconds since 1970 UTC; a time without zone counts as UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def source_digest(name: str) -> str:
    """Return what a source's name is looked up by."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """Return text as every database takes it: no password, no NUL, no lone surrogates (as file names may have)."""
    return redact(text).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def visit_values(visit: Record, source_id: int) -> dict[str, object]:
    """Return the columns of table visit that a visit tells: all besides id and saved_us."""
    box = visit.box if visit.box is not None else (None, None, None, None)
    return {name: _as_stored(VISIT.c[name], getattr(visit, name)) for name in _SAME} | {
        "source_id": source_id,
        "track": track_name(visit.track),
        "first_us": to_us(visit.first_time),
        "last_us": to_us(visit.last_time),
        "clock_source": visit.time_from[:_MAX_NAME],
        "char_confidences": " ".join(_share(value) for value in visit.char_confidences),
        **dict(zip(("x1", "y1", "x2", "y2"), box, strict=True)),
    }


def _as_stored(column: sa.Column[Any], value: object) -> object:
    """Return a value as its column takes it: a text without passwords, no longer than the column."""
    return storable(value)[: getattr(column.type, "length", None)] if isinstance(value, str) else value


def _share(value: float) -> str:
    """Return a share in four digits; none but a whole one becomes 1, which the window would call 100 %."""
    return f"{value if value >= 1 else min(value, 0.9999):.4g}"


def track_name(track: str) -> str:
    """Return a track's key as stored: a made-up one if empty; a long one cut, with a digest that keeps it unique."""
    name = storable(track) or f"~{secrets.token_hex(8)}"
    if len(name) <= _MAX_TRACK:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name[: _MAX_TRACK - 17]}~{digest}"


def spelling_values(visit_id: int, visit: Record) -> list[dict[str, object]]:
    """Return the rows of table spelling for a visit."""
    found = [(KIND_PLATE, 0, visit.plate, visit.confidence)]
    found += [(KIND_ALTERNATIVE, place, guess.text, guess.confidence) for place, guess in enumerate(visit.alternatives)]
    if visit.original_plate is not None:
        found.append((KIND_ORIGINAL, 0, visit.original_plate, visit.confidence))
    return [
        {
            "visit_id": visit_id,
            "kind": kind,
            "place": place,
            "text": storable(text),
            "confidence": confidence,
            "compact": compact(text),
            "folded": fold_compact(text),
        }
        for kind, place, text, confidence in found
    ]


def gram_values(visit_id: int, first_us: int, folded: Iterable[str]) -> list[dict[str, object]]:
    """Return the rows of table gram for a visit with these folded spellings."""
    parts = sorted(frozenset().union(*(grams(text) for text in folded)))
    return [{"gram": part, "first_us": first_us, "visit_id": visit_id} for part in parts]


@contextmanager
def as_written() -> Iterator[None]:
    """In the block rows become values; raises DamagedRow where one cannot: a disk has changed it."""
    try:
        yield
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, LogError) as error:
        raise DamagedRow from error


def visits_of(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[Record]:
    """Return the visits of rows of VISIT_COLUMNS, in their order, with their alternatives."""
    guesses: dict[int, list[Alternative]] = {row["id"]: [] for row in rows}
    query = (
        sa.select(SPELLING.c.visit_id, SPELLING.c.text, SPELLING.c.confidence)
        .where(SPELLING.c.visit_id.in_(list(guesses)), SPELLING.c.kind == KIND_ALTERNATIVE)
        .order_by(SPELLING.c.visit_id, SPELLING.c.place)
    )
    with as_written():
        for visit_id, text, confidence in connection.execute(query) if guesses else ():
            _check(text, confidence)
            guesses[visit_id].append(Alternative(text, confidence))
        return [_visit(row, tuple(guesses[row["id"]])) for row in rows]


def _check(text: object, number: object) -> None:
    if not (isinstance(text, str) and isinstance(number, float)):
        raise TypeError("no text or no number")


def _visit(row: sa.RowMapping, alternatives: tuple[Alternative, ...]) -> Record:
    for name, kinds in _KINDS.items():
        if not isinstance(row[name], kinds):
            raise TypeError(name)
    box = (row["x1"], row["y1"], row["x2"], row["y2"])
    return Record(
        **{name: _as_read(VISIT.c[name], row[name]) for name in _SAME},
        source=row["source_name"],
        first_time=from_us(row["first_us"]),
        last_time=from_us(row["last_us"]),
        time_from=row["clock_source"],
        char_confidences=tuple(float(value) for value in row["char_confidences"].split()),
        alternatives=alternatives,
        track=track_within(row["source_name"], row["track"]),  # older logs have the source in it
        box=None if None in box else box,
        id=row["id"],
    )


def _as_read(column: sa.Column[Any], value: Any) -> Any:  # noqa: ANN401 - what the column's type says
    """Return a column's value; some databases keep flags as numbers."""
    return bool(value) if isinstance(column.type, sa.Boolean) else value
