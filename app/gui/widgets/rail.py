"""The column of icons that leads to the pages."""

from collections.abc import Callable

from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from app.gui.widgets import icons, theme

_RAIL_ICON = 22
_MOST_SHOWN = 99


class RailButton(QToolButton):
    """A page's button; a number at its corner says how much waits there."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    @property
    def number(self) -> int:
        """How much waits; 0 shows no number."""
        return self._number

    def show_number(self, number: int, name: str) -> None:
        """Show how much waits; name says it to a screen reader and under the mouse."""
        self._number = number
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the button, and the number on it."""
        super().paintEvent(event)
        if not self._number:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPointSizeF(7.5)
        font.setBold(True)
        painter.setFont(font)
        text = str(self._number) if self._number <= _MOST_SHOWN else f"{_MOST_SHOWN}+"
        width = max(18.0, QFontMetricsF(font).horizontalAdvance(text) + 10)
        pill = QRectF(self.width() / 2 + 4, 4, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hit"))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(theme.colour("on_hit"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QFrame):
    """The column of icons that leads to the pages; where it is too low for their names, these are tool tips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._buttons: list[RailButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 10, 8, 10)
        self._column.setSpacing(4)
        self._column.addStretch(1)

    def add(self, icon: str, text: str, show: Callable[[], None]) -> RailButton:
        """Add a page's button."""
        made = self._button(icon, text)
        made.setCheckable(True)
        made.clicked.connect(lambda: show())
        self._column.insertWidget(self._column.count() - 1, made)
        return made

    def add_below(self, icon: str, text: str, run: Callable[[], None]) -> None:
        """Add a button at the foot that opens something."""
        made = self._button(icon, text)
        made.clicked.connect(lambda: run())
        self._column.addWidget(made)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Name the buttons where there is room for it."""
        super().resizeEvent(event)
        margins = self._column.contentsMargins()
        room = self.height() - margins.top() - margins.bottom() - self._column.spacing() * (len(self._buttons) - 1)
        self._name_buttons(True)
        if sum(button.sizeHint().height() for button in self._buttons) > room:
            self._name_buttons(False)

    def _name_buttons(self, named: bool) -> None:
        how = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if named else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons:
            button.setToolButtonStyle(how)

    def _button(self, icon: str, text: str) -> RailButton:
        made = RailButton()
        made.setIcon(icons.load_icon(icon))
        made.setIconSize(QSize(_RAIL_ICON, _RAIL_ICON))
        made.setText(text)
        made.setAccessibleName(text)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setToolTip(text)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._buttons.append(made)
        return made
