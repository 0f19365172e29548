"""What the dialogs share: their buttons in plain words, their margins, text that explains."""

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app.gui.widgets import theme
from app.gui.widgets.common import make_label


class BaseDialog(QDialog):
    """A dialog with a title, room for its content, and buttons at the foot; Escape closes it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.foot = QDialogButtonBox(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 20, 22, 18)
        whole.setSpacing(18)
        whole.addLayout(self.body, 1)
        whole.addWidget(self.foot)
        self.foot.rejected.connect(self.reject)

    def add_accept(self, text: str) -> QPushButton:
        """Add the button that does what the dialog is for; Enter presses it."""
        made = self.foot.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
        assert made is not None
        made.setDefault(True)
        self.foot.accepted.connect(self.accept)
        return made

    def showEvent(self, event: QShowEvent | None) -> None:
        """See that Enter presses no button but the one the dialog is for, unless it has the focus."""
        super().showEvent(event)
        for made in self.findChildren(QPushButton):
            if self.foot.buttonRole(made) != QDialogButtonBox.ButtonRole.AcceptRole:
                made.setAutoDefault(False)
                made.setDefault(False)

    def add_cancel(self, text: str = "") -> QPushButton:
        """Add the button that changes nothing."""
        made = self.foot.addButton(
            text or QCoreApplication.translate("Dialog", "Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        assert made is not None
        made.setAutoDefault(False)
        return made


def set_plural_suffix(box: QSpinBox, one: str, many: str) -> None:
    """Write behind a number what it counts, one or many."""

    def show(number: int) -> None:
        box.setSuffix(one if number == 1 else many)

    box.valueChanged.connect(show)
    show(box.value())


def make_explanation(text: str = "") -> QLabel:
    """Return secondary text that wraps."""
    return make_label(text, "muted", wrap=True)


def show_problem(place: QLabel, problem: str) -> None:
    """Say in a label what is wrong, with a mark that is no colour; nothing is wrong if problem is empty."""
    place.setText(f"⚠ {problem}" if problem else "")
    place.setStyleSheet(f"color: {theme.colour('notice').name()};")
    place.setVisible(bool(problem))
