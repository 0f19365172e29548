"""The batch queue: files and folders in, one CSV out. Reading them is the code of `main.py run`."""

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import Qt, QTimer, QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QKeySequence
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QShortcut,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.config.settings import whole_path
from app.gui.live.source_actions import default_folder, list_names
from app.gui.queue.batch_queue import BatchRun, Job, JobState, choose_csv_path, find_stopped_run, would_replace
from app.gui.queue.jobs_model import FILE, PROGRESS, READS, STATE, JobTableModel, ProgressDelegate
from app.gui.queue.run_cards import RunCard, RunSummary
from app.gui.session.background import BackgroundTasks
from app.gui.session.log_session import LogSession
from app.gui.session.networks_session import NetworksSession
from app.gui.session.requests import WindowRequests
from app.gui.widgets.common import EmptyState, make_button, make_label, pluralize, style_table
from app.gui.widgets.message_boxes import confirm
from app.pipeline.file_scheduler import QueuedSource, queue_sources
from app.sources.identify import PICTURE_SUFFIXES, VIDEO_SUFFIXES

_LOOK_MS = 150
_ROW = 40


class BatchQueuePage(QWidget):
    """Shows the queue and runs it; running_changed tells the window, which asks before it closes."""

    running_changed = pyqtSignal(bool)

    def __init__(
        self,
        networks: NetworksSession,
        log: LogSession,
        requests: WindowRequests,
        tasks: BackgroundTasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._networks, self._log, self._requests, self._tasks = networks, log, requests, tasks
        self._items: dict[str, QueuedSource] = {}
        self.run: BatchRun | None = None
        self.setAcceptDrops(True)
        self.model = JobTableModel()
        self._make_table()
        self._make_fields()
        self._lay_out()
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._show_run)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.remove)
        requests.queue_wanted.connect(self.add)
        self._refresh()

    @property
    def running(self) -> bool:
        """Whether a run is at work, paused or not."""
        return self.run is not None and self.run.running

    def add(self, names: Sequence[str]) -> None:
        """Put files, and what is in folders, into the queue."""
        if names:
            self._tasks.start(lambda: queue_sources(names), lambda found: self._added(found, list(names)))

    def add_files(self) -> None:
        """Ask for files."""
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES | PICTURE_SUFFIXES))
        kinds = self.tr("Recordings and pictures ({suffixes});;All files (*)").format(suffixes=suffixes)
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Add recordings"), default_folder(), kinds)
        self.add(names)

    def add_folder(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Add a folder of recordings"), default_folder())
        self.add([name] if name else [])

    def remove(self) -> None:
        """Take the chosen files out of the queue; while it runs the queue stays as it is."""
        selection = self.view.selectionModel()
        if self.running or selection is None:
            return
        for index in selection.selectedRows():
            self._items.pop(self.model.jobs[index.row()].item.spec.source_id, None)
        self._queue_changed()

    def clear(self) -> None:
        """Empty the queue."""
        if not self.running:
            self._items.clear()
            self.card.csv_chosen = False
            self._queue_changed()

    def start(self) -> None:
        """Read the queue; one that was stopped goes on where it stopped."""
        if self.running or not self._items or not self.card.path:
            return
        path = whole_path(self.card.path)
        question = self.tr("{file} is there already. Read the queue and replace it?").format(file=path)
        if would_replace(path) and not confirm(question, self.tr("Replace it"), self):
            return
        journal = self._log.begin_run(find_stopped_run(path))
        self.run = BatchRun(tuple(self._items.values()), path, self._networks.load_pipeline, journal)
        self.run.start()
        self.summary.hide()
        self._look.start()
        self.running_changed.emit(True)
        self._refresh()
        self.card.pause_button.setFocus()

    def toggle_pause(self) -> None:
        """Hold the run, or let it go on."""
        if self.run is not None and self.run.running:
            if self.run.paused:
                self.run.resume()
            else:
                self.run.pause()
            self._refresh()

    def cancel(self) -> None:
        """End the run; what was read is kept."""
        if self.run is not None:
            self.run.cancel()
            self.card.show_stopping()

    def shutdown(self, seconds: float) -> bool:
        """End a run for good, keeping what was read; False if it is still at a frame after so many seconds."""
        self._look.stop()
        if self.run is None:
            return True
        self.run.cancel()
        return self.run.wait(seconds)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files and folders."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and list_names(data):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Put what was dropped into the queue."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.add(list_names(data))

    def _make_table(self) -> None:
        self.view = QTableView(self)
        self.view.setModel(self.model)
        style_table(self.view)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAccessibleName(self.tr("Files in the queue"))
        self.view.setItemDelegateForColumn(PROGRESS, ProgressDelegate(self.view))
        rows, columns = self.view.verticalHeader(), self.view.horizontalHeader()
        assert rows is not None and columns is not None
        rows.setDefaultSectionSize(_ROW)
        for column, width in ((PROGRESS, 190), (READS, 96)):
            self.view.setColumnWidth(column, width)
        for column in (FILE, STATE):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def _make_fields(self) -> None:
        self.files_button = make_button(self.tr("Add files…"), "plus", self.add_files)
        self.folder_button = make_button(self.tr("Add folder…"), "folder-open", self.add_folder)
        self.clear_button = make_button(self.tr("Clear"), "trash-2", self.clear)
        self.card = RunCard(self)
        self.card.start_wanted.connect(self.start)
        self.card.pause_wanted.connect(self.toggle_pause)
        self.card.stop_wanted.connect(self.cancel)
        self.summary = RunSummary(self)
        self.summary.open_wanted.connect(_open)

    def _lay_out(self) -> None:
        self.count = make_label("", "muted")
        head = QHBoxLayout()
        head.addWidget(make_label(self.tr("Recordings"), "pageTitle"))
        head.addSpacing(8)
        head.addWidget(self.count)
        head.addStretch()
        for made in (self.clear_button, self.files_button, self.folder_button):
            head.addWidget(made)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._nothing_yet())
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        column.addWidget(self.summary)
        column.addWidget(self.card)

    def _nothing_yet(self) -> EmptyState:
        text = self.tr("Drop recordings or a whole folder here. Every vehicle becomes a row of one table (a CSV file).")
        empty = EmptyState("list-video", self.tr("Read a folder of recordings"), text, self)
        empty.add_step(self.tr("Add a folder…"), "folder-open", self.add_folder, primary=True)
        empty.add_step(self.tr("Add files…"), "plus", self.add_files)
        return empty

    def _added(self, found: tuple[list[QueuedSource], list[str]], names: list[str]) -> None:
        items, errors = found
        for error in errors:
            self._requests.message.emit(error)
        if self.running:
            self._requests.message.emit(self.tr("The queue is being read; add more when it is done."))
            return
        if self.run is not None and all(job.state in (JobState.DONE, JobState.FAILED) for job in self.model.jobs):
            self._items.clear()
        self._items.update((item.spec.source_id, item) for item in items if not item.spec.is_live)
        if items:
            first = Path(names[0])
            self.card.offer(str(choose_csv_path(first if first.is_dir() else first.parent)))
        self._queue_changed()
        self.card.start_button.setFocus()

    def _queue_changed(self) -> None:
        self.run = None
        self.summary.hide()
        self.model.show_jobs([Job(item) for item in self._items.values()])
        self._refresh()

    def _show_run(self) -> None:
        run = self.run
        if run is None:
            return
        self.model.show_jobs(run.watcher.jobs())
        self.card.show_pace(run)
        if not run.running:
            self._look.stop()
            self._ended(run)

    def _ended(self, run: BatchRun) -> None:
        self.running_changed.emit(False)
        focused = QApplication.focusWidget()
        steered = focused is not None and self.card.isAncestorOf(focused)
        self._refresh()
        self._log.changed.emit()
        if run.trouble is not None and not isinstance(run.trouble, OSError | ValueError | RuntimeError):
            raise run.trouble
        self.summary.show_run(run, self.model.jobs)
        if steered:  # else the focus would go from the button that hides to the one that clears the queue
            self.summary.open_folder.setFocus()

    def _refresh(self) -> None:
        running, some = self.running, bool(self._items)
        self._stack.setCurrentIndex(1 if some else 0)
        self.count.setText(pluralize(len(self._items), self.tr("1 file"), self.tr("{n} files")) if some else "")
        for part in (self.clear_button, self.files_button, self.folder_button):
            part.setEnabled(not running)
            part.setVisible(some)  # while there is nothing, the middle of the page offers them
        self.card.setVisible(some)
        self.card.show_run(self.run)


def _open(path: str) -> None:
    """Open a file or folder in the program that the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
