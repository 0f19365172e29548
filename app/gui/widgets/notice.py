"""The line under the toolbar that tells what needs attention and is no hit."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.gui.widgets.common import Handler, IconLabel, make_button, make_label


class Notice(QFrame):
    """Shows a standing trouble while there is one, else a problem, else a piece of news until it was read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._trouble, self._problem, self._news = "", "", ""
        self._more: Handler | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        self._mark = IconLabel("info", 18, "notice")
        row.addWidget(self._mark)
        self.words = make_label("", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.words, 1)
        self.more = make_button("", "", self._do_more)
        self.read = make_button(self.tr("Got it"), "", self._forget)
        row.addWidget(self.more)
        row.addWidget(self.read)
        self._refresh()

    def show_trouble(self, text: str) -> None:
        """Show what is wrong for as long as it is; an empty text ends it."""
        if text != self._trouble:
            self._trouble = text
            self._refresh()

    def show_problem(self, text: str) -> None:
        """Show what went wrong once, until the person has read it."""
        self._problem = text
        self._refresh()

    def show_news(self, text: str, more: str, do_more: Handler) -> None:
        """Show a piece of news with a button that leads on, until the person has read it."""
        self._news, self._more = text, do_more
        self.more.setText(more)
        self._refresh()

    def _do_more(self) -> None:
        if self._more is not None:
            self._more()
        self._forget()

    def _forget(self) -> None:
        if self._problem:
            self._problem = ""
        else:
            self._news = ""
        self._refresh()

    def _refresh(self) -> None:
        bad = self._trouble or self._problem
        self.words.setText(bad or self._news)
        self._mark.show_icon(*(("triangle-alert", "notice") if bad else ("info", "on_accent_soft")))
        if self.property("news") != (not bad):
            self.setProperty("news", not bad)  # its colours depend on it
            self._style_again()
        self.more.setVisible(bool(self._news) and not bad)
        self.read.setVisible(not self._trouble)
        self.setVisible(bool(bad or self._news))

    def _style_again(self) -> None:
        """Have the style sheet look at the properties once more: of itself it does so only once."""
        style = self.style()
        for part in (self, *self.findChildren(QWidget)):
            if style is not None:
                style.unpolish(part)
                style.polish(part)
