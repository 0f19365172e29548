"""Choosing countries instead of writing patterns, and trying a plate against them."""

from collections.abc import Sequence

from PyQt5.QtCore import QLocale, QStringListModel, Qt, pyqtSignal
from PyQt5.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.gui.widgets.background import Asker
from app.gui.widgets.common import label
from recognizer.formats import FormatError, PlateFormat, load_formats, resolve

PRESETS = (
    ("EU", "AT BE BG CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV NL PL PT RO SE SI SK"),
    ("US", "US"),
    ("GB", "GB"),
    ("VN", "VN"),
    ("IN", "IN"),
    ("BR", "BR"),
)
_EXAMPLES = 3


class CountriesField(QWidget):
    """Codes of countries, comma separated, with presets and a tester; changed tells every edit."""

    changed = pyqtSignal()

    def __init__(self, codes: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: tuple[str, ...] = ()
        self._formats = Asker(self)
        self.codes = QLineEdit(", ".join(codes), self)
        self.codes.setPlaceholderText(self.tr("Any country"))
        self.codes.setAccessibleName(self.tr("Country codes"))
        presets = self._make_presets()
        self.tester = QLineEdit(self)
        self.tester.setPlaceholderText(self.tr("Try a plate: is it one of these?"))
        self.tester.setAccessibleName(self.tr("Plate to try"))
        self.verdict: QLabel = label("", "muted", wrap=True)
        self._names = QStringListModel(self)
        self._lay_out(presets)
        self.codes.textChanged.connect(lambda _: self._edited())
        self.tester.textChanged.connect(lambda _: self._test())
        self._formats.ask(load_formats, self._learn)

    def value(self) -> tuple[str, ...]:
        """Return the codes, upper case, each once."""
        parts = self.codes.text().replace(";", ",").replace(" ", ",").split(",")
        return tuple(dict.fromkeys(part.strip().upper() for part in parts if part.strip()))

    def set_value(self, codes: Sequence[str]) -> None:
        """Show these codes."""
        self.codes.setText(", ".join(codes))

    def problem(self) -> str:
        """Return what is wrong with the codes, or an empty text."""
        if not self._known:
            return ""
        unknown = [code for code in self.value() if not _resolvable(code)]
        if not unknown:
            return ""
        return self.tr("No plate format for {codes}. Known: {known}").format(
            codes=", ".join(unknown), known=", ".join(self._known)
        )

    def _make_presets(self) -> QHBoxLayout:
        presets = QHBoxLayout()
        presets.setSpacing(6)
        for name, codes in PRESETS:
            made = QPushButton(name, self)
            made.setAutoDefault(False)
            made.setToolTip(codes)
            made.setAccessibleName(self.tr("Preset {name}").format(name=name))
            made.clicked.connect(lambda _, codes=codes: self.set_value(codes.split()))
            presets.addWidget(made)
        either = QPushButton(self.tr("Any"), self)
        either.setAutoDefault(False)
        either.clicked.connect(lambda: self.set_value(()))
        presets.addWidget(either)
        presets.addStretch()
        return presets

    def _lay_out(self, presets: QHBoxLayout) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.codes)
        column.addLayout(presets)
        column.addWidget(self.tester)
        column.addWidget(self.verdict)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.codes.setCompleter(completer)

    def _learn(self, formats: tuple[PlateFormat, ...]) -> None:
        self._known = tuple(sorted({item.region for item in formats}))
        self._names.setStringList(self._known)
        self._edited()

    def _edited(self) -> None:
        self._test()
        self.changed.emit()

    def _test(self) -> None:
        text = "".join(self.tester.text().upper().split())
        if not text or not self._known:
            self.verdict.setText("")
            return
        codes = [code for code in self.value() or self._known if _resolvable(code)]
        fitting = [code for code in codes if any(item.matches(text) for item in resolve(code))]
        if fitting:
            names = ", ".join(f"{code} {country(code)}".strip() for code in fitting[:_EXAMPLES])
            more = len(fitting) - _EXAMPLES
            self.verdict.setText(self.tr("✓ Fits {names}").format(names=names) + (f" +{more}" if more > 0 else ""))
        else:
            self.verdict.setText(self.tr("✗ Fits none of them: such a read would be trusted less."))


def country(code: str) -> str:
    """Return a country's English name by its two-letter code, empty where Qt knows none."""
    for locale in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        if locale.name().endswith(f"_{code}"):
            return QLocale.countryToString(locale.country())
    return ""


def _resolvable(code: str) -> bool:
    try:
        resolve(code)
    except FormatError:
        return False
    return True
