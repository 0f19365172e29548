"""A field for a date and time, with a calendar in the look of the window."""

from PyQt5.QtCore import QDateTime, Qt
from PyQt5.QtWidgets import QCalendarWidget, QDateTimeEdit, QToolButton, QWidget

from app.gui.widgets import icons

_WEEKEND = (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)
_TURNS = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}


def moment_field(name: str, parent: QWidget) -> QDateTimeEdit:
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
            turn.setIcon(icons.icon(picture))
