"""Pages and dialogs as the window makes them, each given its parts of one session."""

from typing import Any

from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QWidget

from app.gui.dialogs.retention_dialog import RetentionDialog
from app.gui.dialogs.settings_dialog import SettingsDialog
from app.gui.queue.queue_page import BatchQueuePage
from app.gui.reads.probability_dialog import ProbabilityDialog
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.reads_page import ReadsPage
from app.gui.search.export_dialog import ExportDialog
from app.gui.search.search_page import SearchPage
from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_page import WatchPage
from app.records import Record
from app.store.search import Query


def make_actions(session: WindowSession) -> ReadActions:
    parts = session.settings, session.sources, session.log, session.requests, session.tasks, session.undo
    return ReadActions(*parts)


def make_reads_page(session: WindowSession) -> ReadsPage:
    return ReadsPage(session.sources, session.log, session.requests, make_actions(session))


def make_search_page(session: WindowSession) -> SearchPage:
    return SearchPage(session.log, session.requests, make_actions(session))


def make_queue_page(session: WindowSession) -> BatchQueuePage:
    return BatchQueuePage(session.networks, session.log, session.requests, session.tasks)


def make_watch_page(session: WindowSession) -> WatchPage:
    return WatchPage(session.log, session.requests, session.undo)


def make_export_dialog(session: WindowSession, query: Query, *more: Any) -> ExportDialog:
    store = session.log.store
    assert store is not None
    return ExportDialog(session.settings, session.log, store, session.requests, query, *more)


def make_retention_dialog(session: WindowSession, parent: QWidget | None = None) -> RetentionDialog:
    store = session.log.store
    assert store is not None
    return RetentionDialog(session.settings, session.log, store, session.requests, parent)


def make_settings_dialog(session: WindowSession, *more: Any) -> SettingsDialog:
    return SettingsDialog(session.settings, session.requests, *more)


def make_probability_dialog(session: WindowSession, crop: QImage, visit: Record) -> ProbabilityDialog:
    return ProbabilityDialog(crop, visit, session.settings.current.detection.device, session.tasks)
