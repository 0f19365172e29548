"""Setting up a source: which one, a picture of it with advice, where to look, done."""

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QPixmap
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget, QWizard

from app.gui.live.picture_coach import PictureMeasures, list_advice, measure_brightness
from app.gui.session.background import BackgroundTasks
from app.gui.widgets.common import IconLabel, make_button, make_label
from app.gui.widgets.qimages import to_qimage
from app.gui.widgets.window_geometry import fit_to_screen
from app.gui.wizard.probe import ProbeResult, SourceProbe
from app.gui.wizard.source_step import SourceStep, WizardStep
from app.gui.wizard.zones_dialog import ZonesEditor
from app.pipeline.zones import Zones
from app.saved_sources import SavedSource


class SourceWizard(QWizard):
    """Asks for a source in three steps; done_with carries SavedSource."""

    done_with = pyqtSignal(object)

    def __init__(
        self,
        tasks: BackgroundTasks,
        taken: Sequence[str],
        parent: QWidget | None = None,
        known: SavedSource | None = None,
    ) -> None:
        """taken: names that other sources have already; known: the source to change, none for a new one."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add a source") if known is None else self.tr("Change a source"))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, 860, 640)
        self.which = SourceStep(tasks, taken, known)
        self.picture = PictureStep(self.which)
        self.where = ZonesStep(self.picture, known.zones if known is not None else Zones())
        for page in (self.which, self.picture, self.where):
            self.addPage(page)
        for which, text in (
            (QWizard.WizardButton.BackButton, self.tr("&Back")),
            (QWizard.WizardButton.NextButton, self.tr("&Next")),
            (QWizard.WizardButton.CancelButton, self.tr("Cancel")),
            (QWizard.WizardButton.FinishButton, self.tr("&Start reading")),
        ):
            self.setButtonText(which, text)

    def accept(self) -> None:
        """Hand over what was set up."""
        spec = self.which.spec()
        self.done_with.emit(SavedSource(spec.source_id, spec.kind, spec.address, self.where.zones))
        super().accept()


class PictureStep(WizardStep):
    """One picture of the source, and what the coach says to it."""

    def __init__(self, which: SourceStep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = self.tr("Plates should be at least 20 pixels high, sharp, and not seen at a steep angle.")
        self.head(self.tr("Is the picture good enough?"), text)
        self._which = which
        self._probe: SourceProbe | None = None
        self.result = ProbeResult()
        self.view = make_label("")
        self.view.setObjectName("stage")
        self.view.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setMinimumSize(480, 270)
        self.view.setAccessibleName(self.tr("Picture of the source"))
        self._large, self._mark = IconLabel("loader-circle", 44), IconLabel("info", 20)
        self.words = make_label("", wrap=True)
        self._again = make_button(self.tr("Try again"), "refresh-cw", self.initializePage)
        middle = QVBoxLayout(self.view)
        middle.addWidget(self._large, 0, Qt.AlignmentFlag.AlignCenter)
        self.column.addWidget(self.view, 1)
        self.column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        row.addWidget(self._again)
        self.column.addLayout(row)

    def nextId(self) -> int:
        """Without a picture there is nothing to draw on, and the wizard ends here."""
        return -1 if self.result.image is None and self.result.error else super().nextId()

    def initializePage(self) -> None:
        """Try the source out."""
        self.cleanupPage()
        self.setFinalPage(False)
        self.result = ProbeResult()
        self.view.clear()
        self._say("loader-circle", "muted", self.tr("Connecting…"))
        self._again.setEnabled(False)
        self._probe = SourceProbe(self._which.spec(), self)
        self._probe.finished.connect(self.show_result)
        self.completeChanged.emit()

    def cleanupPage(self) -> None:
        """Want no answer any more."""
        if self._probe is not None:
            self._probe.cancel()
            self._probe = None

    def isComplete(self) -> bool:
        """A source that does not answer now may be added all the same: cameras are switched off at times."""
        return self.result.image is not None or bool(self.result.error)

    def show_result(self, result: ProbeResult) -> None:
        """Show the picture and the advice, or what is wrong."""
        self.result = result
        self._again.setEnabled(True)
        if result.image is None:
            later = self.tr("You can add it anyway; the program keeps trying until it answers.")
            self._say("triangle-alert", "notice", f"{result.error}\n{later}")
        else:
            self._show_picture(result)
        self.setFinalPage(result.image is None)  # which has the wizard look at nextId() again
        self.completeChanged.emit()

    def _show_picture(self, result: ProbeResult) -> None:
        assert result.image is not None
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(to_qimage(result.image)).scaled(
            self.view.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture.setDevicePixelRatio(ratio)
        self.view.setPixmap(picture)
        height, width = result.image.shape[:2]
        found = list_advice(PictureMeasures(measure_brightness(result.image)))
        size = self.tr("{} × {} pixels.").format(width, height)
        if found:
            self._say("info", "notice", " ".join([size, *(f"{item.what} {item.remedy}" for item in found)]))
        else:
            self._say("circle-check", "good", size + " " + self.tr("The picture is bright enough."))

    def _say(self, icon: str, colour: str, words: str) -> None:
        for mark in (self._large, self._mark):
            mark.show_icon(icon, colour)
        self._large.setVisible(self.result.image is None)
        self.words.setText(words)


class ZonesStep(WizardStep):
    """Where to look in the picture, if not everywhere."""

    def __init__(self, picture: PictureStep, zones: Zones, parent: QWidget | None = None) -> None:
        """zones: what was drawn before."""
        super().__init__(parent)
        self._before = zones
        text = self.tr(
            "Draw around the lane if other plates are in view, and mask clocks in the picture. Or skip this step."
        )
        self.head(self.tr("Where to look?"), text)
        self._picture = picture
        self._editor: ZonesEditor | None = None
        self._none = make_label(
            self.tr("There is no picture to draw on; the whole picture will be looked at."), "muted"
        )
        self.column.addWidget(self._none, 1, Qt.AlignmentFlag.AlignTop)

    @property
    def zones(self) -> Zones:
        """What was drawn."""
        return self._editor.zones if self._editor is not None else self._before

    def initializePage(self) -> None:
        """Show the picture to draw on."""
        if self._editor is not None:
            self.column.removeWidget(self._editor)
            self._editor.deleteLater()
            self._editor = None
        image = self._picture.result.image
        self._none.setVisible(image is None)
        if image is not None:
            self._editor = ZonesEditor(image, self._before)
            self.column.addWidget(self._editor, 1)

    def validatePage(self) -> bool:
        """Close a polygon that is still being drawn."""
        if self._editor is not None and self._editor.canvas.drawing:
            self._editor.canvas.close_shape()
        return True
