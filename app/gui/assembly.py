"""Puts the pages and dialogs into the window."""

from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtWidgets import QDialog

from app.gui.bars import Extras
from app.gui.dialogs.export import ExportDialog
from app.gui.dialogs.retention import RetentionDialog
from app.gui.dialogs.settings import SettingsDialog
from app.gui.live.live_page import LivePage
from app.gui.queue.queue_page import BatchPage
from app.gui.reads.reads_page import ReadsPage
from app.gui.search.search_page import SearchPage
from app.gui.session.controller import Controller
from app.gui.watch.watch_page import WatchPage
from app.gui.window import MainWindow
from app.store.search import Query


def add_pages(window: MainWindow, controller: Controller) -> None:
    """Add all pages in the order of the rail, and what the menus open."""
    window.add_live(LivePage(controller, ReadsPage(controller)))
    queue = BatchPage(controller)
    window.add_page("queue", "list-video", tr("Recordings"), queue)
    window.add_page("search", "search", tr("Search"), SearchPage(controller))
    window.add_page("watch", "shield-alert", tr("Watch lists"), WatchPage(controller))
    controller.queue_wanted.connect(lambda _names: window.show_page("queue"))
    window.finish(
        Extras(
            settings=lambda: _open(SettingsDialog(controller, "", window)),
            export=lambda: _export(window, controller),
            privacy=lambda: _privacy(window, controller),
            busy=lambda: queue.running,
            stop=queue.shutdown,
        )
    )


def tr(text: str) -> str:
    """Translate a name of a page."""
    return QCoreApplication.translate("Pages", text)


def _export(window: MainWindow, controller: Controller) -> None:
    """Export what the search page shows where that is in front, else all reads."""
    page, store = window.stack.currentWidget(), controller.store
    if isinstance(page, SearchPage):
        page.export()
    elif store is not None:
        _open(ExportDialog(controller, store, Query(), None, window))


def _privacy(window: MainWindow, controller: Controller) -> None:
    store = controller.store
    if store is not None and not store.read_only:
        _open(RetentionDialog(controller, store, window))
    else:
        controller.message.emit(tr("The log is open to read only."))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
