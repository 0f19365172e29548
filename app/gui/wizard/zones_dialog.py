"""Where to look in a picture, and what to mask, such as a burnt-in clock."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QDialog, QDialogButtonBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.gui.widgets.common import make_button, make_label
from app.gui.widgets.polygons import PolygonCanvas
from app.gui.widgets.window_geometry import fit_to_screen
from app.pipeline.types import Image
from app.pipeline.zones import Zones


class ZonesEditor(QWidget):
    """The picture with its polygons, and the buttons for them."""

    changed = pyqtSignal()

    def __init__(self, image: Image, zones: Zones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = PolygonCanvas(image, zones)
        self.canvas.changed.connect(self._refresh)
        self._look = QRadioButton(self.tr("Look here"))
        self._mask = QRadioButton(self.tr("Ignore this (a burnt-in clock, a shop sign)"))
        self._look.setChecked(True)
        kinds = QButtonGroup(self)
        for choice in (self._look, self._mask):
            kinds.addButton(choice)
        self._mask.toggled.connect(self._set_mask)
        self._remove = make_button(self.tr("Remove"), "trash-2", self.canvas.remove_chosen)
        self._hint = make_label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        tools = QHBoxLayout()
        tools.addWidget(self._look)
        tools.addWidget(self._mask)
        tools.addStretch(1)
        tools.addWidget(make_button(self.tr("New polygon"), "hexagon", self.canvas.add_shape))
        tools.addWidget(make_button(self.tr("Undo"), "undo-2", self.canvas.undo))
        tools.addWidget(self._remove)
        column.addLayout(tools)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._hint)
        self._refresh()

    @property
    def zones(self) -> Zones:
        """What has been drawn."""
        return self.canvas.zones

    def _set_mask(self, mask: bool) -> None:
        self.canvas.masking = mask
        if 0 <= self.canvas.chosen < len(self.canvas.shapes):
            self.canvas.shapes[self.canvas.chosen].mask = mask
            self.canvas.update()
            self.changed.emit()

    def _refresh(self) -> None:
        canvas = self.canvas
        chosen = canvas.shapes[canvas.chosen] if 0 <= canvas.chosen < len(canvas.shapes) else None
        self._remove.setEnabled(chosen is not None or canvas.drawing)
        if chosen is not None:
            (self._mask if chosen.mask else self._look).setChecked(True)
        if canvas.drawing:
            words = self.tr("Click the next corner. Close with Enter, a double click, or a click on the first corner.")
        elif not canvas.shapes:
            words = self.tr("The whole picture is looked at. Click into it to draw where to look, or what to ignore.")
        else:
            words = self.tr("Drag corners to move them. Arrow keys move the chosen polygon, Delete removes it.")
        self._hint.setText(words)
        self.changed.emit()


class ZonesDialog(QDialog):
    """The editor in a window of its own; chosen carries Zones."""

    chosen = pyqtSignal(object)

    def __init__(self, image: Image, zones: Zones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Where to look"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, 980, 700)
        self.editor = ZonesEditor(image, zones)
        box = QDialogButtonBox()
        box.addButton(QDialogButtonBox.StandardButton.Save)
        box.addButton(QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self._save)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(make_label(self.tr("Where to look"), "pageTitle"))
        column.addWidget(self.editor, 1)
        column.addWidget(box)

    def _save(self) -> None:
        if self.editor.canvas.drawing:
            self.editor.canvas.close_shape()
        self.chosen.emit(self.editor.zones)
        self.accept()
