"""Privacy: how long reads are kept, deleting older ones, and forgetting one plate; counted before it is done."""

from collections.abc import Callable

from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.config.settings import with_value
from app.gui.dialogs.base_dialog import BaseDialog, make_explanation, set_plural_suffix, show_problem
from app.gui.session.background import LatestTask
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession
from app.gui.session.requests import WindowRequests
from app.gui.widgets.common import format_days, make_button, make_label, pluralize
from app.gui.widgets.message_boxes import confirm
from app.store.errors import LogError
from app.store.retention import Forgotten, purge, retain
from app.store.store import Store


class RetentionDialog(BaseDialog):
    """Deletes what was logged more than so many days ago, or every trace of a plate; a dry run counts first."""

    def __init__(
        self,
        settings: CurrentSettings,
        log: LogSession,
        store: Store,
        requests: WindowRequests,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Privacy and retention"))
        self.setMinimumWidth(560)
        self._settings, self._log, self._store, self._requests = settings, log, store, requests
        self._counting, self._tracing = LatestTask(self), LatestTask(self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.problem.hide()
        for asker in (self._counting, self._tracing):
            asker.failed.connect(lambda text: show_problem(self.problem, text))
        self.body.addWidget(self._age_card())
        self.body.addWidget(self._plate_card())
        self.body.addWidget(self.problem)
        self.body.addStretch()
        self.add_cancel(self.tr("Close"))
        self._count_old()

    def keep(self) -> None:
        """Keep reads for so many days from now on."""
        try:
            self._settings.change(with_value(self._settings.current, "log.keep_days", self.days.value()))
            self.kept.setText(self.tr("✓ Reads are kept for {days}.").format(days=format_days(self.days.value())))
        except OSError as error:
            show_problem(self.problem, str(error))

    def delete_old(self) -> None:
        """Delete what is older, after asking."""
        days = self.days.value()
        question = self.tr("Delete all reads logged over {days} ago, with their pictures? This cannot be undone.")
        if self._sure(question.format(days=format_days(days))):
            store = self._store
            self._do(lambda: retain(store, days), self._count_old)

    def forget(self) -> None:
        """Remove every trace of the plate, after asking."""
        plate = self.plate.text()
        question = self.tr("Remove every trace of {plate}, pictures and notes included? This cannot be undone.")
        if self._sure(question.format(plate=plate.upper())):
            store = self._store
            self._do(lambda: purge(store, plate), self._count_plate)

    def _age_card(self) -> QWidget:
        self.days = QSpinBox(self)
        self.days.setRange(1, 3650)
        self.days.setValue(self._settings.current.log.keep_days or 30)
        self.days.setAccessibleName(self.tr("Keep reads for"))
        self.days.valueChanged.connect(lambda _: self._count_old())
        set_plural_suffix(self.days, self.tr(" day"), self.tr(" days"))
        self.old = make_explanation()
        self.kept = make_explanation(self._now_kept())
        self.keep_button = make_button(self.tr("Keep for this long from now on"), "save", self.keep)
        self.delete_button = make_button(self.tr("Delete older now…"), "trash-2", self.delete_old)
        first = QHBoxLayout()
        first.addWidget(make_label(self.tr("Keep reads for")))
        first.addWidget(self.days)
        first.addStretch()
        return self._card(
            self.tr("How long reads are kept"), first, (self.kept, self.old), (self.keep_button, self.delete_button)
        )

    def _plate_card(self) -> QWidget:
        self.plate = QLineEdit(self)
        self.plate.setPlaceholderText(self.tr("Plate to forget, as given in the request"))
        self.plate.setAccessibleName(self.tr("Plate to forget"))
        self.plate.textChanged.connect(lambda _: self._count_plate())
        self.traces = make_explanation()
        self.forget_button = make_button(self.tr("Forget this plate…"), "eye-off", self.forget)
        self.forget_button.setEnabled(False)
        first = QHBoxLayout()
        first.addWidget(self.plate)
        return self._card(self.tr("Forget one plate"), first, (self.traces,), (self.forget_button,))

    def _card(self, title: str, first: QHBoxLayout, texts: tuple[QLabel, ...], buttons: tuple[QWidget, ...]) -> QWidget:
        card = QFrame(self)
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(make_label(title, "panelTitle"))
        column.addLayout(first)
        for text in texts:
            column.addWidget(text)
        row = QHBoxLayout()
        for made in buttons:
            row.addWidget(made)
        row.addStretch()
        column.addLayout(row)
        return card

    def _now_kept(self) -> str:
        days = self._settings.current.log.keep_days
        return self.tr("Now: {days}.").format(days=format_days(days)) if days else self.tr("Now: forever.")

    def _count_old(self) -> None:
        days = self.days.value()
        self.old.setText(self.tr("Counting…"))
        store = self._store
        self._counting.ask(lambda: retain(store, days, dry_run=True), self._show_old)

    def _show_old(self, found: Forgotten) -> None:
        text = self.tr("{reads} and {pictures} ({mb} MB) are older than that.")
        self.old.setText(text.format(**self._counted(found), mb=found.picture_bytes // 1_000_000))
        self.delete_button.setEnabled(bool(found.visits or found.pictures))

    def _count_plate(self) -> None:
        plate = self.plate.text()
        if not any(character.isalnum() for character in plate):
            self._tracing.forget()
            self.traces.setText("")
            self.forget_button.setEnabled(False)
            return
        store = self._store
        self._tracing.ask(lambda: purge(store, plate, dry_run=True), self._show_traces)

    def _show_traces(self, found: Forgotten) -> None:
        others = self.tr("1 alternative of another read"), self.tr("{n} alternatives of other reads")
        text = self.tr("{reads}, {pictures}, {others}.")
        self.traces.setText(text.format(**self._counted(found), others=pluralize(found.alternatives, *others)))
        self.forget_button.setEnabled(True)

    def _counted(self, found: Forgotten) -> dict[str, str]:
        reads = pluralize(found.visits, self.tr("1 read"), self.tr("{n} reads"))
        return {"reads": reads, "pictures": pluralize(found.pictures, self.tr("1 picture"), self.tr("{n} pictures"))}

    def _sure(self, question: str) -> bool:
        return confirm(question, self.tr("Delete"), self)

    def _do(self, work: Callable[[], Forgotten], then: Callable[[], None]) -> None:
        self.setEnabled(False)

        def done(gone: Forgotten) -> None:
            self.setEnabled(True)
            self._log.changed.emit()
            said = pluralize(gone.visits, self.tr("1 read was deleted."), self.tr("{n} reads were deleted."))
            if gone.unsearched:
                files = ", ".join(str(file) for file in gone.unsearched)
                said += " " + self.tr("Damaged logs that were set aside may still hold the plate: {}").format(files)
            self._requests.message.emit(said)
            then()

        self._log.run(work, done, self._failed)

    def _failed(self, error: BaseException) -> None:
        self.setEnabled(True)
        if not isinstance(error, LogError | OSError):
            raise error
        show_problem(self.problem, str(error))
