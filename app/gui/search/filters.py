"""What to search for, as fields: plate, time, source, list, country, confidence. Gives a Query."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from PyQt5.QtCore import QDateTime, QEvent, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.reads.read_rows import short_source_name
from app.gui.search.ranking import typed_query
from app.gui.widgets import icons
from app.gui.widgets.common import make_button, make_label
from app.store.search import ANY_LIST, Query
from app.store.types import ALLOW, BLOCK

_WEEKEND = (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)
_TURNS = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}


def make_datetime_field(name: str, parent: QWidget) -> QDateTimeEdit:
    """Return a field that stands at now; name is what a screen reader says."""
    made = QDateTimeEdit(QDateTime.currentDateTime(), parent)
    made.setCalendarPopup(True)
    made.setDisplayFormat("yyyy-MM-dd HH:mm")
    made.setAccessibleName(name)
    calendar = made.calendarWidget()
    assert calendar is not None
    _dress(calendar)
    return made


def _dress(calendar: QCalendarWidget) -> None:
    """Qt writes weekends in red, which here is a hit and nothing else, and turns the months by pictures of its own."""
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    for day in _WEEKEND:
        calendar.setWeekdayTextFormat(day, calendar.weekdayTextFormat(Qt.DayOfWeek.Monday))
    for part, picture in _TURNS.items():
        turn = calendar.findChild(QToolButton, part)
        if turn is not None:
            turn.setIcon(icons.load_icon(picture))


_TYPING_MS = 180
_REGION_PX = 110  # the field's width: it takes a code of two to five letters


class TimePreset(Enum):
    """Presets of the time range."""

    ANY = "any"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    CUSTOM = "custom"


def preset_limits(span: TimePreset, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return since and until (itself excluded) of a preset, in local time; (None, None) for ANY and CUSTOM."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {
        TimePreset.TODAY: (day, None),
        TimePreset.YESTERDAY: (_days_before(day, 1), day),
        TimePreset.WEEK: (_days_before(day, 6), None),
        TimePreset.MONTH: (_days_before(day, 29), None),
    }
    return starts.get(span, (None, None))


def _days_before(day: datetime, days: int) -> datetime:
    """Return the local midnight so many days earlier, right where the clocks changed in between."""
    return (day.replace(tzinfo=None) - timedelta(days=days)).astimezone()


class PlateField(QLineEdit):
    """A line that leaves Ctrl+E to the window, which exports by it: on X11 it would go to the end of the line.

    Down leads into what was found.
    """

    left_down = pyqtSignal()

    def event(self, event: QEvent | None) -> bool:
        """Do not claim that key."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (event.modifiers(), event.key()) == (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_E)
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Down and Enter lead into what was found."""
        if event is not None and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_down.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """The fields above a search; changed tells that another query is wanted, at most a few times a second."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.timeout.connect(self.changed)
        self._offered: tuple[QDateTime, ...] = ()
        self._make_fields()
        self._lay_out()
        self._listen()

    def query(self, now: datetime | None = None) -> Query:
        """Return what the fields ask for; now is for the presets."""
        since, until = self._times(now or datetime.now().astimezone())
        return Query(
            plate=typed_query(self.plate.text()),
            look_alikes=self.look_alikes.isChecked(),
            alternatives=self.alternatives.isChecked(),
            since=since,
            until=until,
            source=str(self.source.currentData() or ""),
            list_name=str(self.list_name.currentData()),
            region=self.region.text().strip(),
            min_confidence=self.confidence.value() / 100,
        )

    def clear(self) -> None:
        """Ask for everything."""
        self.plate.clear()
        self.region.clear()
        self.look_alikes.setChecked(True)
        self.alternatives.setChecked(True)
        for box in (self.span, self.source, self.list_name):
            box.setCurrentIndex(0)
        self.confidence.setValue(0)

    def offer_sources(self, names: Sequence[str]) -> None:
        """Offer these sources; the one chosen stays chosen."""
        chosen = self.source.currentData()
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem(self.tr("Any source"), "")
        short = [short_source_name(name) for name in names]
        for name, shown in zip(names, short, strict=True):
            self.source.addItem(shown if short.count(shown) == 1 else name, name)
            self.source.setItemData(self.source.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        self.source.setCurrentIndex(max(0, self.source.findData(chosen)))
        self.source.blockSignals(False)

    def _make_fields(self) -> None:
        self.plate = PlateField(self)
        self.plate.setPlaceholderText(self.tr("Plate or a part of it; * stands for several characters, ? for one"))
        self.plate.setClearButtonEnabled(True)
        self.plate.addAction(icons.load_icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.plate.setAccessibleName(self.tr("Plate"))
        self.look_alikes = QCheckBox(self.tr("Look-alikes"), self)
        self.look_alikes.setToolTip(self.tr("O and 0, I and 1, B and 8 … count as the same"))
        self.alternatives = QCheckBox(self.tr("Alternatives"), self)
        self.alternatives.setToolTip(self.tr("Also search the alternatives of each read"))
        for box in (self.look_alikes, self.alternatives):
            box.setChecked(True)
        self.span = self._choice(
            self.tr("Time"),
            (
                (self.tr("Any time"), TimePreset.ANY),
                (self.tr("Today"), TimePreset.TODAY),
                (self.tr("Yesterday"), TimePreset.YESTERDAY),
                (self.tr("Last 7 days"), TimePreset.WEEK),
                (self.tr("Last 30 days"), TimePreset.MONTH),
                (self.tr("From … to …"), TimePreset.CUSTOM),
            ),
        )
        self.since, self.until = make_datetime_field(self.tr("From"), self), make_datetime_field(self.tr("To"), self)
        self.source = self._choice(self.tr("Source"), ((self.tr("Any source"), ""),))
        self.source.setMaximumWidth(260)
        self.list_name = self._choice(
            self.tr("List"),
            (
                (self.tr("All plates"), ""),
                (self.tr("On any list"), ANY_LIST),
                (self.tr("Block list"), BLOCK),
                (self.tr("Allow list"), ALLOW),
            ),
        )
        self.region = QLineEdit(self)
        self.region.setPlaceholderText(self.tr("Any country"))
        self.region.setToolTip(self.tr("Where the plate is from, such as DE, US or US-CA"))
        self.region.setAccessibleName(self.tr("Country"))
        self.region.setMaximumWidth(_REGION_PX)
        self.confidence = QSpinBox(self)
        self.confidence.setRange(0, 99)
        self.confidence.setSingleStep(10)
        self.confidence.setPrefix(self.tr("at least "))
        self.confidence.setSuffix(" %")
        self.confidence.setSpecialValueText(self.tr("Any confidence"))
        self.confidence.setAccessibleName(self.tr("Minimum confidence"))
        self.clear_button = make_button(self.tr("Clear"), "x", self.clear)
        self.clear_button.setProperty("flat", True)

    def _choice(self, name: str, items: Sequence[tuple[str, object]]) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(name)
        for text, value in items:
            made.addItem(text, value)
        return made

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.plate, 1)
        first.addSpacing(6)
        first.addWidget(self.look_alikes)
        first.addWidget(self.alternatives)
        self._to = make_label("–", "muted")
        for field in (
            self.span,
            self.since,
            self._to,
            self.until,
            self.source,
            self.list_name,
            self.region,
            self.confidence,
        ):
            second.addWidget(field)
        second.addStretch()
        second.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(first)
        column.addLayout(second)
        self._offer_day()
        self._show_custom()

    def _listen(self) -> None:
        for line in (self.plate, self.region):
            line.textChanged.connect(lambda _: self._soon.start())
        for box in (self.look_alikes, self.alternatives):
            box.toggled.connect(lambda _: self._soon.start())
        for choice in (self.span, self.source, self.list_name):
            choice.currentIndexChanged.connect(lambda _: self._soon.start())
        for field in (self.since, self.until):
            field.dateTimeChanged.connect(lambda _: self._soon.start())
        self.confidence.valueChanged.connect(lambda _: self._soon.start())
        self.span.currentIndexChanged.connect(lambda _: self._show_custom())

    def _offer_day(self) -> None:
        """Offer the day up to now, unless the person has set a time."""
        if self._offered in ((), self._between()):
            now = QDateTime.currentDateTime()
            self.since.setDateTime(now.addDays(-1))
            self.until.setDateTime(now)
            self._offered = self._between()

    def _between(self) -> tuple[QDateTime, ...]:
        return self.since.dateTime(), self.until.dateTime()

    def _show_custom(self) -> None:
        custom = self.span.currentData() is TimePreset.CUSTOM
        if custom:
            self._offer_day()
        for part in (self.since, self._to, self.until):
            part.setVisible(custom)

    def _times(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        span = self.span.currentData()
        if span is TimePreset.CUSTOM:
            since, until = (field.dateTime().toPyDateTime().astimezone() for field in (self.since, self.until))
            return since, until + timedelta(minutes=1)  # the minute named is meant whole
        return preset_limits(span, now)
