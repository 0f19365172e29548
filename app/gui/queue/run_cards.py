"""The cards below the queue: the file to write with the buttons that steer a run, and what a run came to."""

from collections.abc import Sequence

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.gui.queue.batch_queue import BatchRun, Job, JobState
from app.gui.widgets.common import IconLabel, make_button, make_label, pluralize


class RunCard(QFrame):
    """Shows a run and asks for one; csv_chosen says that the person, not the program, named the file to write."""

    start_wanted = pyqtSignal()
    pause_wanted = pyqtSignal()
    stop_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.csv_chosen = False
        self.csv = QLineEdit(self)
        self.csv.setAccessibleName(self.tr("CSV file to write"))
        self.csv.setPlaceholderText(self.tr("CSV file to write"))
        self.csv.textEdited.connect(self._csv_edited)
        self.csv.textChanged.connect(self._allow_start)
        self.browse = make_button(self.tr("Choose…"), "", self._browse)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("Progress of the whole queue"))
        self.state = make_label("", "muted")
        self.start_button = make_button(self.tr("Start"), "play", self.start_wanted.emit, primary=True)
        self.start_button.setEnabled(False)
        self.pause_button = make_button(self.tr("Pause"), "pause", self.pause_wanted.emit)
        self.cancel_button = make_button(self.tr("Stop"), "square", self.stop_wanted.emit)
        self._lay_out()

    @property
    def path(self) -> str:
        """The file to write as it is named, empty while it is not."""
        return self.csv.text().strip()

    def offer(self, path: str) -> None:
        """Name a file to write, unless the person has."""
        if not self.csv_chosen:
            self.csv.setText(path)

    def show_run(self, run: BatchRun | None) -> None:
        """Offer what can be done with a run, or with the queue while there is none."""
        running = run is not None and run.running
        self.start_button.setVisible(not running)
        for made in (self.pause_button, self.cancel_button):
            made.setVisible(running)
        self.pause_button.setText(self.tr("Resume") if run is not None and run.paused else self.tr("Pause"))
        for part in (self.csv, self.browse):
            part.setEnabled(not running)
        if not running:
            self.state.setText("")
            self.bar.setValue(0 if run is None else self.bar.value())

    def show_pace(self, run: BatchRun) -> None:
        """Show how far a run is and how long it will take."""
        pace = run.pace()
        self.bar.setValue(round(pace.share * 1000))
        if run.running:
            self.state.setText(self._said(run, pace.left_s))

    def show_stopping(self) -> None:
        """Say that the run ends after the present frame."""
        self.state.setText(self.tr("Stopping after this frame…"))

    def _lay_out(self) -> None:
        target, progress = QHBoxLayout(), QHBoxLayout()
        target.addWidget(make_label(self.tr("Write to"), "muted"))
        target.addWidget(self.csv, 1)
        target.addWidget(self.browse)
        progress.addWidget(self.state)
        progress.addWidget(self.bar, 1)
        for made in (self.start_button, self.pause_button, self.cancel_button):
            progress.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(10)
        column.addLayout(target)
        column.addLayout(progress)

    def _csv_edited(self) -> None:
        self.csv_chosen = True

    def _allow_start(self) -> None:
        self.start_button.setEnabled(bool(self.path))

    def _browse(self) -> None:
        asked_at_start = QFileDialog.Options(QFileDialog.Option.DontConfirmOverwrite)
        title, kinds = self.tr("CSV file to write"), "CSV (*.csv)"
        name, _ = QFileDialog.getSaveFileName(self, title, self.csv.text(), kinds, options=asked_at_start)
        if name:
            self.csv_chosen = True
            self.csv.setText(name)

    def _said(self, run: BatchRun, left_s: float | None) -> str:
        if run.paused:
            return self.tr("Paused")
        if run.watcher.share <= 0:
            return self.tr("Getting ready…")
        return (
            self.tr("about {time} left").format(time=format_duration(left_s))
            if left_s is not None
            else self.tr("Reading…")
        )


def format_duration(seconds: float) -> str:
    """Return seconds as people say them: 40 s, 12 min, 2 h 05 min."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


_MOST_ERRORS = 4


class RunSummary(QFrame):
    """Vehicles, files, faults, and the way to the CSV; open_wanted(path) asks to open it or its folder."""

    open_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._csv = ""
        self._folder = ""
        self.title, self.text = make_label("", "panelTitle"), make_label("", "muted", wrap=True)
        self._mark = IconLabel("circle-check", 28, "good", self)
        self.open_csv = make_button(self.tr("Open CSV"), "external-link", lambda: self.open_wanted.emit(self._csv))
        self.open_folder = make_button(
            self.tr("Open folder"), "folder-open", lambda: self.open_wanted.emit(self._folder)
        )
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(14)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.open_csv)
        row.addWidget(self.open_folder)
        self.hide()

    def show_run(self, run: BatchRun, jobs: Sequence[Job]) -> None:
        """Show how a run ended."""
        self._csv, self._folder = str(run.csv), str(run.csv.parent)
        self._fill(run, jobs)
        well = run.trouble is None and not any(job.error for job in jobs)
        self._mark.show_icon("circle-check" if well else "triangle-alert", "good" if well else "notice")
        self.open_csv.setEnabled(run.csv.exists())
        self.show()

    def _fill(self, run: BatchRun, jobs: Sequence[Job]) -> None:
        report = run.report
        if report is None:
            self.title.setText(self.tr("The queue could not be read"))
            self.text.setText(f"{run.trouble}")
            return
        done = sum(job.state is JobState.DONE for job in jobs) + run.skipped
        vehicles = pluralize(len(run.reads.events), self.tr("1 vehicle"), self.tr("{n} vehicles"))
        title = self.tr("Stopped. {vehicles} so far") if report.interrupted else self.tr("Done. {vehicles}")
        self.title.setText(title.format(vehicles=vehicles))
        one, many = (
            self.tr("{done} of 1 file read, written to {csv}"),
            self.tr("{done} of {n} files read, written to {csv}"),
        )
        lines = [pluralize(len(jobs), one, many, done=done, csv=run.csv)]
        if report.interrupted:
            lines.append(self.tr("Start continues where it stopped."))
        lines += [f"✗ {_named(error, jobs)}" for error in report.errors[:_MOST_ERRORS]]
        if len(report.errors) > _MOST_ERRORS:
            lines.append(self.tr("and {n} more, in the list above").format(n=len(report.errors) - _MOST_ERRORS))
        self.text.setText("\n".join(lines))


def _named(error: str, jobs: Sequence[Job]) -> str:
    """Return an error with its file's name in place of its path: the list above has them in that order."""
    return next((f"{job.name}: {job.fault}" for job in jobs if job.error == error), error)
