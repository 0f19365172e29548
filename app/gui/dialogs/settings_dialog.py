"""The settings, built from the schema of app.config.settings: sections on the left, few settings, named by effect."""

from collections.abc import Iterator

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import (
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.config.settings import SettingEntry, Settings, schema, section_label, with_value
from app.gui.dialogs.base_dialog import BaseDialog, make_explanation, show_problem
from app.gui.dialogs.settings_fields import SettingField, translate_setting
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.requests import WindowRequests
from app.gui.widgets import theme
from app.gui.widgets.common import make_label
from app.gui.widgets.window_geometry import fit_to_screen

# What people change most comes first, what needs knowledge of the inside last.
_ORDER = ("reading", "decision", "live", "log", "privacy", "appearance", "detection")


class SettingsDialog(BaseDialog):
    """Edits a copy of the settings, put into force when saved; what is wrong is said beside its field."""

    def __init__(
        self, settings: CurrentSettings, requests: WindowRequests, section: str = "", parent: QWidget | None = None
    ) -> None:
        """section: the one to show first, the first one if empty."""
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Settings"))
        fit_to_screen(self, 940, 640)
        self._settings, self._requests = settings, requests
        self.fields: dict[str, SettingField] = {}
        self._problems: dict[str, QLabel] = {}
        self._columns: list[QVBoxLayout] = []
        self.sections = QListWidget(self)
        self.sections.setAccessibleName(self.tr("Sections"))
        self.sections.setFixedWidth(190)
        soft, ink = theme.colour("accent_soft").name(), theme.colour("on_accent_soft").name()
        self.sections.setStyleSheet(f"QListView::item:selected {{ background: {soft}; color: {ink}; }}")
        self.pages = QStackedWidget(self)
        self._build(settings.current)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.sections)
        row.addWidget(self.pages, 1)
        self.restart = make_explanation()
        self.body.addLayout(row, 1)
        self.body.addWidget(self.restart)
        self.save = self.add_accept(self.tr("Save"))
        self.add_cancel()
        defaults = self.foot.addButton(
            self.tr("Restore the defaults of this section"), QDialogButtonBox.ButtonRole.ResetRole
        )
        assert defaults is not None
        defaults.setAutoDefault(False)
        defaults.clicked.connect(self._reset_section)
        names = list(dict.fromkeys(self._shown()))
        self.sections.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.sections.setCurrentRow(names.index(section) if section in names else 0)
        self.sections.setFocus()
        self._check()

    @property
    def settings(self) -> Settings:
        """The settings as edited. Raises ValueError for a value the schema refuses."""
        settings = self._settings.current
        for key, field in self.fields.items():
            settings = with_value(settings, key, field.value)
        return settings

    def accept(self) -> None:
        """Put the settings into force; a file that cannot be written is said, and they hold until the end."""
        try:
            self._settings.change(self.settings)
        except OSError as error:
            told = self.tr("Applied until the program ends, but not saved: {error}. Check the disk.")
            self._requests.message.emit(told.format(error=error.strerror or error))
        super().accept()

    def waiting(self) -> tuple[str, ...]:
        """Return the labels of changed settings that need a new start."""
        return tuple(
            translate_setting(field.entry.option.label)
            for field in self.fields.values()
            if not field.entry.option.live and field.value != self._value(field.entry)
        )

    def _build(self, settings: Settings) -> None:
        page: QGridLayout | None = None
        for entry in sorted(schema(), key=_place):
            if entry.section not in self._shown():
                page = self._add_page(entry.section)
            assert page is not None
            self._add_field(page, entry, getattr(getattr(settings, entry.section), entry.name))
        for column in self._columns:
            column.addStretch(1)

    def _shown(self) -> Iterator[str]:
        return (key.partition(".")[0] for key in self.fields)

    def _add_page(self, section: str) -> QGridLayout:
        inside = QWidget()
        inside.setObjectName("panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        column.addWidget(make_label(translate_setting(section_label(section)), "pageTitle"))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        column.addLayout(grid)
        self._columns.append(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.pages.addWidget(scroll)
        item = QListWidgetItem(translate_setting(section_label(section)), self.sections)
        item.setSizeHint(QSize(0, 38))
        return grid

    def _add_field(self, grid: QGridLayout, entry: SettingEntry, value: object) -> None:
        field = SettingField(entry, value, self._check)  # type: ignore[arg-type]  # the schema's own values
        self.fields[entry.key] = field
        row = grid.rowCount()
        if entry.kind is not bool:
            name = make_label(translate_setting(entry.option.label))
            name.setBuddy(field.widget)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(field.widget, row, 1)
        note = "" if entry.option.live else self.tr(" Takes effect after the next start.")
        grid.addWidget(make_label(translate_setting(entry.option.help) + note, "small", wrap=True), row + 1, 1)
        problem = QLabel()
        problem.setWordWrap(True)
        problem.hide()
        grid.addWidget(problem, row + 2, 1)
        grid.setRowMinimumHeight(row + 3, 10)
        self._problems[entry.key] = problem

    def _check(self) -> None:
        if not hasattr(self, "save"):  # still being built
            return
        problems = {key: field.problem() for key, field in self.fields.items()}
        for key, problem in problems.items():
            show_problem(self._problems[key], problem)
        waiting = self.waiting()
        text = self.tr("After the next start: {names}.").format(names=", ".join(waiting))
        self.restart.setText(text if waiting else self.tr("Changes apply as soon as they are saved."))
        self.save.setEnabled(not any(problems.values()))

    def _value(self, entry: SettingEntry) -> object:
        return getattr(getattr(self._settings.current, entry.section), entry.name)

    def _reset_section(self) -> None:
        sections = list(dict.fromkeys(self._shown()))
        for field in self.fields.values():
            if field.entry.section == sections[self.sections.currentRow()]:
                field.reset()


def _place(entry: SettingEntry) -> int:
    """Return where a setting's section stands; one without a place of its own comes last."""
    return _ORDER.index(entry.section) if entry.section in _ORDER else len(_ORDER)
