"""What this program is: what a person is asked for who reports a problem, and where their reads lie."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QDialogButtonBox, QGridLayout, QWidget

from app.config import settings
from app.gui.dialogs.base_dialog import BaseDialog, make_explanation
from app.gui.widgets.common import Elided, make_label
from app.version import __version__

LICENCE = "AGPL-3.0-or-later"


class AboutDialog(BaseDialog):
    """Names the version, the licence, and the places of log and settings, all of which can be copied."""

    def __init__(self, log: str, parent: QWidget | None = None) -> None:
        """log: where it lies, empty while it cannot be opened."""
        super().__init__("", parent)
        self.setWindowTitle(self.tr("About Platescribe"))
        self.setMinimumWidth(560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = f"Platescribe {__version__}"
        self.facts = (
            (self.tr("Licence"), LICENCE),
            (self.tr("Log"), log or self.tr("It cannot be opened right now.")),
            (self.tr("Settings"), str(settings.default_path())),
        )
        self.body.addWidget(make_label(self.name, "pageTitle"))
        self.body.addWidget(
            make_explanation(
                self.tr("Reads number plates on this computer. Nothing is sent anywhere unless you set up a receiver.")
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setColumnStretch(1, 1)
        for row, (what, value) in enumerate(self.facts):
            grid.addWidget(make_label(what, "muted"), row, 0)
            grid.addWidget(Elided(value), row, 1)
        self.body.addLayout(grid)
        copy = self.foot.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        assert copy is not None
        self.copy = copy
        self.copy.clicked.connect(self._copy)
        self.add_cancel(self.tr("Close"))

    def _copy(self) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText("\n".join([self.name, *(f"{what}: {value}" for what, value in self.facts)]))
