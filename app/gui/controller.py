"""Owns settings, log, engine and sources for the window. Widgets ask here and listen here; they decide nothing."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app import settings as app_settings
from app.gui.tasks import Tasks
from app.pipeline.sources import SourceError, SourceSpec, expand
from app.settings import Settings

T = TypeVar("T")

DRAIN_MS = 33  # 30 Hz: often enough to look immediate, seldom enough to leave the processor to the networks


class Controller(QObject):
    """The one object that all widgets share. Made and used in the GUI thread only.

    Signals carry small values, never frames; events come in batches from a 30 Hz timer.
    """

    events = pyqtSignal(tuple)  # tuple[PlateEvent, ...], in order
    visit_changed = pyqtSignal(str)  # track_key of a visit that was read, corrected, settled or deleted
    log_changed = pyqtSignal()  # many rows changed at once (import, purge, batch run): ask the store again
    hit = pyqtSignal(object)  # app.platelog Hit: a plate of a block list was read
    source_state_changed = pyqtSignal(str)  # source_id; at most twice a second
    sources_changed = pyqtSignal()  # a source was opened or closed
    settings_changed = pyqtSignal()
    message = pyqtSignal(str)  # one line for the status bar, without secrets
    moment_wanted = pyqtSignal(str, float)  # source_id, media second: the live view shows it

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._sources: dict[str, SourceSpec] = {}
        self._tasks = Tasks(self)
        self._drain = QTimer(self)
        self._drain.setInterval(DRAIN_MS)

    @property
    def settings(self) -> Settings:
        """The settings in force; frozen, replaced as a whole by change_settings."""
        return self._settings

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings, on disk too, and tell everyone. OSError: they could not be written (but are in force)."""
        self._settings = settings
        self.settings_changed.emit()
        app_settings.save(settings)

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        """The open sources, in the order of opening."""
        return tuple(self._sources.values())

    def open_sources(self, names: Sequence[str]) -> None:
        """Open files, folders, addresses, cameras as the user named them; what cannot be opened is told by message."""
        for name in names:
            try:
                for spec in expand(name):
                    self._sources.setdefault(spec.source_id, spec)
            except SourceError as error:
                self.message.emit(str(error))
        self.sources_changed.emit()

    def close_source(self, source_id: str) -> None:
        """Close a source; its open tracks become final."""
        if self._sources.pop(source_id, None) is not None:
            self.sources_changed.emit()

    def show_moment(self, source_id: str, media_time: float) -> None:
        """Bring the live view to a second of a recording, opening it if need be."""
        self.moment_wanted.emit(source_id, media_time)

    def later(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run work in a thread and done(result) in the GUI thread; an exception goes to the crash dialog."""
        self._tasks.start(work, done)
