"""The log of the window: opening it, what it has of the reads of this start, and deleting what is too old."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app.config import settings as app_settings
from app.config.settings import Settings
from app.gui.live.demo import is_demo
from app.gui.session.background import BackgroundTasks, Failed
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.requests import WindowRequests
from app.gui.widgets.common import format_days, pluralize
from app.pipeline.sink import Sink
from app.records import Record
from app.sinks.log import HitRelay, LogSink
from app.sinks.window import News, WindowFeed
from app.store.errors import LogError
from app.store.journal import Alarm, Journal, open_journal
from app.store.retention import Forgotten, retain
from app.store.store import Store
from app.store.types import BLOCK, LogStatus

T = TypeVar("T")
_log = logging.getLogger(__name__)
_VISITS_REMEMBERED = 5000
_FIRST_RETENTION_MS = 60_000  # not while the window comes up
_NEXT_RETENTION_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class OpenLog:
    """The log as it was opened: a journal to write, or a store to read only, and what is to be said of it."""

    journal: Journal | None
    reading: Store | None = None
    notice: str = ""
    hits: HitRelay = field(default_factory=HitRelay)


def log_path(settings: Settings, log: str | None = None) -> str | Path | None:
    """Return which log to open: the one named, else the one in the settings' folder, else the user's own (None)."""
    return log or app_settings.log_file(settings)


def open_log(settings: Settings, feed: WindowFeed, log: str | None = None, read_only: bool = False) -> OpenLog:
    """Open the log to write, or only to read.

    Args:
        settings: They name the folder of the log.
        feed: Is told of hits and of visits that were saved.
        log: Another log than the settings'.
        read_only: Write nothing.

    Raises:
        LogInUse: Another process writes this log.
        LogError: It cannot be opened.
    """
    where = log_path(settings, log)
    if read_only:
        return OpenLog(None, Store.open(where, read_only=True))
    hits = HitRelay()

    def tell_hit(alarm: Alarm) -> None:
        feed.on_alarm(alarm)
        hits(alarm)

    return OpenLog(open_journal(where, on_alarm=tell_hit, on_saved=feed.on_saved), hits=hits)


class LogSession(QObject):
    """The log as the window works on it. Made and used in the GUI thread only."""

    changed = pyqtSignal()  # many rows changed at once (import, purge, batch run): ask the store again
    visit_changed = pyqtSignal(str)  # track_key of a visit that was saved, corrected, settled or deleted
    hit = pyqtSignal(object)  # app.store.journal.Alarm: a plate of a block list was read
    watch_changed = pyqtSignal()  # entries of the watch lists were added, changed or removed
    _run_saved = pyqtSignal(object)  # Record: a listed plate of another run is on the disk; crosses threads

    def __init__(
        self,
        opened: OpenLog,
        settings: CurrentSettings,
        tasks: BackgroundTasks,
        no_pictures: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """Take up an open log.

        Args:
            opened: What open_log returned.
            settings: The settings in force.
            tasks: The threads in which the store is asked.
            no_pictures: Keep no images, whatever the settings say.
            parent: Owner in Qt's tree of objects.
        """
        super().__init__(parent)
        self._opened, self._settings, self._tasks = opened, settings, tasks
        self._no_pictures = no_pictures
        self._visits: OrderedDict[str, Record] = OrderedDict()
        self._had_store = self.store is not None
        self._run_saved.connect(self.publish_change)
        self._lists_seen = 0

    @property
    def store(self) -> Store | None:
        """The log's store for searching and correcting, or None while it could not be opened."""
        return self._opened.journal.store if self._opened.journal is not None else self._opened.reading

    @property
    def journal(self) -> Journal | None:
        """What writes the log, or None where it is only read."""
        return self._opened.journal

    @property
    def notice(self) -> str:
        """What a person should know of the log, such as that another process writes it; empty while all is well."""
        if self._opened.journal is None:
            return self._opened.notice
        status: LogStatus = self._opened.journal.status
        return " ".join(filter(None, (status.message, *status.notices, self._opened.notice)))

    @property
    def unwritten(self) -> int:
        """How many reads wait in memory because the log cannot be written now."""
        status = self._opened.journal.status if self._opened.journal is not None else None
        return status.waiting if status is not None and status.message else 0

    @property
    def keeps_pictures(self) -> bool:
        """Whether images go into the log with the reads."""
        return self._settings.current.log.pictures and not self._no_pictures

    def sinks(self) -> list[Sink]:
        """Return what keeps the engine's results in the log; none where it is only read."""
        journal = self._opened.journal
        if journal is None:
            return []
        return [LogSink(journal, self._opened.hits, keep_pictures=lambda: self.keeps_pictures, known_once=is_demo)]

    def begin_run(self, run: str) -> Journal | None:
        """Return a journal of another run over the same log, such as the queue's, whose hits are told as well.

        Args:
            run: Names the run; empty for a new name.

        Returns:
            The journal, to be used in one thread of its own; None where the log is only read.
        """
        main = self._opened.journal
        if main is None:
            return None
        return Journal(
            main.writer, run, pictures=self.keeps_pictures, on_alarm=self._tell_hit, on_saved=self._pass_on_listed
        )

    def visit(self, track_key: str) -> Record | None:
        """Return the visit of a track as the store has it since this start, or None."""
        return self._visits.get(track_key)

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Run work on the store in a thread, then done(result) or failed(error) in the GUI thread."""
        self._tasks.start(work, done, failed)

    def publish_change(self, visit: Record) -> None:
        """Tell everyone that a visit was corrected, settled or annotated."""
        self._remember(visit)
        self.visit_changed.emit(visit.key_text)

    def take_news(self, news: News) -> None:
        """Take what the engine's thread and the writer brought for the log."""
        for visit in news.saved:
            self._remember(visit)
        for visit in news.saved:
            self.visit_changed.emit(visit.key_text)
        for alarm in news.alarms:
            self._tell_hit(alarm)

    def check_state(self) -> None:
        """Tell that the log could be opened, where it could not be at the start, and that watch lists have changed."""
        if not self._had_store and self.store is not None:
            self._had_store = True
            self.changed.emit()
        if self.store is not None:
            with suppress(LogError):  # told by the writer
                version = self.store.watch.version()
                if version != self._lists_seen:
                    self._lists_seen = version
                    self.watch_changed.emit()

    def close(self, timeout_s: float) -> None:
        """Write what waits, within so many seconds, and close the log."""
        if self._opened.journal is not None:
            self._opened.journal.close(timeout_s)
        if self._opened.reading is not None:
            self._opened.reading.close()

    def _tell_hit(self, alarm: Alarm) -> None:
        if alarm.visit.list_name == BLOCK:
            self.hit.emit(alarm)

    def _pass_on_listed(self, visit: Record) -> None:
        if visit.list_name == BLOCK:
            self._run_saved.emit(visit)

    def _remember(self, visit: Record) -> None:
        self._visits[visit.key_text] = visit
        self._visits.move_to_end(visit.key_text)
        while len(self._visits) > _VISITS_REMEMBERED:
            self._visits.popitem(last=False)


class RetentionTimer(QObject):
    """Deletes what was logged longer ago than is set, a minute after the start and then every hour."""

    def __init__(
        self,
        settings: CurrentSettings,
        log: LogSession,
        requests: WindowRequests,
        first_ms: int = _FIRST_RETENTION_MS,
    ) -> None:
        super().__init__(log)
        self._settings, self._log, self._requests = settings, log, requests
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.delete_old_reads)
        self._timer.start(first_ms)

    def delete_old_reads(self) -> None:
        """Delete what is too old now, in a thread."""
        self._timer.setInterval(_NEXT_RETENTION_MS)
        store, days = self._log.store, self._settings.current.log.keep_days
        if store is not None and not store.read_only and days > 0:
            self._log.run(lambda: retain(store, days), self._report, self._note_failure)

    def _report(self, gone: Forgotten) -> None:
        if gone.visits:
            one = self.tr("1 read logged more than {days} ago was deleted.")
            many = self.tr("{n} reads logged more than {days} ago were deleted.")
            days = format_days(self._settings.current.log.keep_days)
            self._requests.message.emit(pluralize(gone.visits, one, many, days=days))
            self._log.changed.emit()

    def _note_failure(self, error: BaseException) -> None:
        if not isinstance(error, LogError):
            raise error
        _log.warning("old reads could not be deleted now: %s", error)
