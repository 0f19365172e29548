"""The list of keys."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.gui.widgets.common import make_button, make_label


class KeysDialog(QDialog):
    """Shows which keys do what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        column.addWidget(make_label(self.tr("Keys"), "pageTitle"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(5)
        for row, (keys, words) in enumerate(self._rows()):
            grid.addWidget(make_label(keys), row, 0)
            grid.addWidget(make_label(words, "muted"), row, 1)
        column.addLayout(grid)
        close = make_button(self.tr("Close"), "", self.accept, primary=True)
        close.setDefault(True)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _rows(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.tr("Space, K"), self.tr("Play or pause")),
            (self.tr("← →"), self.tr("Back or forward 5 seconds")),
            (self.tr("J  L"), self.tr("Back or forward 10 seconds")),
            (self.tr("Full stop"), self.tr("Next frame")),
            (self.tr("+  −"), self.tr("Faster, slower")),
            (self.tr("Enter, double click"), self.tr("One picture, or all")),
            (self.tr("Enter, in a list"), self.tr("Correct the read")),
            (self.tr("Ctrl+O"), self.tr("Open recordings")),
            (self.tr("Ctrl+N"), self.tr("Add a source")),
            (self.tr("Ctrl+V"), self.tr("Open the address or files in the clipboard")),
            (self.tr("Ctrl+1 …"), self.tr("The pages")),
            (self.tr("Ctrl+F, /"), self.tr("Find a plate; Down leads into what was found")),
            (self.tr("Delete, in a list"), self.tr("Delete what is selected, after asking")),
            (self.tr("T  M  W, in the hits"), self.tr("True hit, misread, wrong entry")),
            (self.tr("Ctrl+Z"), self.tr("Undo")),
            (self.tr("F8, F9"), self.tr("Show or hide the reads, the sources")),
            (self.tr("F5"), self.tr("Search again")),
            (self.tr("Ctrl+E"), self.tr("Export")),
            (self.tr("Ctrl+D"), self.tr("Light or dark")),
            (self.tr("F11"), self.tr("Pictures over the whole screen; Escape ends it")),
        )
