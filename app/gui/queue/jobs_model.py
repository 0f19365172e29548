"""The files of the batch queue as a table."""

from collections.abc import Sequence
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PyQt5.QtGui import QPainter
from PyQt5.QtWidgets import QStyleOptionViewItem

from app.gui.queue.batch_queue import Job, JobState
from app.gui.reads.delegates import MARGIN, CellDelegate, cell_colours, draw_bar
from app.gui.reads.read_rows import TEXT_ROLES, format_media_time, format_percent

FILE, PROGRESS, READS, STATE = range(4)
SHARE_ROLE = Qt.ItemDataRole.UserRole + 2
_NO_PARENT = QModelIndex()


class JobTableModel(QAbstractTableModel):
    """One row a file: its name, how far it is, how many vehicles, how it stands."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: tuple[Job, ...] = ()

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Show files; where only their state has changed the rows stay."""
        jobs = tuple(jobs)
        if [job.item for job in jobs] != [job.item for job in self._jobs]:
            self.beginResetModel()
            self._jobs = jobs
            self.endResetModel()
            return
        changed = [row for row, job in enumerate(jobs) if job != self._jobs[row]]
        self._jobs = jobs
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], STATE))

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The files, in the order they are read."""
        return self._jobs

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else STATE + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return a column's heading."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        names = (self.tr("File"), self.tr("Progress"), self.tr("Vehicles"), self.tr("State"))
        return names[section] if shown else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a cell shows."""
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == FILE:
            return job.item.spec.source_id
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == STATE and job.error:
            return job.error
        if role in TEXT_ROLES:
            return self._texts(job)[index.column()]
        return _read(job) if role == SHARE_ROLE else None

    def _texts(self, job: Job) -> tuple[str, ...]:
        words = {
            JobState.WAITING: self.tr("Waiting"),
            JobState.READING: self.tr("Reading, at {time}").format(time=format_media_time(job.media_s)),
            JobState.DONE: self.tr("✓ Done"),
            JobState.FAILED: self.tr("✗ {error}").format(error=job.fault),
        }
        reads = "" if job.state is JobState.WAITING else str(job.reads)
        return (
            job.name,
            format_percent(_read(job)) if job.state is not JobState.FAILED else "–",
            reads,
            words[job.state],
        )


def _read(job: Job) -> float:
    """Return the share of a file that was read; of one that failed nobody knows."""
    return job.share if job.state is not JobState.FAILED else 0.0


class ProgressDelegate(CellDelegate):
    """A share as a bar with its percent."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint bar and percent."""
        if painter is None:
            return
        self.paint_back(painter, option, index)
        share, paint = float(index.data(SHARE_ROLE) or 0.0), cell_colours(option)
        rect = QRectF(option.rect).adjusted(MARGIN, 0, -8, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(rect.left(), rect.center().y() - 2.5, max(20.0, rect.width() - 52), 5.0)
        draw_bar(painter, bar, share, paint)
        painter.setPen(paint.ink)
        text = QRectF(bar.right() + 8, rect.top(), 46, rect.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, index.data())
        painter.restore()
