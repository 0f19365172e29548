"""Writes what app/records.py says of a read: the package's JSON Schema and the table in docs/reference/events.md."""

import json
from pathlib import Path

from app.records import json_schema, markdown_table

_ROOT = Path(__file__).resolve().parents[1]
SCHEMA = _ROOT / "app" / "record.schema.json"
REFERENCE = _ROOT / "docs" / "reference" / "events.md"
BEGIN, END = "<!-- fields: begin -->\n", "<!-- fields: end -->\n"


def schema_text() -> str:
    """Return the JSON Schema as the file holds it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def reference_text(before: str) -> str:
    """Return the reference with the table of fields as it is now."""
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{markdown_table()}{END}{tail}"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    REFERENCE.write_text(reference_text(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
