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

from app.gui.controller import Controller
from app.gui.dialogs.common import Dialog, explanation, show_problem
from app.gui.models.live import picture_of, pixels_of

if TYPE_CHECKING:
    from recognizer import PlateReader

_WIDTH = 930
_SIZE = QSize(1000, 1120)  # the whole picture, where the screen is high enough


class ProbabilityDialog(Dialog):
    """Shows the probability matrix of one crop; the window stays usable meanwhile."""

    def __init__(self, crop: QImage, controller: Controller, parent: QWidget | None = None) -> None:
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
        self.body.addWidget(
            explanation(
                self.tr(
                    "The plate is read from left to right in small steps. Each column is one step, each row a "
                    "character; the darker a field, the likelier that character there."
                )
            )
        )
        self.body.addWidget(scroll, 1)
        self.body.addWidget(self._busy)
        self.body.addWidget(self.problem)
        save = self.foot.addButton(self.tr("Save picture…"), QDialogButtonBox.ButtonRole.ActionRole)
        assert save is not None
        self.save = save
        self.save.setEnabled(False)
        self.save.clicked.connect(self._save)
        self.add_cancel(self.tr("Close"))
        pixels, device = pixels_of(crop), controller.settings.detection.device
        self._here = True
        self.finished.connect(self._gone)
        controller.try_later(lambda: drawn(pixels, device), self._show, self._failed)

    def _gone(self) -> None:
        self._here = False

    def _show(self, image: NDArray[np.uint8]) -> None:
        if not self._here:
            return
        self.picture = picture_of(image)
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


def drawn(crop: NDArray[np.uint8], device: str) -> NDArray[np.uint8]:
    """Return the picture of how a crop (H, W, 3), BGR, is read; loads the reader the first time. For a worker."""
    from recognizer.explain import explain

    return explain(crop, _reader(device), _WIDTH)


@lru_cache(maxsize=1)
def _reader(device: str) -> "PlateReader":
    from recognizer import PlateReader

    return PlateReader(device=device)
