"""The column of icons that leads to the pages."""

from collections.abc import Callable

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from app.gui.widgets import icons

_RAIL_ICON = 22


class Rail(QFrame):
    """The column of icons that leads to the pages; where it is too low for their names, these are tool tips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._buttons: list[QToolButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 10, 8, 10)
        self._column.setSpacing(4)
        self._column.addStretch(1)

    def add(self, icon: str, text: str, show: Callable[[], None]) -> QToolButton:
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

    def _button(self, icon: str, text: str) -> QToolButton:
        made = QToolButton()
        made.setIcon(icons.icon(icon))
        made.setIconSize(QSize(_RAIL_ICON, _RAIL_ICON))
        made.setText(text)
        made.setAccessibleName(text)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setToolTip(text)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._buttons.append(made)
        return made
