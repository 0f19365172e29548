"""Puts the pages into the window."""

from app.gui.controller import Controller
from app.gui.live_page import LivePage
from app.gui.pages.reads import ReadsPage
from app.gui.pages.search import SearchPage
from app.gui.pages.watch import WatchPage
from app.gui.window import MainWindow


def add_pages(window: MainWindow, controller: Controller) -> None:
    """Add all pages in the order of the rail."""
    window.add_live(LivePage(controller, ReadsPage(controller)))
    window.add_page("search", "search", window.tr("Search"), SearchPage(controller))
    window.add_page("watch", "shield-alert", window.tr("Watch lists"), WatchPage(controller))
    window.finish(lambda: None, lambda: None)
