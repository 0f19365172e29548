"""One line of a watch list, with what is wrong said while it is typed."""

from dataclasses import replace
from datetime import datetime

from PyQt5.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from app.gui.dialogs.base_dialog import BaseDialog, make_explanation, set_plural_suffix, show_problem
from app.gui.widgets import theme
from app.store.errors import LogError
from app.store.types import ALLOW, BLOCK
from app.store.watchlist import MAX_TOLERANCE, WatchBook, WatchEntry


class WatchEntryDialog(BaseDialog):
    """Asks for a watch-list entry; `entry` is the answer."""

    def __init__(self, entry: WatchEntry | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setMinimumWidth(560)
        self.setWindowTitle(self.tr("Change an entry") if entry and entry.id else self.tr("Add to a watch list"))
        self._entry = entry
        self._make_fields(entry)
        self._lay_out()
        self.save = self.add_accept(self.tr("Save") if entry and entry.id else self.tr("Add"))
        self.add_cancel()
        self._check()
        self.plate.setFocus()

    @property
    def entry(self) -> WatchEntry:
        """The entry as the fields have it. Raises LogError for what makes no sense."""
        made = WatchEntry(
            list_name=str(self.list_name.currentData()),
            plate=self.plate.text().strip().upper(),
            tolerance=self.tolerance.value(),
            look_alikes=self.look_alikes.isChecked(),
            hours=self.hours.text().strip(),
            note=self.note.text().strip(),
        )
        return replace(made, id=self._entry.id) if self._entry is not None else made

    def _make_fields(self, entry: WatchEntry | None) -> None:
        self.plate = QLineEdit(self)
        self.plate.setPlaceholderText(self.tr("AB 123 C or AB*"))
        self.plate.setFont(theme.plate_font(12))
        self.list_name = QComboBox(self)
        self.list_name.addItem(self.tr("Block: tell me when it is seen"), BLOCK)
        self.list_name.addItem(self.tr("Allow: known, no alarm"), ALLOW)
        self.tolerance = QSpinBox(self)
        self.tolerance.setRange(0, MAX_TOLERANCE)
        set_plural_suffix(self.tolerance, self.tr(" character may differ"), self.tr(" characters may differ"))
        self.tolerance.setSpecialValueText(self.tr("Every character must be right"))
        self.look_alikes = QCheckBox(self.tr("O and 0, I and 1, B and 8 … count as the same"), self)
        self.look_alikes.setChecked(True)
        self.hours = QLineEdit(self)
        self.hours.setPlaceholderText(self.tr("Always. Or: Mon-Fri 08:00-18:00; Sat 22:00-06:00"))
        self.note = QLineEdit(self)
        self.tester = QLineEdit(self)
        self.tester.setPlaceholderText(self.tr("Type a plate: would it be covered now?"))
        if entry is not None:
            self.list_name.setCurrentIndex(self.list_name.findData(entry.list_name))
            self.plate.setText(entry.plate)
            self.tolerance.setValue(entry.tolerance)
            self.look_alikes.setChecked(entry.look_alikes)
            self.hours.setText(entry.hours)
            self.note.setText(entry.note)
        for field in (self.plate, self.hours, self.tester):
            field.textChanged.connect(self._check)
        self.tolerance.valueChanged.connect(self._check)
        self.look_alikes.toggled.connect(self._check)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(10)
        rows = (
            (self.tr("&Plate"), self.plate),
            (self.tr("&List"), self.list_name),
            (self.tr("&Tolerance"), self.tolerance),
            (self.tr("Look-&alikes"), self.look_alikes),
            (self.tr("Active &hours"), self.hours),
            (self.tr("&Note"), self.note),
            (self.tr("Tr&y it"), self.tester),
        )
        for text, field in rows:
            name = QLabel(text, self)
            name.setBuddy(field)
            name.setMinimumWidth(110)
            form.addRow(name, field)
            field.setAccessibleName(text.replace("&", ""))
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.verdict = make_explanation()
        self.body.addLayout(form)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.problem)
        self.body.addStretch()

    def _check(self) -> None:
        problem, verdict, text = "", "", self.tester.text()
        try:
            entry = self.entry
            if text.strip():
                covered = WatchBook([entry]).match(text, datetime.now().astimezone())
                verdict = self.tr("✓ This entry covers it.") if covered else self.tr("✗ This entry does not cover it.")
        except LogError as error:
            problem = str(error)
        typed = bool(self.plate.text().strip())
        show_problem(self.problem, problem if typed else "")
        self.verdict.setText(verdict)
        self.save.setEnabled(typed and not problem)
