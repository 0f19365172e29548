"""What the network saw in a crop, step by step: the picture of recognizer.explain, drawn in a worker."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QImage, QPixmap
from PyQt5.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QScrollArea,
    QWidget,
)

from app.gui.dialogs.base_dialog import BaseDialog, make_explanation, show_problem
from app.gui.reads.read_rows import format_percent
from app.gui.session.background import BackgroundTasks
from app.gui.widgets import theme
from app.gui.widgets.common import pluralize
from app.gui.widgets.qimages import to_array, to_qimage
from app.records import Record

if TYPE_CHECKING:
    from recognizer import PlateReader

_WIDTH = 930
_SIZE = QSize(1000, 1120)  # the whole picture, where the screen is high enough


class ProbabilityDialog(BaseDialog):
    """Shows the probability matrix of one crop; the window stays usable meanwhile."""

    def __init__(
        self, crop: QImage, visit: Record, device: str, tasks: BackgroundTasks, parent: QWidget | None = None
    ) -> None:
        """visit: the read as the list has it, whose figures are set beside those of this one picture."""
        super().__init__("", parent)
        self.setWindowTitle(self.tr("How this plate was read"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        screen = QApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else _SIZE
        self.resize(_SIZE.boundedTo(room * 0.92))
        self.picture = QImage()
        self.page = QLabel(self)
        self.page.setAccessibleName(self.tr("How likely each character is at each step from left to right"))
        self.page.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll = QScrollArea(self)
        scroll.setWidget(self.page)
        scroll.setWidgetResizable(True)
        self._scroll = scroll
        self._busy = QProgressBar(self)
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._words = make_explanation()
        self.body.addWidget(self._words)
        self.listed = make_explanation(self._beside(visit))
        self.body.addWidget(self.listed)
        self.body.addWidget(scroll, 1)
        self.body.addWidget(self._busy)
        self.body.addWidget(self.problem)
        save = self.foot.addButton(self.tr("Save picture…"), QDialogButtonBox.ButtonRole.ActionRole)
        assert save is not None
        self.save = save
        self.save.setEnabled(False)
        self.save.clicked.connect(self._save)
        self.add_cancel(self.tr("Close"))
        self._pixels, self._device, self._tasks = to_array(crop), device, tasks
        self._here = True
        self.finished.connect(self._gone)
        theme.changed.connect(self._draw)
        self._draw()

    def _beside(self, visit: Record) -> str:
        """Say why the list may say otherwise than this picture."""
        one = self.tr("Read anew from this picture. The list says {plate}, {sure} sure, as it was read at the time.")
        many = self.tr(
            "This is one reading, of this picture alone. The list says {plate}, {sure} sure: a vote over all readings "
            "of the vehicle, {n} of which agree, so its figures and other texts differ."
        )
        plate = visit.original_plate or visit.plate
        return pluralize(visit.reads, one, many, plate=plate, sure=format_percent(visit.confidence))

    def _draw(self) -> None:
        """Have the picture drawn for the colours in force and the density of the screen."""
        if not self._here:
            return
        dark, ratio = theme.current().is_dark, self.devicePixelRatioF()
        words = self.tr(
            "The plate is read from left to right in small steps. Each column is one step, each row a character."
        )
        more = (
            self.tr("The lighter a field, the likelier that character there.")
            if dark
            else self.tr("The darker a field, the likelier that character there.")
        )
        self._words.setText(f"{words} {more}")
        pixels, device = self._pixels, self._device
        self._tasks.start(
            lambda: draw_explanation(pixels, device, ratio, dark), lambda image: self._show(image, ratio), self._failed
        )

    def _gone(self) -> None:
        self._here = False
        theme.changed.disconnect(self._draw)

    def _show(self, image: NDArray[np.uint8], ratio: float) -> None:
        if not self._here:
            return
        self.picture = to_qimage(image)
        self.picture.setDevicePixelRatio(ratio)
        self.page.setPixmap(QPixmap.fromImage(self.picture))
        self._busy.hide()
        self.save.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, OSError | ValueError | RuntimeError):
            raise error
        if self._here:
            self._busy.hide()
            show_problem(self.problem, str(error))

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save picture"), "matrix.png", self.tr("Pictures (*.png)"))
        if name and not self.picture.save(name):
            show_problem(self.problem, self.tr("{file} cannot be written; choose another folder.").format(file=name))


def draw_explanation(crop: NDArray[np.uint8], device: str, ratio: float, dark: bool) -> NDArray[np.uint8]:
    """Return the picture of how a crop (H, W, 3), BGR, is read, for a screen of a density and for dark colours or not.

    Loads the reader the first time. For a worker.
    """
    from recognizer.explain import explain

    return explain(crop, _reader(device), _WIDTH, scale=ratio, dark=dark)


@lru_cache(maxsize=1)
def _reader(device: str) -> "PlateReader":
    from recognizer import PlateReader

    return PlateReader(device=device)
