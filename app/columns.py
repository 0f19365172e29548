"""The one CSV layout of reads, shared by the batch run and the log's exports."""

from collections.abc import Sequence
from datetime import UTC, datetime

COLUMNS: tuple[str, ...] = (
    "time",
    "source",
    "plate",
    "confidence",
    "reads",
    "track",
    "first_s",
    "last_s",
    "x1",
    "y1",
    "x2",
    "y2",
    "region",
    "list",
    "crop",
)
ENCODING = "utf-8-sig"  # the mark at the start is what makes spreadsheets read UTF-8
_FIGURES = frozenset(("confidence", "first_s", "last_s", "x1", "y1", "x2", "y2"))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


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


def iso(time: datetime | None) -> str:
    """Return time as ISO 8601 with milliseconds and offset, empty for None; a time without zone counts as UTC."""
    if time is None:
        return ""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return aware.isoformat(timespec="milliseconds")


def row(
    time: datetime | None,
    source: str,
    plate: str,
    confidence: float,
    reads: int,
    track: str | int,
    seconds: Sequence[float | None],
    box: Sequence[float] | None,
    region: str = "",
    list_name: str = "",
    crop: str = "",
) -> list[str]:
    """Return one CSV row in the order of COLUMNS.

    seconds: first and last second of media time; box: left, top, right, bottom in pixels of the frame, or None.
    """
    corners: Sequence[float | None] = box if box is not None else (None, None, None, None)
    values: tuple[object, ...] = (
        iso(time),
        source,
        plate,
        f"{confidence:.4f}",
        reads,
        track,
        *(_fixed(value, 3) for value in seconds),
        *(_fixed(value, 1) for value in corners),
        region,
        list_name,
        crop,
    )
    if len(values) != len(COLUMNS):
        raise ValueError(f"a row has {len(COLUMNS)} fields, got {len(values)}: give two seconds and four corners")
    # a figure that we formatted ourselves may carry a minus sign, which is harmless there
    return [
        str(value) if name in _FIGURES else spreadsheet_safe(value) for name, value in zip(COLUMNS, values, strict=True)
    ]


def _fixed(value: float | None, digits: int) -> str:
    """Format a figure with a fixed number of digits, empty for None."""
    return "" if value is None else f"{value:.{digits}f}"
