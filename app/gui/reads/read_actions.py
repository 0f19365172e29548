"""What can be done with a read, wherever it is shown: correct, annotate, settle, watch, copy, explain, show."""

import getpass
from collections.abc import Callable, Sequence
from dataclasses import replace

from PyQt5.QtCore import QObject
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication, QWidget

from app.gui.reads.correction_dialog import CorrectionDialog
from app.gui.reads.probability_dialog import ProbabilityDialog
from app.gui.reads.read_rows import ReadRow
from app.gui.session.background import BackgroundTasks
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.session.undo_stack import UndoStack
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.widgets.common import pluralize
from app.gui.widgets.message_boxes import confirm
from app.records import Record
from app.store.errors import LogError
from app.store.store import Store
from app.store.types import BLOCK
from app.store.watchlist import WatchEntry


class ReadActions(QObject):
    """Acts on reads through the store, in a worker; the log tells everyone what became of it."""

    def __init__(
        self,
        settings: CurrentSettings,
        sources: SourcesSession,
        log: LogSession,
        requests: WindowRequests,
        tasks: BackgroundTasks,
        undo: UndoStack,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._sources, self._log = settings, sources, log
        self._requests, self._tasks, self._undo = requests, tasks, undo
        self._window = parent

    def correct(self, row: ReadRow, crop: QImage, frame: QImage) -> None:
        """Ask what the plate really is, and keep both."""
        visit = self._stored(row)
        if visit is None:
            return
        dialog = CorrectionDialog(visit, crop if not crop.isNull() else frame, self._window)
        if dialog.exec_() == CorrectionDialog.DialogCode.Accepted:
            self.set_plate(visit, dialog.plate, dialog.note)

    def correct_to(self, row: ReadRow, plate: str) -> None:
        """Take another text the plate may have shown for the right one."""
        visit = self._stored(row)
        if visit is not None:
            self.set_plate(visit, plate)

    def set_plate(self, visit: Record, plate: str, note: str | None = None) -> None:
        """Correct a visit of the log."""
        number = visit.id or 0
        words = self.tr("correcting {plate} to {new}").format(plate=visit.plate, new=plate)
        self._undo.push(words, lambda: self._change(lambda store: store.correct(number, visit.plate, visit.note)))
        self._change(lambda store: store.correct(number, plate, note))

    def annotate(self, row: ReadRow, note: str) -> None:
        """Set a visit's note."""
        visit = self._stored(row)
        if visit is not None and visit.note != note:
            number = visit.id or 0
            self._change(lambda store: store.annotate(number, note))

    def settle(self, row: ReadRow, settled: bool = True) -> None:
        """Mark a hit as dealt with."""
        visit = self._stored(row)
        if visit is not None:
            number, by = visit.id or 0, getpass.getuser()
            words = self.tr("settling the hit of {plate}").format(plate=visit.plate)
            self._undo.push(words, lambda: self._change(lambda store: store.settle(number, not settled)))
            self._change(lambda store: store.settle(number, settled, by=by))

    def watch(self, row: ReadRow) -> None:
        """Put the plate on a watch list."""
        store = self._log.store
        dialog = WatchEntryDialog(WatchEntry(BLOCK, row.visit.plate), self._window)
        if store is not None and dialog.exec_() == WatchEntryDialog.DialogCode.Accepted:
            entry = dialog.entry
            told = self.tr("{plate} is on the {list} list.").format(plate=entry.plate, list=entry.list_name)
            self._run(lambda: store.watch.add(entry), lambda _: self._watched(told))

    def _watched(self, told: str) -> None:
        self._log.watch_changed.emit()
        self._requests.message.emit(told)

    def copy(self, row: ReadRow) -> None:
        """Put the plate on the clipboard."""
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(row.visit.plate)
            self._requests.message.emit(self.tr("{plate} is on the clipboard.").format(plate=row.visit.plate))

    def show_moment(self, row: ReadRow) -> None:
        """Bring the live view to where the plate was read."""
        if row.visit.first_s is not None:
            self._sources.show_moment(row.visit.source, row.visit.first_s)

    def explain(self, row: ReadRow, crop: QImage) -> None:
        """Show what the network saw in a crop."""
        if crop.isNull():
            self._requests.message.emit(self.tr("No picture of this plate is kept, so there is nothing to explain."))
            return
        device = self._settings.current.detection.device
        dialog = ProbabilityDialog(crop, row.visit, device, self._tasks, self._window)
        dialog.show()

    def show_all(self, row: ReadRow) -> None:
        """Show every read of the plate on the search page."""
        self._requests.plate_wanted.emit(row.visit.plate)

    def settle_many(self, rows: Sequence[ReadRow]) -> None:
        """Mark the hits among several reads as dealt with; one step takes all of it back."""
        numbers = [row.visit.id for row in rows if row.is_hit and not row.visit.settled and row.visit.id is not None]
        if numbers:
            words = pluralize(len(numbers), self.tr("settling 1 hit"), self.tr("settling {n} hits"))
            self._undo.push(words, lambda: self._settle(numbers, False))
            self._settle(numbers, True)

    def watch_many(self, rows: Sequence[ReadRow]) -> None:
        """Put the plates of several reads on the block list, after asking."""
        store, plates = self._log.store, tuple(dict.fromkeys(row.visit.plate for row in rows))
        one, many = self.tr("Put {plate} on the block list?"), self.tr("Put {n} plates on the block list?")
        question = pluralize(len(plates), one, many, plate=plates[0])
        if store is None or not confirm(question, self.tr("Put on the list"), self._dialog_parent()):
            return
        entries = [WatchEntry(BLOCK, plate) for plate in plates]
        told = pluralize(
            len(plates), self.tr("1 plate is on the block list."), self.tr("{n} plates are on the block list.")
        )
        self._run(lambda: store.watch.add(*entries), lambda _: self._watched(told))

    def delete(self, rows: Sequence[ReadRow]) -> None:
        """Delete reads from the log with their pictures, after asking: what is no plate shall not be found again."""
        store = self._log.store
        numbers = [row.visit.id for row in rows if row.visit.id is not None]
        one = self.tr("Delete the read of {plate} with its pictures? This cannot be undone.")
        many = self.tr("Delete {n} reads with their pictures? This cannot be undone.")
        if store is None or store.read_only or not numbers:
            return
        question = pluralize(len(numbers), one, many, plate=rows[0].visit.plate)
        if confirm(question, self.tr("Delete"), self._dialog_parent()):
            self._run(lambda: store.delete(numbers), self._deleted)

    def _settle(self, numbers: Sequence[int], settled: bool) -> None:
        store, by = self._log.store, getpass.getuser()
        if store is not None:
            self._run(
                lambda: [store.settle(number, settled, by=by) for number in numbers],
                self._publish,
            )

    def _publish(self, visits: Sequence[Record]) -> None:
        for visit in visits:
            self._log.publish_change(visit)

    def _deleted(self, count: int) -> None:
        self._log.changed.emit()
        told = pluralize(count, self.tr("1 read was deleted."), self.tr("{n} reads were deleted."))
        self._requests.message.emit(told)

    def _dialog_parent(self) -> QWidget:
        return self._window or QWidget()

    def _stored(self, row: ReadRow) -> Record | None:
        """Return the visit as the log has it, or say that it is not there yet."""
        visit = row.visit if row.visit.id is not None else self._log.visit(row.key)
        if visit is None or visit.id is None:
            self._requests.message.emit(self.tr("This plate is still being read. It can be changed in a moment."))
            return None
        return replace(visit, alternatives=visit.alternatives or row.visit.alternatives)

    def _change(self, change: Callable[[Store], Record]) -> None:
        store = self._log.store
        if store is not None:
            self._run(lambda: change(store), self._log.publish_change)

    def _run(self, work: Callable[[], object], done: Callable[..., object]) -> None:
        self._log.run(work, lambda result: _drop(done(result)), self._failed)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, LogError | OSError):
            raise error
        self._requests.message.emit(str(error))


def _drop(_: object) -> None:
    """Take a value that nobody wants."""
