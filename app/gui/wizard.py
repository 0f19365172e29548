"""Setting up a source: which one, a picture of it with advice, where to look, done."""

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QPixmap
from PyQt5.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
    QWizard,
    QWizardPage,
)

from app.gui.coach import Look, grey_of, judge
from app.gui.controller import Controller
from app.gui.known import KnownSource
from app.gui.polygons import picture_of
from app.gui.probe import Probe, Probed
from app.gui.widgets import Picture, button, label
from app.gui.zones_editor import ZonesEditor
from app.pipeline.live import cameras
from app.pipeline.sources import SourceError, SourceSpec, identify
from app.pipeline.zones import Zones
from app.redact import redact

_ADDRESS, _FILE = "address", "file"


class SourceWizard(QWizard):
    """Asks for a source in three steps; done_with carries KnownSource."""

    done_with = pyqtSignal(object)

    def __init__(self, controller: Controller, taken: Sequence[str], parent: QWidget | None = None) -> None:
        """taken: names that other sources have already."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add a source"))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 640)
        self.which = WhichPage(controller, taken)
        self.picture = PicturePage(self.which)
        self.where = WherePage(self.picture)
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
        self.done_with.emit(KnownSource(spec.source_id, spec.kind, spec.address, self.where.zones))
        super().accept()


class Step(QWizardPage):
    """A page with its heading in the look of all pages; `column` takes what belongs on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 8)
        self.column.setSpacing(6)

    def head(self, title: str, text: str) -> None:
        """Say what the page is for."""
        self.setAccessibleName(title)
        self.column.addWidget(label(title, "pageTitle"))
        self.column.addWidget(label(text, "muted", wrap=True))
        self.column.addSpacing(12)


class WhichPage(Step):
    """Name, and camera or address or file."""

    def __init__(self, controller: Controller, taken: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = self.tr("A camera of this computer, a network camera's address, or a recording.")
        self.head(self.tr("Which source?"), text)
        self._taken = frozenset(taken)
        self.kind = QComboBox()
        self.kind.addItem(self.tr("Network camera or stream"), _ADDRESS)
        self.kind.addItem(self.tr("Recording or picture"), _FILE)
        self.address = QLineEdit()
        self.address.setPlaceholderText("rtsp://user:password@192.168.1.20/stream")
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("North gate"))
        self._browse = button(self.tr("Choose…"), "folder-open", self._choose_file)
        self._problem = label("", "coachBad", wrap=True)
        self._build()
        for change in (self.address.textChanged, self.name.textChanged, self.kind.currentIndexChanged):
            change.connect(self._changed)
        self._changed()
        controller.try_later(cameras, self.offer_cameras, lambda _error: None)

    def offer_cameras(self, found: dict[int, str]) -> None:
        """Offer this computer's cameras by name."""
        for place, (index, name) in enumerate(sorted(found.items())):
            self.kind.insertItem(place, self.tr("Camera: {}").format(name), str(index))
        if found and not self.address.text():
            self.kind.setCurrentIndex(0)

    def spec(self) -> SourceSpec:
        """Return what was asked for, under its name. Raises SourceError."""
        chosen = str(self.kind.currentData())
        found = identify(self.address.text().strip() if chosen in (_ADDRESS, _FILE) else chosen)
        name = self.name.text().strip() or self._default_name(found)
        return SourceSpec(found.kind, name, found.address)

    def isComplete(self) -> bool:
        """Whether there is a source to try."""
        return not self._what_is_wrong()

    def _build(self) -> None:
        form = QFormLayout()
        self.column.addLayout(form)
        self.column.addStretch(1)
        form.setVerticalSpacing(14)
        form.setHorizontalSpacing(18)
        form.addRow(self.tr("&Source"), self.kind)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(self._browse)
        form.addRow(self.tr("&Address"), line)
        caption = form.labelForField(line)
        if caption is not None:
            caption.setBuddy(self.address)  # type: ignore[attr-defined]  # a QLabel, says Qt's documentation
        form.addRow(self.tr("&Name"), self.name)
        form.addRow("", self._problem)
        note = self.tr("A password in the address is kept in the system's keyring, or in a file only you can read.")
        form.addRow("", label(note, "small", wrap=True))
        self.address.setAccessibleName(self.tr("Address or file"))

    def _changed(self) -> None:
        chosen = str(self.kind.currentData())
        self.address.setEnabled(chosen in (_ADDRESS, _FILE))
        self._browse.setVisible(chosen == _FILE)
        wrong = self._what_is_wrong()
        self._problem.setText(wrong if self.address.text() or self.name.text() else "")
        self.completeChanged.emit()

    def _what_is_wrong(self) -> str:
        if self.address.isEnabled() and not self.address.text().strip():
            return self.tr("Give an address or a file.")
        try:
            name = self.spec().source_id
        except (SourceError, OSError, ValueError) as error:
            return redact(str(error))
        if name in self._taken:
            return self.tr("There is a source called {} already; choose another name.").format(name)
        return ""

    def _default_name(self, found: SourceSpec) -> str:
        return self.kind.currentText().partition(": ")[2] if not self.address.isEnabled() else found.source_id

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a recording"))
        if name:
            self.address.setText(name)


class PicturePage(Step):
    """One picture of the source, and what the coach says to it."""

    def __init__(self, which: WhichPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = self.tr("Plates should be 20 pixels high or more, sharp, and not seen from far aside.")
        self.head(self.tr("Does the picture fit?"), text)
        self._which = which
        self._probe: Probe | None = None
        self.result = Probed()
        self.view = label("")
        self.view.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setMinimumSize(480, 270)
        self.view.setAccessibleName(self.tr("Picture of the source"))
        self._mark = Picture("loader-circle", 20)
        self.words = label("", wrap=True)
        self._again = button(self.tr("Try again"), "refresh-cw", self.initializePage)
        self.column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        row.addWidget(self._again)
        self.column.addLayout(row)

    def initializePage(self) -> None:
        """Try the source out."""
        self.cleanupPage()
        self.result = Probed()
        self.view.clear()
        self._say("loader-circle", "muted", self.tr("Connecting…"))
        self._again.setEnabled(False)
        self._probe = Probe(self._which.spec(), self)
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

    def show_result(self, result: Probed) -> None:
        """Show the picture and the advice, or what is wrong."""
        self.result = result
        self._again.setEnabled(True)
        if result.image is None:
            later = self.tr("You can add it all the same; it is tried again until it answers.")
            self._say("triangle-alert", "notice", f"{result.error}\n{later}")
        else:
            self._show_picture(result)
        self.completeChanged.emit()

    def _show_picture(self, result: Probed) -> None:
        assert result.image is not None
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(picture_of(result.image)).scaled(
            self.view.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture.setDevicePixelRatio(ratio)
        self.view.setPixmap(picture)
        height, width = result.image.shape[:2]
        found = judge(Look(grey_of(result.image)))
        size = self.tr("{} × {} pixels.").format(width, height)
        if found:
            self._say("info", "notice", " ".join([size, *(f"{item.what} {item.remedy}" for item in found)]))
        else:
            self._say("circle-check", "good", size + " " + self.tr("The picture is bright enough."))

    def _say(self, icon: str, colour: str, words: str) -> None:
        self._mark.show_icon(icon, colour)
        self.words.setText(words)


class WherePage(Step):
    """Where to look in the picture, if not everywhere."""

    def __init__(self, picture: PicturePage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = self.tr("Draw round the lane if other plates are in view, and over clocks in the picture. Or leave it.")
        self.head(self.tr("Where to look?"), text)
        self._picture = picture
        self._editor: ZonesEditor | None = None
        self._none = label(self.tr("There is no picture to draw on; the whole picture will be looked at."), "muted")
        self.column.addWidget(self._none, 1, Qt.AlignmentFlag.AlignTop)

    @property
    def zones(self) -> Zones:
        """What was drawn."""
        return self._editor.zones if self._editor is not None else Zones()

    def initializePage(self) -> None:
        """Show the picture to draw on."""
        if self._editor is not None:
            self.column.removeWidget(self._editor)
            self._editor.deleteLater()
            self._editor = None
        image = self._picture.result.image
        self._none.setVisible(image is None)
        if image is not None:
            self._editor = ZonesEditor(image, Zones())
            self.column.addWidget(self._editor, 1)

    def validatePage(self) -> bool:
        """Close a polygon that is still being drawn."""
        if self._editor is not None and self._editor.canvas.drawing:
            self._editor.canvas.close_shape()
        return True
