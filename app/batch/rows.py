"""Plate events become rows of the CSV and lines of the JSONL."""

import json

from app import columns
from app.pipeline.events import PlateEvent


def csv_row(event: PlateEvent, list_name: str = "") -> list[str]:
    """Return the CSV row of a read, in the order of columns.COLUMNS; list_name: the watch list that it is on."""
    text, span, box = event.text, event.span, event.evidence.box
    return columns.row(
        span.first_time,
        event.source,
        text.plate,
        text.confidence,
        event.evidence.agreeing,
        event.key.number,
        (span.first_s, span.last_s),
        (box.x1, box.y1, box.x2, box.y2),
        text.region,
        list_name,
    )


def json_line(event: PlateEvent, list_name: str = "") -> str:
    """Return a read as one line of JSON: the CSV's fields as numbers and texts, and what the CSV has no room for."""
    text, span, seen = event.text, event.span, event.evidence
    box = seen.box
    fields = {
        "time": columns.iso(span.first_time),
        "last_time": columns.iso(span.last_time),
        "time_from": span.clock.value,
        "source": event.source,
        "plate": text.plate,
        "confidence": round(text.confidence, 4),
        "char_confidences": [round(value, 4) for value in text.char_confidences],
        "alternatives": [[other.text, round(other.confidence, 4)] for other in text.alternatives],
        "reads": seen.agreeing,
        "readings": seen.reading_count,
        "track": event.key.number,
        "first_s": round(span.first_s, 3),
        "last_s": round(span.last_s, 3),
        "best_s": round(seen.media_s, 3),
        "box": [round(value, 1) for value in (box.x1, box.y1, box.x2, box.y2)],
        "region": text.region,
        "list": list_name,
    }
    return json.dumps(fields, ensure_ascii=False)
