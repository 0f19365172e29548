"""What a run of the queue came to."""

from collections.abc import Sequence

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.gui.queue.batch_queue import BatchRun, Job, State
from app.gui.widgets.common import Picture, button, label, several

_MOST_ERRORS = 4


class RunSummary(QFrame):
    """Vehicles, files, faults, and the way to the CSV; open_wanted(path) asks to open it or its folder."""

    open_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._csv = ""
        self._folder = ""
        self.title, self.text = label("", "panelTitle"), label("", "muted", wrap=True)
        self._mark = Picture("circle-check", 28, "good", self)
        self.open_csv = button(self.tr("Open CSV"), "external-link", lambda: self.open_wanted.emit(self._csv))
        self.open_folder = button(self.tr("Open folder"), "folder-open", lambda: self.open_wanted.emit(self._folder))
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
        done = sum(job.state is State.DONE for job in jobs) + run.skipped
        vehicles = several(len(run.reads.events), self.tr("1 vehicle"), self.tr("{n} vehicles"))
        title = self.tr("Stopped. {vehicles} so far") if report.interrupted else self.tr("Done. {vehicles}")
        self.title.setText(title.format(vehicles=vehicles))
        one, many = (
            self.tr("{done} of 1 file read, written to {csv}"),
            self.tr("{done} of {n} files read, written to {csv}"),
        )
        lines = [several(len(jobs), one, many, done=done, csv=run.csv)]
        if report.interrupted:
            lines.append(self.tr("Start goes on where it stopped."))
        lines += [f"✗ {_named(error, jobs)}" for error in report.errors[:_MOST_ERRORS]]
        if len(report.errors) > _MOST_ERRORS:
            lines.append(self.tr("and {n} more, in the list above").format(n=len(report.errors) - _MOST_ERRORS))
        self.text.setText("\n".join(lines))


def _named(error: str, jobs: Sequence[Job]) -> str:
    """Return an error with its file's name in place of its path: the list above has them in that order."""
    return next((f"{job.name}: {job.fault}" for job in jobs if job.error == error), error)
