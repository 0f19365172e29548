"""Exporting reads: what is filtered or all, in which format, where to, how many; then the folder is one click away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from threading import Event

from PyQt5.QtCore import QTimer, QUrl
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.dialogs.base_dialog import BaseDialog, make_explanation, show_problem
from app.gui.session.background import LatestTask
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.widgets.common import make_button, pluralize
from app.records import CSV_COLUMNS
from app.store.errors import LogError
from app.store.export import to_crops, to_csv, to_jsonl
from app.store.frames import to_frames
from app.store.search import Query
from app.store.store import Store


class ExportFormat(Enum):
    """What to write_export reads as."""

    CSV = "csv"
    JSONL = "jsonl"


class ExportStopped(Exception):
    """The user has stopped an export."""


class ExportProgress:
    """How many are written: told by the worker, which it also stops; looked at by the window."""

    def __init__(self) -> None:
        self.count = 0
        self._stopped = Event()

    def stop(self) -> None:
        """Have the export end without a file."""
        self._stopped.set()

    def __call__(self, count: int) -> None:
        """Note how many are written; raises ExportStopped when the user has had enough."""
        if self._stopped.is_set():
            raise ExportStopped
        self.count = count


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export and where to; crops and frames go into folders beside the file."""

    query: Query
    form: ExportFormat
    file: Path
    columns: tuple[str, ...]
    crops: bool = False
    frames: bool = False
    blur: bool = False

    def folder(self, what: str) -> Path:
        """Return the folder beside the file for pictures of a kind."""
        return self.file.with_name(f"{self.file.stem}-{what}")


def write_export(store: Store, wanted: ExportRequest, progress: Callable[[int], None]) -> int:
    """Write an export and return how many reads it holds. Raises LogError, and what progress raises to stop it."""
    visits = store.each(wanted.query)
    if wanted.form is ExportFormat.CSV:
        count = to_csv(visits, wanted.file, progress, wanted.columns)
    else:
        count = to_jsonl(visits, wanted.file, progress)
    if wanted.crops:
        to_crops(store.each(wanted.query), store.pictures, wanted.folder("crops"), progress)
    if wanted.frames:
        to_frames(store.each(wanted.query), store.pictures, wanted.folder("frames"), wanted.blur, progress)
    return count


_PER_ROW = 5
_SHOWN_MS = 100  # between two looks at how far an export is


class ExportDialog(BaseDialog):
    """Asks what to export, counts it, writes it in a worker, and offers the folder."""

    def __init__(
        self,
        settings: CurrentSettings,
        log: LogSession,
        store: Store,
        requests: WindowRequests,
        query: Query,
        found: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """query: what the search page shows; found: how many that are, where it is known."""
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Export reads"))
        self.setMinimumWidth(600)
        self._settings, self._log, self._requests = settings, log, requests
        self._store, self._query = store, query
        self._counter = LatestTask(self)
        self._counter.failed.connect(lambda text: show_problem(self.problem, text))
        self._total = 0
        self._progress = ExportProgress()
        self._timer = QTimer(self)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._show_progress)
        self._busy = False
        self._make_fields(found)
        self._lay_out()
        self.go = self.add_accept(self.tr("Export"))
        folder_button = self.foot.addButton(self.tr("Open folder"), QDialogButtonBox.ButtonRole.ActionRole)
        assert folder_button is not None
        self.folder_button = folder_button
        self.folder_button.clicked.connect(self._open_folder)
        self.close_button = self.add_cancel()
        self.folder_button.setAutoDefault(False)
        self.folder_button.hide()
        self._count()

    def accept(self) -> None:
        """Write the export; the dialog stays, to say how it went."""
        if self._busy:
            return
        path = Path(self.target.text().strip()).expanduser()
        wanted = ExportRequest(
            self._chosen(),
            self.format.currentData(),
            path,
            self.chosen_columns(),
            crops=self.crops.isChecked(),
            frames=self.frames.isChecked(),
            blur=self.blur.isChecked(),
        )
        self._progress = ExportProgress()
        self._set_busy(True)
        self.bar.setRange(0, max(1, self._total))
        self._log.run(partial(write_export, self._store, wanted, self._progress), self._done, self._failed)

    def reject(self) -> None:
        """Stop what is being written, or close."""
        if self._busy:
            self._progress.stop()
        else:
            super().reject()

    def chosen_columns(self) -> tuple[str, ...]:
        """Return the columns of the CSV, in the usual order."""
        return tuple(name for name in CSV_COLUMNS if self.columns[name].isChecked())

    def _make_fields(self, found: int | None) -> None:
        self.filtered = QRadioButton(self.tr("What the search shows"), self)
        self.everything = QRadioButton(self.tr("All reads in the log"), self)
        group = QButtonGroup(self)
        for choice in (self.filtered, self.everything):
            group.addButton(choice)
            choice.toggled.connect(lambda on: self._count() if on else None)
        narrow = self._query != Query()
        self.filtered.setEnabled(narrow)
        self.number: QLabel = make_explanation()
        (self.filtered if narrow else self.everything).setChecked(True)
        self.format = QComboBox(self)
        self.format.addItem(self.tr("CSV for spreadsheets"), ExportFormat.CSV)
        self.format.addItem(self.tr("JSON, one line per read, with everything the log holds"), ExportFormat.JSONL)
        self.format.setAccessibleName(self.tr("Format"))
        self.format.currentIndexChanged.connect(lambda _: self._format_changed())
        self.columns = {name: QCheckBox(name, self) for name in CSV_COLUMNS}
        for box in self.columns.values():
            box.setChecked(True)
            box.toggled.connect(lambda _: self._check())
        self.crops = QCheckBox(self.tr("A folder of the plates' pictures beside it"), self)
        self.frames = QCheckBox(self.tr("A folder of the whole pictures beside it"), self)
        self.blur = QCheckBox(self.tr("Blur all but the plate that was read"), self)
        self.blur.setChecked(self._settings.current.privacy.blur_exports)
        self.frames.toggled.connect(lambda _: self._check())
        self.target = QLineEdit(str(Path.home() / f"plates-{datetime.now():%Y%m%d-%H%M}.csv"), self)
        self.target.setAccessibleName(self.tr("File to write"))
        self.target.textChanged.connect(lambda _: self._check())
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.problem.hide()

    def _lay_out(self) -> None:
        self.group = QGroupBox(self.tr("Columns"), self)
        grid = QGridLayout(self.group)
        for place, box in enumerate(self.columns.values()):
            grid.addWidget(box, place // _PER_ROW, place % _PER_ROW)
        what = QHBoxLayout()
        what.addWidget(self.filtered)
        what.addWidget(self.everything)
        what.addStretch()
        where = QHBoxLayout()
        where.addWidget(self.target, 1)
        where.addWidget(make_button(self.tr("Choose…"), "", self._browse))
        pictures = QVBoxLayout()
        pictures.setSpacing(2)
        pictures.addWidget(self.crops)
        whole = QHBoxLayout()
        whole.addWidget(self.frames)
        whole.addWidget(self.blur)
        whole.addStretch()
        pictures.addLayout(whole)
        for part in (what, self.number, self.format, self.group, pictures, where, self.bar, self.problem):
            if isinstance(part, QWidget):
                self.body.addWidget(part)
            else:
                self.body.addLayout(part)
        self.body.addStretch()

    def _chosen(self) -> Query:
        return self._query if self.filtered.isChecked() else Query()

    def _count(self) -> None:
        store, query = self._store, self._chosen()
        self.number.setText(self.tr("Counting…"))
        self._counter.ask(lambda: store.count(query), self._counted)

    def _counted(self, total: int) -> None:
        self._total = total
        self.number.setText(pluralize(total, self.tr("1 read will be written."), self.tr("{n} reads will be written.")))
        self._check()

    def _check(self) -> None:
        if not hasattr(self, "go"):  # still being built
            return
        path, problem = Path(self.target.text().strip()).expanduser(), ""
        if not self.target.text().strip() or path.is_dir():
            problem = self.tr("Choose a file to write.")
        elif not path.parent.is_dir():
            problem = self.tr("There is no folder {folder}.").format(folder=path.parent)
        elif self.format.currentData() is ExportFormat.CSV and not self.chosen_columns():
            problem = self.tr("Choose at least one column.")
        self.blur.setEnabled(self.frames.isChecked())
        show_problem(self.problem, problem)
        self.go.setEnabled(not problem and not self._busy)

    def _format_changed(self) -> None:
        form = self.format.currentData()
        self.group.setEnabled(form is ExportFormat.CSV)
        self.target.setText(str(Path(self.target.text()).with_suffix(".csv" if form is ExportFormat.CSV else ".jsonl")))

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("File to write"), self.target.text())
        if name:
            self.target.setText(name)

    def _show_progress(self) -> None:
        self.bar.setValue(min(self._progress.count, self.bar.maximum()))

    def _done(self, count: int) -> None:
        self._set_busy(False)
        text = pluralize(count, self.tr("✓ 1 read was written"), self.tr("✓ {n} reads were written"))
        text += self.tr(" to {file}.").format(file=self.target.text())
        self.number.setText(text)
        self._requests.message.emit(text)
        self.folder_button.show()
        self.folder_button.setFocus()
        self.close_button.setText(self.tr("Close"))

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if isinstance(error, ExportStopped):
            self.number.setText(self.tr("Stopped; no file was written."))
        elif isinstance(error, LogError | OSError):
            show_problem(self.problem, str(error))
        else:
            raise error

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        if busy:
            self._timer.start()
        else:
            self._timer.stop()
        self.bar.setVisible(busy)
        self.go.setEnabled(not busy)
        self.close_button.setText(self.tr("Stop") if busy else self.tr("Close"))

    def _open_folder(self) -> None:
        folder = Path(self.target.text().strip()).expanduser().parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
