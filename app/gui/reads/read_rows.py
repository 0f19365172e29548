"""What a row of a read list shows, and the columns that every table of reads has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, Qt

from app.gui.live.demo import is_demo
from app.records import Record
from app.store.types import BLOCK
from recognizer.readings import Alternative

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
PLATE, TIME, SOURCE, CONFIDENCE, TAG = range(5)
_LIKELY = 0.005


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A visit as a list shows it; key names it while it is live, provisional says that it may still change.

    match: the characters of the plate that fit what was searched for, from and to.
    """

    visit: Record
    provisional: bool = False
    key: str = ""
    match: tuple[int, int] | None = None

    @property
    def corrected(self) -> bool:
        """Whether a person has set the plate."""
        return self.visit.original_plate is not None

    @property
    def is_hit(self) -> bool:
        """Whether the plate is on a block list: the one thing shown in red."""
        return self.visit.list_name == BLOCK


def column_headings() -> tuple[str, ...]:
    """Return the headings of a read list, in the order of its columns."""
    return tr("Plate"), tr("Time"), tr("Source"), tr("Sure"), tr("Tag")


def tr(text: str) -> str:
    """Translate a text of the read lists."""
    return QCoreApplication.translate("Reads", text)


def cell_text(row: ReadRow, column: int, now: datetime | None = None) -> str:
    """Return a cell's text, which is also what a screen reader says."""
    visit = row.visit
    if column == PLATE:
        return f"{visit.plate}  ({visit.original_plate})" if visit.original_plate is not None else visit.plate
    if column == TIME:
        return format_time(visit.first_time, now)
    if column == SOURCE:
        return short_source_name(visit.source)
    if column == CONFIDENCE:
        return format_percent(visit.confidence)
    return ", ".join(list_tags(row))


def tip_text(row: ReadRow, column: int) -> str:
    """Return what a cell says under the mouse and to a screen reader: of the time also where it was."""
    text = cell_text(row, column)
    return f"{text}  ·  {short_source_name(row.visit.source)}" if column == TIME else text


def short_source_name(source: str) -> str:
    """Return how a source is called in a list: a file without its folders, anything else as it is."""
    if is_demo(source):
        return tr("Demo clip")
    return source if "://" in source else source.replace("\\", "/").rstrip("/").rpartition("/")[2]


def likely_alternatives(visit: Record) -> tuple[Alternative, ...]:
    """Return what else a plate may say, likeliest first, without what would be shown as 0 %."""
    return tuple(guess for guess in visit.alternatives if guess.confidence >= _LIKELY)


def list_tags(row: ReadRow) -> tuple[str, ...]:
    """Return the words of a row's pills, the weightiest first."""
    found: list[str] = []
    if row.is_hit:
        found.append(tr("Hit · settled") if row.visit.settled else tr("Hit"))
    elif row.visit.list_name:
        found.append(tr("Allowed"))
    if row.provisional:
        found.append(tr("Reading…"))
    if row.corrected:
        found.append(tr("Corrected"))
    elif not row.visit.sure:
        found.append(tr("Unsure"))
    return tuple(found)


def format_percent(value: float) -> str:
    """Return a share as whole percent; 100 % only where it is really that."""
    return f"{round_percent(value)} %"


def round_percent(value: float) -> int:
    """Return a share in percent without its sign, as format_percent() does."""
    shown = round(value * 100)
    return min(shown, 99) if value < 1 else shown


def format_time(time: datetime, now: datetime | None = None) -> str:
    """Return a time in the user's zone: the clock alone for today, with the date otherwise."""
    local = time.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


def format_media_time(seconds: float) -> str:
    """Return media seconds as h:mm:ss.t, or m:ss.t under an hour."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


_NO_PARENT = QModelIndex()


class ReadColumnsModel(QAbstractTableModel):
    """A table whose columns are those of `rows.headers`."""

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(column_headings())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return a column's heading."""
        return (
            column_headings()[section]
            if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
            else None
        )
