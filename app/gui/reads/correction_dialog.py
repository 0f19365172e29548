"""Correcting a read: the picture large, what was read struck through, other texts one click away."""

from PyQt5.QtCore import QRegularExpression
from PyQt5.QtGui import QImage, QRegularExpressionValidator
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.gui.dialogs.base_dialog import BaseDialog, make_explanation
from app.gui.reads.read_pictures import ReadImage
from app.gui.reads.read_rows import format_percent, likely_alternatives
from app.gui.widgets import theme
from app.records import Record

_MOST_GUESSES = 4


class CorrectionDialog(BaseDialog):
    """Asks what a plate really is; `plate` and `note` are the answer."""

    def __init__(self, visit: Record, picture: QImage, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Correct a read"))
        self.setMinimumWidth(460)
        self._original = visit.original_plate if visit.original_plate is not None else visit.plate
        shown = ReadImage(self)
        shown.setMinimumHeight(150)
        shown.show_image(picture, note=self.tr("No picture of this read was kept."))
        self.field = QLineEdit(visit.plate, self)
        self.field.setFont(theme.plate_font(20))
        self.field.setStyleSheet("font-size: 20pt;")
        self.field.setAccessibleName(self.tr("Right plate"))
        self.field.setMinimumHeight(44)
        self.field.setMaxLength(64)
        self.field.setValidator(QRegularExpressionValidator(QRegularExpression(r"[\p{L}\p{N} .·-]*"), self.field))
        self.field.textChanged.connect(self._check)
        self._was = QLabel(self)
        self.body.addWidget(shown, 1)
        self.body.addWidget(self._was)
        self.body.addWidget(self.field)
        self._add_guesses(visit)
        self.note_field = QLineEdit(visit.note, self)
        self.note_field.setPlaceholderText(self.tr("Note (optional)"))
        self.note_field.setAccessibleName(self.tr("Note"))
        self.body.addWidget(self.note_field)
        self.body.addWidget(
            make_explanation(self.tr("The original reading is kept next to the correction and can still be found."))
        )
        self.save = self.add_accept(self.tr("Save correction"))
        self.add_cancel()
        self.field.selectAll()
        self.field.setFocus()
        self._check()

    @property
    def plate(self) -> str:
        """The plate as the person says it is, upper case."""
        return " ".join(self.field.text().upper().split())

    @property
    def note(self) -> str:
        """The note."""
        return self.note_field.text().strip()

    def _add_guesses(self, visit: Record) -> None:
        texts = [(self._original, None)] if visit.original_plate is not None else []
        guesses = [*texts, *((guess.text, guess.confidence) for guess in likely_alternatives(visit))][:_MOST_GUESSES]
        if not guesses:
            return
        row = QHBoxLayout()
        for text, confidence in guesses:
            label = self.tr("{plate} (as read)") if confidence is None else "{plate}  " + format_percent(confidence)
            made = QPushButton(label.format(plate=text), self)
            made.setAutoDefault(False)
            made.clicked.connect(lambda _, text=text: self.field.setText(text))
            row.addWidget(made)
        row.addStretch()
        self.body.addLayout(row)

    def _check(self) -> None:
        changed = self.plate != self._original
        struck = f"<s>{self._original}</s>" if changed else self._original
        self._was.setText(self.tr("Read as {plate}").format(plate=struck))
        self.save.setEnabled(bool(self.plate))
