"""The one schema of a read: what CSV, JSON lines, exports, receivers' messages and table columns are made of.

To add a field that the log keeps: the column in app/store/schema.py, its step in app/store/migrations.py, the field of
Record and its line in FIELDS here, and where the pipeline finds it, the field of its event in app/pipeline/events.py.
app/record.schema.json and docs/reference/events.md are written from here by tools/write_record_schema.py.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from app.pipeline.events import EventKind, PlateEvent
from app.sources.source_id import SourceId, TrackKey, join_track
from recognizer.readings import Alternative

#: The mark at the start is what makes spreadsheets read UTF-8.
CSV_ENCODING = "utf-8-sig"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

#: What a person can find of a hit: it was right, the plate was read wrong, or the list should not have it.
VERDICTS = ("true", "misread", "wrong_entry")

Box = tuple[float, float, float, float]
JsonType = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One visit as it is kept and told: one row of the log. Times are aware datetimes.

    run, source and track together name a visit; saving the same again with another revision replaces it. track is the
    number of its first track within the source and the run, as text. FIELDS says what the other fields mean.
    settled: a person has dealt with its watch-list hit. verdict: what they found of it, one of VERDICTS or empty;
    settled_by: who it was. id: None until it is in the log.
    """

    plate: str
    source: str
    first_time: datetime
    last_time: datetime
    time_from: str = "live"
    confidence: float = 0.0
    char_confidences: tuple[float, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reads: int = 1
    readings: int | None = None
    sure: bool = True
    run: str = ""
    track: str = ""
    revision: int = 1
    closed: bool = True
    first_s: float | None = None
    last_s: float | None = None
    best_s: float | None = None
    box: Box | None = None
    region: str = ""
    list_name: str = ""
    crop: str = ""
    frame: str = ""
    original_plate: str | None = None
    note: str = ""
    settled: bool = False
    verdict: str = ""
    settled_by: str = ""
    id: int | None = None

    @property
    def key_text(self) -> str:
        """The text form of key, by which the window finds the visit; empty where there is no track."""
        return join_track(self.source, self.track)

    @property
    def key(self) -> TrackKey | None:
        """The track that names the visit within its run, None where the log does not know it."""
        return TrackKey(SourceId(self.source), int(self.track)) if self.track.isdecimal() else None


def record_of(event: PlateEvent, run: str = "", list_name: str = "") -> Record:
    """Return the record of an event.

    Args:
        event: What the pipeline knows of the visit.
        run: Names the run in the log.
        list_name: The watch list that the plate is on, empty for none.
    """
    text, span, seen = event.text, event.span, event.evidence
    first_s, last_s, best_s = (None,) * 3 if span.is_still else (span.first_s, span.last_s, seen.media_s)
    return Record(
        plate=text.plate,
        source=event.source,
        first_time=span.first_time,
        last_time=span.last_time,
        time_from=span.clock.value,
        confidence=text.confidence,
        char_confidences=text.char_confidences,
        alternatives=text.alternatives,
        reads=seen.agreeing,
        readings=seen.reading_count,
        sure=text.sure,
        run=run,
        track=str(event.key.number),
        revision=event.identity.revision,
        closed=event.kind in (EventKind.FINAL, EventKind.WITHDRAWN),
        first_s=first_s,
        last_s=last_s,
        best_s=best_s,
        box=(seen.box.x1, seen.box.y1, seen.box.x2, seen.box.y2),
        region=text.region,
        list_name=list_name,
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a read as it is told.

    name: the JSON key and the CSV column. title: heading of a table's column. json: its JSON Schema, None where only
    the CSV has it. csv: its cell, None where only the JSON has it.
    """

    name: str
    title: str
    meaning: str
    value: Callable[[Record], Any]
    json: JsonType | None = None
    csv: Callable[[Any], str] | None = None


def spreadsheet_safe(value: object) -> str:
    """Return value as text that no spreadsheet takes for a formula; None becomes an empty text.

    Numbers pass unchanged (a negative figure is no formula); a text that starts with = + - @ (full-width ones too),
    tab or carriage return gets a leading apostrophe, as does one that has these only behind blanks.
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace("\x00", "")
    return "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def spreadsheet_original(text: str) -> str:
    """Undo spreadsheet_safe: drop the apostrophe it put in front of a formula start."""
    if text.startswith("'") and spreadsheet_safe(text[1:]) == text:
        return text[1:]
    return text


def iso(time: datetime) -> str:
    """Return time as ISO 8601 with milliseconds and offset; a time without zone counts as UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return aware.isoformat(timespec="milliseconds")


def _fixed(digits: int) -> Callable[[float | None], str]:
    return lambda value: "" if value is None else f"{value:.{digits}f}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _rounded_share(value: float) -> float:
    """A share in four digits, as the log keeps it: none but a whole one becomes 1."""
    return value if value >= 1 else min(round(value, 4), 0.9999)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _or_none(schema: JsonType) -> JsonType:
    return {**schema, "type": [schema["type"], "null"]}


def _corner(place: int) -> Callable[[Record], float | None]:
    return lambda record: None if record.box is None else record.box[place]


_TEXT: JsonType = {"type": "string"}
_TIME: JsonType = {"type": "string", "format": "date-time"}
_SHARE: JsonType = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: JsonType = {"type": "integer", "minimum": 0}
_NUMBER: JsonType = {"type": "number"}
_FLAG: JsonType = {"type": "boolean"}
_LIST: JsonType = {"type": "string", "enum": ["", "block", "allow"]}
_SHARES: JsonType = {"type": "array", "items": _SHARE}
_CORNERS: JsonType = {"type": ["array", "null"], "items": _NUMBER, "minItems": 4, "maxItems": 4}
_OTHERS: JsonType = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"text": _TEXT, "confidence": _SHARE},
        "required": ["text", "confidence"],
        "additionalProperties": False,
    },
}


def _others(record: Record) -> list[dict[str, object]]:
    return [{"text": other.text, "confidence": round(other.confidence, 4)} for other in record.alternatives]


# The CSV's columns keep this order; new ones come last.
FIELDS: tuple[Field, ...] = (
    Field("time", "Time", "When the plate was seen first.", lambda r: iso(r.first_time), _TIME, str),
    Field("source", "Source", "Camera, stream or file that saw it.", lambda r: r.source, _TEXT, spreadsheet_safe),
    Field(
        "plate",
        "Plate",
        "What the plate says, corrected where a person did.",
        lambda r: r.plate,
        _TEXT,
        spreadsheet_safe,
    ),
    Field(
        "confidence",
        "Confidence",
        "How likely the plate as read is right.",
        lambda r: round(r.confidence, 4),
        _SHARE,
        _fixed(4),
    ),
    Field("reads", "Reads", "Readings that agree on the plate.", lambda r: r.reads, _COUNT, str),
    Field(
        "track",
        "Track",
        "Number of the vehicle's track within its source and run; null where the log does not know it.",
        lambda r: r.key.number if r.key is not None else None,
        _or_none(_COUNT),
        spreadsheet_safe,
    ),
    Field(
        "first_s",
        "From",
        "Media time of the first sight in seconds; null for an image.",
        lambda r: _rounded(r.first_s, 3),
        _or_none(_NUMBER),
        _fixed(3),
    ),
    Field(
        "last_s",
        "To",
        "Media time of the last sight in seconds; null for an image.",
        lambda r: _rounded(r.last_s, 3),
        _or_none(_NUMBER),
        _fixed(3),
    ),
    *(
        Field(name, name, "Corner of the plate in the frame, in pixels.", _corner(place), csv=_fixed(1))
        for place, name in enumerate(("x1", "y1", "x2", "y2"))
    ),
    Field(
        "region",
        "Country",
        "Country that the plate's form points to, or empty.",
        lambda r: r.region,
        _TEXT,
        spreadsheet_safe,
    ),
    Field("list", "List", "Watch list that the plate is on, or empty.", lambda r: r.list_name, _LIST, spreadsheet_safe),
    Field("crop", "Crop", "File of the plate's image, or empty.", lambda r: r.crop, _TEXT, spreadsheet_safe),
    Field(
        "sure",
        "Sure",
        "Whether the readings bear the plate out; an unsure read is worth a look.",
        lambda r: r.sure,
        _FLAG,
        _yes_no,
    ),
    Field(
        "closed",
        "Closed",
        "Whether the vehicle has left; the fields of an open visit may still change.",
        lambda r: r.closed,
        _FLAG,
        _yes_no,
    ),
    Field("last_time", "Until", "When the plate was seen last.", lambda r: iso(r.last_time), _TIME, str),
    Field(
        "time_from",
        "Time from",
        "Where the times come from: live, given, or what the file tells of them.",
        lambda r: r.time_from,
        _TEXT,
        spreadsheet_safe,
    ),
    Field("id", "No", "Number of the visit in the log; null where there is none.", lambda r: r.id, _or_none(_COUNT)),
    Field(
        "original_plate",
        "Read as",
        "What was read, where a person has corrected it; else null.",
        lambda r: r.original_plate,
        _or_none(_TEXT),
    ),
    Field(
        "char_confidences",
        "Characters",
        "How likely each character of the plate as read is right.",
        lambda r: [_rounded_share(value) for value in r.char_confidences],
        _SHARES,
    ),
    Field("alternatives", "Alternatives", "Other texts the plate may show, most probable first.", _others, _OTHERS),
    Field(
        "readings",
        "Readings",
        "All readings that were made; null for visits of older logs.",
        lambda r: r.readings,
        _or_none(_COUNT),
    ),
    Field(
        "best_s",
        "Best at",
        "Media time of the frame that was read best, in seconds; null for an image.",
        lambda r: _rounded(r.best_s, 3),
        _or_none(_NUMBER),
    ),
    Field(
        "box",
        "Box",
        "Left, top, right and bottom of the plate in the frame, in pixels.",
        lambda r: None if r.box is None else [round(value, 1) for value in r.box],
        _CORNERS,
    ),
    Field("frame", "Frame", "File of the whole image, or empty.", lambda r: r.frame, _TEXT),
    Field("note", "Note", "What a person wrote beside it.", lambda r: r.note, _TEXT),
)

_CSV_FIELDS: Mapping[str, tuple[Field, Callable[[Any], str]]] = MappingProxyType(
    {field.name: (field, field.csv) for field in FIELDS if field.csv is not None}
)
CSV_COLUMNS: tuple[str, ...] = tuple(_CSV_FIELDS)


def csv_cells(record: Record, columns: Sequence[str] = CSV_COLUMNS) -> list[str]:
    """Return the CSV cells of a read, in the order of columns."""
    return [cell(field.value(record)) for field, cell in (_CSV_FIELDS[name] for name in columns)]


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as one line of CSV with its line end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def json_object(record: Record) -> dict[str, Any]:
    """Return a read as the JSON object that JSON lines, exports and receivers' messages hold."""
    return {field.name: field.value(record) for field in FIELDS if field.json is not None}


def json_line(record: Record) -> str:
    """Return a read as one line of JSON with its line end."""
    return json.dumps(json_object(record), ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a read."""
    told = [field for field in FIELDS if field.json is not None]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plate read by Platescribe",
        "type": "object",
        "properties": {field.name: {**(field.json or {}), "description": field.meaning} for field in told},
        "required": [field.name for field in told],
        "additionalProperties": False,
    }


def markdown_table() -> str:
    """Return the fields as a table for the reference."""
    rows = ["| field | CSV | JSON | meaning |", "|---|---|---|---|"]
    for field in FIELDS:
        csv_mark = "yes" if field.csv is not None else ""
        rows.append(f"| `{field.name}` | {csv_mark} | {_type_words(field.json)} | {field.meaning} |")
    return "\n".join(rows) + "\n"


def _type_words(schema: JsonType | None) -> str:
    if schema is None:
        return ""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join("time" if schema.get("format") and kind == "string" else kind for kind in kinds)
