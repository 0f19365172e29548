"""The window's commands: menus, toolbar and their keys."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QMainWindow, QMenu, QMenuBar

from app.gui.widgets import icons


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of a menu; an empty text is a separator."""

    text: str = ""
    icon: str = ""
    keys: str = ""
    run: Callable[[], None] | None = None


SEPARATOR = Command()


def tr(text: str) -> str:
    """Translate a text of the menus."""
    return QCoreApplication.translate("Menus", text)


def make_action(window: QMainWindow, command: Command) -> QAction:
    """Return a command as an action of the window."""
    action = QAction(command.text, window)
    if command.icon:
        action.setIcon(icons.icon(command.icon))
    if command.keys:
        action.setShortcuts([QKeySequence(keys) for keys in command.keys.split(" | ")])
    if command.run is not None:
        run = command.run
        action.triggered.connect(lambda: run())
    return action


def add_menu(window: QMainWindow, title: str, commands: list[Command]) -> QMenu:
    """Add a menu to the window's bar."""
    bar = window.menuBar()
    assert isinstance(bar, QMenuBar)
    menu = bar.addMenu(title)
    assert menu is not None
    fill(window, menu, commands)
    return menu


def fill(window: QMainWindow, menu: QMenu, commands: list[Command]) -> None:
    """Put commands into a menu."""
    for command in commands:
        if command.text:
            menu.addAction(make_action(window, command))
        else:
            menu.addSeparator()
