"""Puts the pages and dialogs into the window."""

from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtWidgets import QDialog

from app.gui.bars import Extras
from app.gui.dialogs.export import ExportDialog
from app.gui.dialogs.retention import RetentionDialog
from app.gui.dialogs.settings import SettingsDialog
from app.gui.live.live_page import LivePage
from app.gui.queue.queue_page import BatchPage
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.reads_page import ReadsPage
from app.gui.search.search_page import SearchPage
from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_page import WatchPage
from app.gui.window import MainWindow
from app.store.search import Query

_EVERYTHING = Query()


def add_pages(window: MainWindow, session: WindowSession) -> None:
    """Add all pages in the order of the rail, and what the menus open."""
    settings, networks, sources, log = session.settings, session.networks, session.sources, session.log
    requests, tasks = session.requests, session.tasks
    actions = ReadActions(settings, sources, log, requests, tasks, window)
    reads = ReadsPage(sources, log, requests, actions)
    window.add_live(LivePage(settings, networks, sources, requests, reads))
    queue = BatchPage(networks, log, requests, tasks)
    search = SearchPage(log, requests, actions)
    window.add_page("queue", "list-video", tr("Recordings"), queue)
    window.add_page("search", "search", tr("Search"), search)
    window.add_page("watch", "shield-alert", tr("Watch lists"), WatchPage(log, requests))
    requests.queue_wanted.connect(lambda _names: window.show_page("queue"))
    requests.export_wanted.connect(lambda query, found: _export(window, session, query, found))
    window.finish(
        Extras(
            settings=lambda: _open(SettingsDialog(settings, requests, "", window)),
            export=lambda: search.export() if window.stack.currentWidget() is search else _export(window, session),
            privacy=lambda: _privacy(window, session),
            busy=lambda: queue.running,
            stop=queue.shutdown,
        )
    )


def tr(text: str) -> str:
    """Translate a name of a page."""
    return QCoreApplication.translate("Pages", text)


def _export(window: MainWindow, session: WindowSession, query: Query = _EVERYTHING, found: int | None = None) -> None:
    store = session.log.store
    if store is not None:
        _open(ExportDialog(session.settings, session.log, store, session.requests, query, found, window))


def _privacy(window: MainWindow, session: WindowSession) -> None:
    store = session.log.store
    if store is not None and not store.read_only:
        _open(RetentionDialog(session.settings, session.log, store, session.requests, window))
    else:
        session.requests.message.emit(tr("The log is open to read only."))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
