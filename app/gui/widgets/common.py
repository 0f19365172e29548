"""Small parts that several pages are made of."""

from collections.abc import Callable

from PyQt5.QtCore import QCoreApplication, QRectF, QSize, Qt
from PyQt5.QtGui import QPainter, QPaintEvent
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.widgets import icons, theme

Handler = Callable[[], None]


def make_label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """Return a label; role is a name of the style sheet such as pageTitle, panelTitle, muted, small."""
    made = QLabel(text)
    made.setObjectName(role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def pluralize(number: int, one: str, many: str, **others: object) -> str:
    """Return one or many, as the number asks, with the number put in for {n}, and others; thousands are set apart."""
    return (one if number == 1 else many).format(n=f"{number:,}".replace(",", "\u202f"), **others)


def format_days(number: int) -> str:
    """Return a number of days in words."""
    one, many = QCoreApplication.translate("Days", "1 day"), QCoreApplication.translate("Days", "{n} days")
    return pluralize(number, one, many)


def make_separator(vertical: bool = False) -> QFrame:
    """Return a line of one pixel."""
    line = QFrame()
    line.setObjectName("separator")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def make_button(text: str, icon: str = "", on_click: Handler | None = None, primary: bool = False) -> QPushButton:
    """Return a button with a text and, if wanted, an icon; the primary one bears the accent."""
    made = QPushButton(text)
    made.setProperty("primary", primary)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon:
        made.setIcon(icons.load_icon(icon, "on_accent" if primary else ""))
        made.setIconSize(icons.size_beside_text())
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


def make_tool_button(icon: str, name: str, on_click: Handler | None = None, size: int = 18) -> QToolButton:
    """Return a button that shows an icon only; name is its tool tip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icons.load_icon(icon))
    made.setIconSize(QSize(size, size))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setProperty("small", True)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


def style_table(view: QTableView) -> None:
    """Give a table the look and behaviour of all tables of the window."""
    view.setShowGrid(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers))
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideRight)
    rows, columns = view.verticalHeader(), view.horizontalHeader()
    assert rows is not None and columns is not None
    rows.hide()
    columns.setHighlightSections(False)
    columns.setDefaultAlignment(Qt.Alignment(Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)


class Elided(QLabel):
    """A line of text that is shortened in its middle where it has no room; the whole of it is its tool tip."""

    def __init__(self, text: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setToolTip(tip or text)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)


class IconLabel(QWidget):
    """An icon of the kept set as a picture, in a colour of the theme."""

    def __init__(self, name: str, size: int, colour: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(size, size)
        theme.changed.connect(self.update)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon or colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the icon."""
        icons.draw_icon(QPainter(self), QRectF(self.rect()), self._name, self._colour)


class EmptyState(QWidget):
    """What a page shows while it has nothing: what belongs here, and the next step as buttons."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(12)
        column.addStretch(3)
        column.addWidget(IconLabel(icon, 56, "accent"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self._text = make_label(text, "emptyText", wrap=True)
        for line in (make_label(title, "emptyTitle", wrap=True), self._text):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        self._steps = QGridLayout()
        self._steps.setSpacing(10)
        column.addSpacing(10)
        column.addLayout(self._steps)
        self._steps.setColumnStretch(0, 1)
        self._steps.setColumnStretch(3, 1)
        column.addStretch(4)

    def say(self, text: str) -> None:
        """Say something else of the next step."""
        self._text.setText(text)

    def add_step(self, text: str, icon: str, on_click: Handler, primary: bool = False) -> QPushButton:
        """Add a button for a next step."""
        made = make_button(text, icon, on_click, primary)
        row, column = divmod(self._steps.count(), 2)
        self._steps.addWidget(made, row, column + 1)
        return made
