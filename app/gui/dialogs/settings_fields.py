"""One editor for each kind of setting, made from its entry in the schema; countries are chosen and tried out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt5.QtCore import QCoreApplication, QLocale, QStringListModel, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.config.settings import SettingEntry, Value
from app.gui.dialogs.base_dialog import set_plural_suffix
from app.gui.session.background import LatestTask
from app.gui.widgets.common import make_label
from recognizer.formats import FormatError, PlateFormat, load_formats, resolve_region

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
        self._formats = LatestTask(self)
        self.codes = QLineEdit(", ".join(codes), self)
        self.codes.setPlaceholderText(self.tr("Any country"))
        self.codes.setAccessibleName(self.tr("Country codes"))
        presets = self._make_presets()
        self.tester = QLineEdit(self)
        self.tester.setPlaceholderText(self.tr("Try a plate: is it one of these?"))
        self.tester.setAccessibleName(self.tr("Plate to try"))
        self.verdict: QLabel = make_label("", "muted", wrap=True)
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
        fitting = [code for code in codes if any(item.matches(text) for item in resolve_region(code))]
        if fitting:
            names = ", ".join(f"{code} {find_country_name(code)}".strip() for code in fitting[:_EXAMPLES])
            more = len(fitting) - _EXAMPLES
            self.verdict.setText(self.tr("✓ Fits {names}").format(names=names) + (f" +{more}" if more > 0 else ""))
        else:
            self.verdict.setText(self.tr("✗ Fits none of them: such a read would be trusted less."))


def find_country_name(code: str) -> str:
    """Return a country's English name by its two-letter code, empty where Qt knows none."""
    for locale in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        if locale.name().endswith(f"_{code}"):
            return QLocale.countryToString(locale.country())
    return ""


def _resolvable(code: str) -> bool:
    try:
        resolve_region(code)
    except FormatError:
        return False
    return True


_NO_BOUND = 1_000_000
_COARSE = 32  # pixels: what the detector's picture size goes by
_NARROW_PX = 230  # as wide as numbers and choices need


class SettingField:
    """An editor of one setting: its widget, its value, and what is wrong with it."""

    def __init__(self, entry: SettingEntry, value: Value, changed: Callable[[], None]) -> None:
        self.entry = entry
        self._get: Callable[[], Value]
        self._set: Callable[[Value], None]
        self._problem: Callable[[], str] = lambda: ""
        self.widget = self._make(value, changed)
        if not isinstance(self.widget, CountriesField):
            self.widget.setAccessibleName(translate_setting(entry.option.label))
        self.widget.setAccessibleDescription(translate_setting(entry.option.help))

    @property
    def value(self) -> Value:
        """The value as it is edited now."""
        return self._get()

    def reset(self) -> None:
        """Go back to the default."""
        self._set(self.entry.default)

    def problem(self) -> str:
        """Return what is wrong with the value, or an empty text."""
        return self._problem()

    def _make(self, value: Value, changed: Callable[[], None]) -> QWidget:
        if self.entry.option.choices:
            return self._choice(str(value), changed)
        if isinstance(value, bool):
            return self._switch(value, changed)
        if isinstance(value, int):
            return self._whole(value, changed)
        if isinstance(value, float):
            is_share = self.entry.option.high is not None and self.entry.option.high <= 1
            return self._share(value, changed) if is_share else self._number(value, changed)
        if isinstance(value, tuple):
            return self._countries(value, changed)
        return self._text(value, changed)

    def _choice(self, value: str, changed: Callable[[], None]) -> QWidget:
        box = QComboBox()
        box.setMaximumWidth(_NARROW_PX)
        for choice in self.entry.option.choices:
            box.addItem(translate_setting(choice.capitalize()), choice)
        self._get = lambda: str(box.currentData())
        self._set = lambda new: box.setCurrentIndex(box.findData(new))
        self._set(value)
        box.currentIndexChanged.connect(lambda _: changed())
        return box

    def _switch(self, value: bool, changed: Callable[[], None]) -> QWidget:
        box = QCheckBox(translate_setting(self.entry.option.label))
        self._get = box.isChecked
        self._set = lambda new: box.setChecked(bool(new))
        self._set(value)
        box.toggled.connect(lambda _: changed())
        return box

    def _whole(self, value: int, changed: Callable[[], None]) -> QWidget:
        option = self.entry.option
        box = QSpinBox()
        box.setMaximumWidth(_NARROW_PX)
        box.setRange(int(option.low or 0), int(_NO_BOUND if option.high is None else option.high))
        if option.unit:
            set_plural_suffix(box, f" {_one(option.unit)}", f" {translate_setting(option.unit)}")
        if option.zero:
            box.setSpecialValueText(translate_setting(option.zero))
            box.setSingleStep(_COARSE if option.unit == "px" else 1)
        self._get = box.value
        self._set = lambda new: box.setValue(int(str(new)))
        self._set(value)
        box.valueChanged.connect(lambda _: changed())
        return box

    def _share(self, value: float, changed: Callable[[], None]) -> QWidget:
        """A share in percent, as the lists show it."""
        option = self.entry.option
        box = QSpinBox()
        box.setMaximumWidth(_NARROW_PX)
        box.setSingleStep(5)
        box.setRange(round(100 * (option.low or 0.0)), round(100 * (option.high or 1.0)))
        box.setSuffix(" %")
        self._get = lambda: box.value() / 100
        self._set = lambda new: box.setValue(round(100 * float(str(new))))
        self._set(value)
        box.valueChanged.connect(lambda _: changed())
        return box

    def _number(self, value: float, changed: Callable[[], None]) -> QWidget:
        option = self.entry.option
        box = QDoubleSpinBox()
        box.setMaximumWidth(_NARROW_PX)
        box.setDecimals(1)
        box.setRange(option.low or 0.0, float(_NO_BOUND if option.high is None else option.high))
        box.setSuffix(f" {translate_setting(option.unit)}" if option.unit else "")
        self._get = lambda: round(box.value(), 3)
        self._set = lambda new: box.setValue(float(str(new)))
        self._set(value)
        box.valueChanged.connect(lambda _: changed())
        return box

    def _countries(self, value: tuple[str, ...], changed: Callable[[], None]) -> QWidget:
        field = CountriesField(value)
        self._get = field.value
        self._set = lambda new: field.set_value(new if isinstance(new, tuple) else ())
        self._problem = field.problem
        field.changed.connect(changed)
        return field

    def _text(self, value: str, changed: Callable[[], None]) -> QWidget:
        line = QLineEdit(value)
        self._get = lambda: line.text().strip()
        self._set = lambda new: line.setText(str(new))
        line.textChanged.connect(lambda _: changed())
        if self.entry.name != "folder":
            return line
        line.setAccessibleName(translate_setting(self.entry.option.label))
        line.setPlaceholderText(tr("The user's data folder"))
        self._problem = lambda: _folder_problem(line)
        return _with_browse(line)


def translate_setting(text: str) -> str:
    """Translate a label, help or section of the schema, which knows no Qt."""
    return QCoreApplication.translate("Settings", text)


def tr(text: str) -> str:
    """Translate a text of the fields."""
    return QCoreApplication.translate("Fields", text)


def _one(unit: str) -> str:
    """Return what stands behind a single one of a unit."""
    day = QCoreApplication.translate("Settings", "day")
    character = QCoreApplication.translate("Settings", "character")
    return {"days": day, "characters": character}.get(unit, translate_setting(unit))


def _with_browse(line: QLineEdit) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(line, 1)
    browse = QPushButton(tr("Choose…"))
    browse.setAutoDefault(False)
    browse.clicked.connect(lambda: _browse(line))
    row.addWidget(browse)
    both.setFocusProxy(line)
    return both


def _browse(line: QLineEdit) -> None:
    folder = QFileDialog.getExistingDirectory(line, tr("Folder for the log"), line.text())
    if folder:
        line.setText(folder)


def _folder_problem(line: QLineEdit) -> str:
    text = line.text().strip()
    path = Path(text).expanduser()
    if not text or path.is_dir():
        return ""
    if path.exists():
        return tr("{path} is a file; choose a folder.").format(path=path)
    if not path.is_absolute():
        return tr("Enter a full path, such as {path}.").format(path=Path.home() / "plates")
    return "" if any(parent.is_dir() for parent in path.parents) else tr("This disk does not exist.")
