"""Starts the window: log, session, pages, and at the end a clean stop."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QCoreApplication, QLocale, QSettings, Qt, QTimer, QTranslator
from PyQt5.QtWidgets import QApplication, QDialog, QMessageBox

from app import saved_sources as known
from app.config import bootstrap, paths, settings
from app.config.secrets import system_keyring
from app.config.settings import Settings
from app.gui.crash import CrashGuard
from app.gui.dialogs.retention_dialog import RetentionDialog
from app.gui.dialogs.settings_dialog import SettingsDialog
from app.gui.live.live_page import LivePage
from app.gui.live.source_actions import OpenActions
from app.gui.menus import MenuTargets
from app.gui.queue.queue_page import BatchQueuePage
from app.gui.reads.read_actions import ReadActions
from app.gui.reads.reads_page import ReadsPage
from app.gui.search.export_dialog import ExportDialog
from app.gui.search.search_page import SearchPage
from app.gui.session.log_session import OpenLog, RetentionTimer, open_log
from app.gui.session.window_session import WindowSession
from app.gui.watch.hits_page import HitsPage
from app.gui.watch.watch_page import WatchPage
from app.gui.widgets import icons, theme
from app.gui.widgets.message_boxes import message_box, show_error
from app.gui.widgets.theme import system_is_dark
from app.gui.window import MainWindow
from app.notifications.opening import open_notifier
from app.notifications.sender import ReceiverError
from app.pipeline.pipeline import Pipeline
from app.pipeline.sink import Sink
from app.sinks.notifications import NotificationSink
from app.sinks.window import WindowFeed
from app.store.errors import LogError, LogInUse
from app.store.search import Query

_log = logging.getLogger(__name__)
_TRANSLATIONS = paths.TRANSLATIONS


def main(args: argparse.Namespace) -> int:
    """Open the window with args.sources and return the exit status when it is closed."""
    bootstrap.qt_environment()
    theme.enable_high_dpi()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Platescribe")
    app.setDesktopFileName("platescribe")
    install_translation(app)
    loaded = settings.load()
    dark = system_is_dark(app)
    theme.apply(app, theme.choose_theme(loaded.settings.appearance.theme, dark))
    app.setWindowIcon(icons.load_icon("scan-text", "accent"))
    feed = WindowFeed()
    opened = ask_for_log(loaded.settings, feed, args.log, args.read_only)
    if opened is None:
        return 1
    window = make_window(loaded.settings, opened, feed, system_dark=dark, no_pictures=args.no_pictures)
    guard = CrashGuard(window)
    guard.install()
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C and a polite kill close the window as a person would
        signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, window.leave))
    window.show()
    if loaded.problems:
        window.notice.show_problem("\n".join(loaded.problems))
    QTimer.singleShot(0, lambda: window.opening.begin(args.sources))
    status = app.exec()
    guard.remove()
    if not window.stopped_cleanly:  # a driver or a network read still hangs: leave it, the log is closed
        logging.shutdown()
        os._exit(status)
    return status


def install_translation(app: QApplication, folder: Path = _TRANSLATIONS) -> bool:
    """Speak the user's language if there is a translation for it, English otherwise."""
    translator = QTranslator(app)
    return translator.load(QLocale(), "platescribe", "_", str(folder), ".qm") and app.installTranslator(translator)


def make_window(
    chosen: Settings,
    opened: OpenLog,
    feed: WindowFeed,
    make_pipeline: Callable[[], Pipeline] | None = None,
    system_dark: bool = False,
    state: Path | None = None,
    no_pictures: bool = False,
) -> MainWindow:
    """Return the window with all its pages, its session started; state: where size and places are remembered."""
    opened, sinks = open_notifications(chosen, opened)
    session = WindowSession(chosen, opened, feed, make_pipeline, no_pictures=no_pictures, more_sinks=sinks)
    ring = system_keyring()
    remembered = QSettings(str(state or known.default_path().with_name("window.ini")), QSettings.Format.IniFormat)
    window = MainWindow(
        session, lambda parent: OpenActions(session.sources, session.requests, parent, ring), remembered
    )
    session.setParent(window)
    session.settings.changed.connect(lambda: _apply_theme(session.settings.current, system_dark))
    add_pages(window, session)
    RetentionTimer(session.settings, session.log, session.requests)
    session.start()
    return window


def open_notifications(chosen: Settings, opened: OpenLog) -> tuple[OpenLog, list[Sink]]:
    """Open what tells the receivers that the user set up.

    Returns:
        The log, with a notice where receivers cannot be told, and the sinks. Who only reads the log tells nobody.
    """
    if opened.journal is None:
        return opened, []
    try:
        notifier = open_notifier(chosen)
    except ReceiverError as error:
        return replace(opened, notice=f"{opened.notice} {error}".strip()), []
    return opened, [NotificationSink(notifier, opened.journal.run)] if notifier is not None else []


def _apply_theme(chosen: Settings, system_dark: bool) -> None:
    wanted = theme.choose_theme(chosen.appearance.theme, system_dark)
    app = QApplication.instance()
    if isinstance(app, QApplication) and wanted is not theme.current():
        theme.apply(app, wanted)


def ask_for_log(chosen: Settings, feed: WindowFeed, log: str | None, read_only: bool) -> OpenLog | None:
    """Open the log; where another process writes it, ask whether to read only. None: the user would rather not."""
    try:
        return open_log(chosen, feed, log, read_only)
    except LogInUse as error:
        if not _read_only_wanted(str(error)):
            return None
    except LogError as error:
        show_error(str(error))
        return None
    try:
        opened = open_log(chosen, feed, log, read_only=True)
    except LogError as error:
        show_error(str(error))
        return None
    words = QApplication.translate("Start", "The log is open read-only: another Platescribe is writing to it.")
    return OpenLog(opened.journal, opened.reading, words)


def _read_only_wanted(reason: str) -> bool:
    words = QApplication.translate("Start", "You can view the log here, but what this window reads will not be kept.")
    box = message_box(reason, words)
    look = box.addButton(QApplication.translate("Start", "Open read-only"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QApplication.translate("Start", "Close"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is look


_EVERYTHING = Query()


def add_pages(window: MainWindow, session: WindowSession) -> None:
    """Add all pages in the order of the rail, and what the menus open."""
    settings, networks, sources, log = session.settings, session.networks, session.sources, session.log
    requests, tasks = session.requests, session.tasks
    actions = ReadActions(settings, sources, log, requests, tasks, session.undo, window)
    reads = ReadsPage(sources, log, requests, actions)
    window.add_live(LivePage(settings, networks, sources, requests, reads))
    queue = BatchQueuePage(networks, log, requests, tasks)
    search = SearchPage(log, requests, actions)
    window.add_page("queue", "list-video", tr("Recordings"), queue)
    window.add_page("search", "search", tr("Search"), search)
    window.add_page("hits", "inbox", tr("Hits"), HitsPage(window.hits, log, actions))
    window.add_page("watch", "shield-alert", tr("Watch lists"), WatchPage(log, requests, session.undo))
    requests.queue_wanted.connect(lambda _names: window.show_page("queue"))
    requests.plate_wanted.connect(lambda plate: _find(window, search, plate))
    requests.export_wanted.connect(lambda query, found: _export(window, session, query, found))
    window.finish(
        MenuTargets(
            settings=lambda: _open(SettingsDialog(settings, requests, "", window)),
            export=lambda: search.export() if window.stack.currentWidget() is search else _export(window, session),
            privacy=lambda: _privacy(window, session),
            find=lambda: _find(window, search),
            busy=lambda: queue.running,
            stop=queue.shutdown,
        )
    )


def tr(text: str) -> str:
    """Translate a name of a page."""
    return QCoreApplication.translate("Pages", text)


def _find(window: MainWindow, search: SearchPage, plate: str = "") -> None:
    window.show_page("search")
    search.begin_search(plate)


def _export(window: MainWindow, session: WindowSession, query: Query = _EVERYTHING, found: int | None = None) -> None:
    store = session.log.store
    if store is not None:
        _open(ExportDialog(session.settings, session.log, store, session.requests, query, found, window))


def _privacy(window: MainWindow, session: WindowSession) -> None:
    store = session.log.store
    if store is not None and not store.read_only:
        _open(RetentionDialog(session.settings, session.log, store, session.requests, window))
    else:
        session.requests.message.emit(tr("The log is open read-only."))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
