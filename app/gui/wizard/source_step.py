"""The wizard's first page: which source, how to log in, and its name."""

from collections.abc import Sequence

from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from app.config.redaction import redact
from app.gui.live.source_actions import default_folder
from app.gui.session.background import BackgroundTasks
from app.gui.widgets.common import make_button, make_label
from app.gui.wizard.login import split_login, with_login
from app.saved_sources import SavedSource
from app.sources.camera import cameras
from app.sources.identify import identify
from app.sources.source import SourceError, SourceKind, SourceSpec
from app.sources.source_id import SourceId

_ADDRESS, _FILE = "address", "file"
_EXAMPLE = "rtsp://192.168.1.20/stream"


class WizardStep(QWizardPage):
    """A page with its heading in the look of all pages; `column` takes what belongs on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 8)
        self.column.setSpacing(6)

    def head(self, title: str, text: str) -> None:
        """Say what the page is for."""
        self.setAccessibleName(title)
        self.column.addWidget(make_label(title, "pageTitle"))
        self.column.addWidget(make_label(text, "muted", wrap=True))
        self.column.addSpacing(12)


class SourceStep(WizardStep):
    """Camera or address or file, the login of an address, and the name."""

    def __init__(
        self,
        tasks: BackgroundTasks,
        taken: Sequence[str],
        known: SavedSource | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """taken: names of other sources; known: the source that is to be changed."""
        super().__init__(parent)
        text = self.tr("A camera of this computer, a network camera's address, or a recording.")
        self.head(self.tr("Which source?"), text)
        self._taken = frozenset(taken)
        self._fresh = True
        self.kind = QComboBox()
        self.kind.addItem(self.tr("Network camera or stream"), _ADDRESS)
        self.kind.addItem(self.tr("Recording or picture"), _FILE)
        self.address = QLineEdit()
        self.address.editingFinished.connect(self._part_login)
        self.user, self.password = QLineEdit(), QLineEdit()
        self.user.setPlaceholderText(self.tr("If the camera asks for one"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("North gate"))
        self._browse = make_button(self.tr("Choose…"), "folder-open", self._choose_file)
        self._problem = make_label("", "coachBad", wrap=True)
        self._build()
        for field in (self.address, self.user, self.password, self.name):
            field.textChanged.connect(self._changed)
        self.kind.currentIndexChanged.connect(self._changed)
        if known is not None:
            self._show(known)
        self._changed()
        tasks.start(cameras, self.offer_cameras, lambda _error: None)

    def offer_cameras(self, found: dict[int, str]) -> None:
        """Offer this computer's cameras by name; what is chosen stays so, for the person may be typing already."""
        for place, (index, name) in enumerate(sorted(found.items())):
            self.kind.insertItem(place, self.tr("Camera: {}").format(name), str(index))

    def initializePage(self) -> None:
        """The page comes up afresh."""
        self._fresh = True

    def showEvent(self, event: QShowEvent | None) -> None:
        """Let the person type at once what most will; the wizard shows a page again whenever its buttons change."""
        super().showEvent(event)
        if self._fresh:
            self._fresh = False
            (self.address if self.address.isEnabled() else self.kind).setFocus()

    def spec(self) -> SourceSpec:
        """Return what was asked for, under its name. Raises SourceError."""
        chosen = str(self.kind.currentData())
        text = self.address.text().strip()
        if chosen == _ADDRESS:
            text = with_login(text, self.user.text().strip(), self.password.text())
        found = identify(text if chosen in (_ADDRESS, _FILE) else chosen)
        name = self.name.text().strip() or self._default_name(found)
        return SourceSpec(found.kind, SourceId(name), found.address)

    def isComplete(self) -> bool:
        """Whether there is a source to try."""
        return not self._what_is_wrong()

    def _build(self) -> None:
        self._form = form = QFormLayout()
        self.column.addLayout(form)
        self.column.addStretch(1)
        form.setVerticalSpacing(14)
        form.setHorizontalSpacing(18)
        form.addRow(self.tr("&Source"), self.kind)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(self._browse)
        self._caption = QLabel()
        self._caption.setBuddy(self.address)
        form.addRow(self._caption, line)
        form.addRow(self.tr("&User"), self.user)
        form.addRow(self.tr("&Password"), self.password)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow("", self._problem)
        note = self.tr("The password is kept in the system's keyring, or in a file only you can read.")
        self._note = make_label(note, "small", wrap=True)
        form.addRow("", self._note)
        self.address.setAccessibleName(self.tr("Address or file"))

    def _changed(self) -> None:
        chosen = str(self.kind.currentData())
        self.address.setEnabled(chosen in (_ADDRESS, _FILE))
        self._browse.setVisible(chosen == _FILE)
        self._caption.setText(self.tr("&File") if chosen == _FILE else self.tr("&Address"))
        example = self.tr("/recordings/entrance.mp4") if chosen == _FILE else _EXAMPLE
        self.address.setPlaceholderText(example if self.address.isEnabled() else "")
        for field in (self.user, self.password):
            for part in (field, self._form.labelForField(field)):
                if part is not None:
                    part.setVisible(chosen == _ADDRESS)
        self._note.setVisible(chosen == _ADDRESS)
        wrong = self._what_is_wrong()
        self._problem.setText(wrong if self.address.text() or self.name.text() else "")
        self.completeChanged.emit()

    def _part_login(self) -> None:
        """Put the login of an address that was pasted whole into its own fields, where the password is not seen."""
        bare, user, password = split_login(self.address.text().strip())
        if user and self.kind.currentData() == _ADDRESS:
            self.user.setText(user)
            self.password.setText(password)
            self.address.setText(bare)

    def _show(self, known: SavedSource) -> None:
        """Fill in a source that is to be changed."""
        if known.kind is SourceKind.CAMERA:
            self.kind.insertItem(0, self.tr("Camera: {}").format(known.address), known.address)
            self.kind.setCurrentIndex(0)
        else:
            self.kind.setCurrentIndex(self.kind.findData(_ADDRESS if known.kind is SourceKind.STREAM else _FILE))
            self.address.setText(known.address)
            self._part_login()
        self.name.setText(known.name)

    def _what_is_wrong(self) -> str:
        if self.address.isEnabled() and not self.address.text().strip():
            return self.tr("Enter an address or a file.")
        try:
            name = self.spec().source_id
        except (SourceError, OSError, ValueError) as error:
            if self.kind.currentData() == _ADDRESS:
                return self.tr("An address starts with rtsp:// or http:// and names the camera: {}").format(_EXAMPLE)
            return redact(str(error))
        if name in self._taken:
            return self.tr("A source named {} already exists; choose another name.").format(name)
        return ""

    def _default_name(self, found: SourceSpec) -> str:
        return self.kind.currentText().partition(": ")[2] if not self.address.isEnabled() else found.source_id

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a recording"), default_folder())
        if name:
            self.address.setText(name)
