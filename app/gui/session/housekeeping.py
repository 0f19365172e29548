"""Keeping the promise on retention: what was logged longer ago than is set is deleted while the window is open."""

import logging

from PyQt5.QtCore import QObject, QTimer

from app.gui.session.controller import Controller
from app.gui.widgets.common import days_of, several
from app.store.errors import LogError
from app.store.retention import Forgotten, retain

_log = logging.getLogger(__name__)
_FIRST_MS = 60_000  # not while the window comes up
_AGAIN_MS = 3_600_000


class Housekeeping(QObject):
    """Deletes old reads a minute after the start and then every hour."""

    def __init__(self, controller: Controller, first_ms: int = _FIRST_MS) -> None:
        super().__init__(controller)
        self._controller = controller
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tidy)
        self._timer.start(first_ms)

    def tidy(self) -> None:
        """Delete what is too old now, in a thread."""
        self._timer.setInterval(_AGAIN_MS)
        store, days = self._controller.store, self._controller.settings.log.keep_days
        if store is not None and not store.read_only and days > 0:
            self._controller.try_later(lambda: retain(store, days), self._done, self._failed)

    def _done(self, gone: Forgotten) -> None:
        if gone.visits:
            one = self.tr("1 read logged more than {days} ago was deleted.")
            many = self.tr("{n} reads logged more than {days} ago were deleted.")
            days = days_of(self._controller.settings.log.keep_days)
            self._controller.message.emit(several(gone.visits, one, many, days=days))
            self._controller.log_changed.emit()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, LogError):
            raise error
        _log.warning("old reads could not be deleted now: %s", error)
