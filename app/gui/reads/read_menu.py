"""What the right mouse button offers for the reads that are selected in a list."""

from collections.abc import Callable, Sequence

from PyQt5.QtCore import QCoreApplication, QPoint
from PyQt5.QtWidgets import QMenu, QWidget

from app.gui.reads.read_actions import ReadActions
from app.gui.reads.read_rows import ReadRow
from app.gui.widgets import icons
from app.gui.widgets.common import pluralize


def tr(text: str) -> str:
    """Translate a text of the menu."""
    return QCoreApplication.translate("ReadMenu", text)


def make_read_menu(
    parent: QWidget, rows: Sequence[ReadRow], actions: ReadActions, correct: Callable[[], None]
) -> QMenu:
    """Return the menu for some reads.

    Args:
        parent: The list.
        rows: The reads, at least one.
        actions: What is done with reads.
        correct: Asks what the plate of the read in the detail really is.
    """
    menu, first = QMenu(parent), rows[0]
    if len(rows) == 1:
        _add(
            menu, "search", tr("All reads of {plate}").format(plate=first.visit.plate), lambda: actions.show_all(first)
        )
        _add(menu, "pencil", tr("Correct…"), correct)
        _add(menu, "copy", tr("Copy the plate"), lambda: actions.copy(first))
        if first.visit.first_s is not None:
            _add(menu, "crosshair", tr("Show this moment in the recording"), lambda: actions.show_moment(first))
        menu.addSeparator()
    open_hits = [row for row in rows if row.is_hit and not row.visit.settled]
    if open_hits:
        words = pluralize(len(open_hits), tr("Settle the hit"), tr("Settle {n} hits"))
        _add(menu, "check", words, lambda: actions.settle_many(open_hits))
    if len(rows) == 1:
        _add(menu, "bell", tr("Watch…"), lambda: actions.watch(first))
    else:
        _add(menu, "bell", tr("Put on the block list…"), lambda: actions.watch_many(rows))
    words = pluralize(len(rows), tr("Delete: not a plate…"), tr("Delete {n} reads…"))
    _add(menu, "trash-2", words, lambda: actions.delete(rows))
    return menu


def show_read_menu(menu: QMenu, place: QPoint) -> None:
    """Show a menu at a place of the screen until something is chosen."""
    menu.exec(place)
    menu.deleteLater()


def _add(menu: QMenu, icon: str, text: str, run: Callable[[], None]) -> None:
    action = menu.addAction(icons.load_icon(icon), text)
    assert action is not None
    action.triggered.connect(lambda _checked: run())
