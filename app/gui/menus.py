"""The window's menus and toolbar, with the keys of their commands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QCoreApplication, QObject, QSize, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QAction,
    QActionGroup,
    QMainWindow,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from app.config.redaction import MASK
from app.gui.dialogs.about_dialog import AboutDialog
from app.gui.dialogs.keys_dialog import KeysDialog
from app.gui.live.live_view import Arrangement
from app.gui.live.source_actions import shorten_name
from app.gui.widgets import icons, theme


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """One entry of a menu; an empty text is a separator."""

    text: str = ""
    icon: str = ""
    keys: str = ""
    run: Callable[[], None] | None = None


SEPARATOR = MenuCommand()


def tr(text: str) -> str:
    """Translate a text of the menus."""
    return QCoreApplication.translate("Menus", text)


def make_action(window: QMainWindow, command: MenuCommand) -> QAction:
    """Return a command as an action of the window."""
    action = QAction(command.text, window)
    if command.icon:
        action.setIcon(icons.load_icon(command.icon))
    if command.keys:
        action.setShortcuts([QKeySequence(keys) for keys in command.keys.split(" | ")])
        window.addAction(action)  # its keys work while the menus are hidden, too
    if command.run is not None:
        run = command.run
        action.triggered.connect(lambda: run())
    return action


def add_menu(window: QMainWindow, title: str, commands: list[MenuCommand]) -> QMenu:
    """Add a menu to the window's bar."""
    bar = window.menuBar()
    assert isinstance(bar, QMenuBar)
    menu = bar.addMenu(title)
    assert menu is not None
    fill_menu(window, menu, commands)
    return menu


def fill_menu(window: QMainWindow, menu: QMenu, commands: list[MenuCommand]) -> None:
    """Put commands into a menu."""
    for command in commands:
        if command.text:
            menu.addAction(make_action(window, command))
        else:
            menu.addSeparator()


if TYPE_CHECKING:
    from app.gui.window import MainWindow


@dataclass(frozen=True, slots=True)
class MenuTargets:
    """What the menus open besides the pages.

    busy tells whether closing would break off a run; stop ends it within so many seconds and tells whether it did.
    """

    settings: Callable[[], None]
    export: Callable[[], None]
    privacy: Callable[[], None]
    find: Callable[[], None]
    busy: Callable[[], bool]
    stop: Callable[[float], bool]


class WindowMenus(QObject):
    """Makes menus and toolbar and keeps them up to date."""

    def __init__(self, window: "MainWindow", extras: MenuTargets) -> None:
        super().__init__(window)
        self._window = window
        self._extras = extras
        self._make_file_menu()
        self._make_edit_menu()
        self._make_view_menu()
        self._make_playback_menu()
        add_menu(
            window,
            tr("&Help"),
            [
                MenuCommand(tr("&Keys"), "keyboard", "F1", lambda: KeysDialog(window).open()),
                MenuCommand(tr("&About Platescribe"), "info", "", self._about),
            ],
        )
        self._sound, self._light = QAction(window), QAction(window)
        self._make_toolbar()
        window.session.settings.changed.connect(self._show_toggles)
        theme.changed.connect(self._show_toggles)
        self._show_toggles()

    def _make_file_menu(self) -> None:
        window, opening, extras = self._window, self._window.opening, self._extras
        file = add_menu(
            window,
            tr("&File"),
            [
                MenuCommand(tr("&Open recordings…"), "folder-open", "Ctrl+O", opening.ask_files),
                MenuCommand(tr("Read a &folder…"), "list-video", "Ctrl+Shift+O", opening.ask_folder),
                MenuCommand(tr("Open an &address…"), "plug", "Ctrl+L", opening.ask_address),
                MenuCommand(tr("&Add a source…"), "plus", "Ctrl+N", window.sources.add),
                MenuCommand(tr("&Paste an address or file"), "clipboard-paste", "Ctrl+V", opening.paste),
            ],
        )
        recent = file.addMenu(icons.load_icon("history"), tr("Open &again"))
        assert recent is not None
        self.recent = recent
        opening.changed.connect(self._fill_recent)
        window.session.sources.changed.connect(self._fill_recent)
        self._fill_recent()
        rest = [
            MenuCommand(tr("Play the &demo"), "circle-play", "", opening.demo),
            SEPARATOR,
            MenuCommand(tr("&Export…"), "download", "Ctrl+E", extras.export),
            MenuCommand(tr("Pri&vacy and retention…"), "lock", "", extras.privacy),
            MenuCommand(tr("&Settings…"), "settings", "Ctrl+,", extras.settings),
            SEPARATOR,
            MenuCommand(tr("&Quit"), "log-out", "Ctrl+Q", window.quit),
        ]
        fill_menu(window, file, rest)

    def _make_edit_menu(self) -> None:
        undo = self._window.session.undo
        menu = add_menu(
            self._window,
            tr("&Edit"),
            [
                MenuCommand(tr("&Undo"), "undo-2", "Ctrl+Z", undo.undo),
                MenuCommand(tr("&Find a plate"), "search", "Ctrl+F | /", self._extras.find),
            ],
        )
        self._undo = menu.actions()[0]
        undo.changed.connect(self._show_undo)
        self._show_undo()

    def _show_undo(self) -> None:
        words = self._window.session.undo.next_words
        self._undo.setText(tr("&Undo {what}").format(what=words) if words else tr("&Undo"))
        self._undo.setEnabled(bool(words))

    def _make_view_menu(self) -> None:
        window = self._window
        pages = [
            MenuCommand(title, "", f"Ctrl+{number}", self._page(key))
            for number, (key, title) in enumerate(window.pages.items(), 1)
        ]
        look = [
            SEPARATOR,
            MenuCommand(tr("One picture or &all"), "maximize-2", "Ctrl+Return", window.toggle_alone),
            MenuCommand(tr("&Boxes in the picture"), "crosshair", "Ctrl+B", window.toggle_boxes),
            MenuCommand(tr("Ou&tages…"), "unplug", "", window.show_outages),
            MenuCommand(tr("&Light or dark"), "sun", "Ctrl+D", window.toggle_theme),
            MenuCommand(tr("&Full screen"), "", "F11", window.toggle_full_screen),
        ]
        menu = add_menu(window, tr("&View"), pages + look)
        self._add_layouts(menu)
        self._add_panels(menu)

    def _add_layouts(self, view: QMenu) -> None:
        """Add the ways to lay out the pictures, of which one is marked."""
        window = self._window
        menu = view.addMenu(icons.load_icon("layout-grid"), tr("&Layout of the pictures"))
        assert menu is not None
        group = QActionGroup(menu)
        for text, arrangement in (
            (tr("As large as they can be"), Arrangement.AUTOMATIC),
            ("2 × 2", Arrangement.TWO),
            ("3 × 3", Arrangement.THREE),
            ("1 + 5", Arrangement.ONE_LARGE),
        ):
            action = make_action(window, MenuCommand(text, "", "", partial(window.arrange_tiles, arrangement)))
            action.setCheckable(True)
            group.addAction(action)
            menu.addAction(action)
            menu.aboutToShow.connect(partial(_mark, action, partial(self._is_arranged, arrangement)))

    def _is_arranged(self, arrangement: Arrangement) -> bool:
        return self._window.live.grid.arrangement is arrangement

    def _add_panels(self, view: QMenu) -> None:
        """Add what shows and hides the panels beside the pictures."""
        window = self._window
        for text, keys, panel in (
            (tr("&Reads beside the pictures"), "F8", "reads"),
            (tr("&Sources below the pictures"), "F9", "sources"),
        ):
            action = make_action(window, MenuCommand(text, "", keys, partial(window.toggle_panel, panel)))
            action.setCheckable(True)
            view.addAction(action)
            view.aboutToShow.connect(partial(_mark, action, partial(window.live.is_shown, panel)))

    def _make_playback_menu(self) -> None:
        player = self._window.live.player
        commands = [
            MenuCommand(tr("&Play or pause"), "play", "K", player.toggle),
            MenuCommand(tr("&Back 10 seconds"), "rewind", "J", lambda: player.jump(-10)),
            MenuCommand(tr("&Forward 10 seconds"), "fast-forward", "L", lambda: player.jump(10)),
            MenuCommand(tr("&Next frame"), "step-forward", ".", player.step),
            MenuCommand(tr("&Faster"), "", "+", lambda: player.faster(1)),
            MenuCommand(tr("&Slower"), "", "-", lambda: player.faster(-1)),
        ]
        add_menu(self._window, tr("&Playback"), commands)

    def _make_toolbar(self) -> None:
        window, opening = self._window, self._window.opening
        bar = QToolBar(tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(icons.size_beside_text(18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for command in (
            MenuCommand(tr("Open"), "folder-open", "", opening.ask_files),
            MenuCommand(tr("Folder"), "list-video", "", opening.ask_folder),
            MenuCommand(tr("Add source"), "plus", "", window.sources.add),
        ):
            bar.addAction(make_action(window, command))
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        self._sound.triggered.connect(lambda: window.toggle_sound())
        self._light.triggered.connect(lambda: window.toggle_theme())
        for action in (self._sound, self._light):
            bar.addAction(action)
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(18, 18))
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        window.addToolBar(bar)

    def _about(self) -> None:
        store = self._window.session.log.store
        AboutDialog(store.place.name if store is not None else "", self._window).open()

    def _page(self, key: str) -> Callable[[], None]:
        return lambda: self._window.show_page(key)

    def _open_again(self, name: str) -> Callable[[], None]:
        return lambda: self._window.opening.open([name])

    def _fill_recent(self) -> None:
        """Offer the sources that were set up and are closed for now, then what was opened lately."""
        self.recent.clear()
        opening = self._window.opening
        entries = [
            MenuCommand(_as_text(item.name), "video", "", partial(opening.reopen, item)) for item in opening.closed
        ]
        whole = [name for name in opening.known.recent if MASK not in name]  # no camera opens without its password
        entries += [MenuCommand(_as_text(shorten_name(name)), "", "", self._open_again(name)) for name in whole]
        self.recent.setEnabled(bool(entries))
        fill_menu(self._window, self.recent, entries)

    def _show_toggles(self) -> None:
        sound = self._window.session.settings.current.appearance.hit_sound
        self._sound.setIcon(icons.load_icon("volume-2" if sound else "volume-x"))
        self._sound.setText(tr("Mute hits") if sound else tr("Sound at hits"))
        dark = theme.current().is_dark
        self._light.setIcon(icons.load_icon("sun" if dark else "moon"))
        self._light.setText(tr("Light colours") if dark else tr("Dark colours"))


def _mark(action: QAction, is_on: Callable[[], bool]) -> None:
    """Mark an entry of a menu where what it stands for is so."""
    action.setChecked(is_on())


def _as_text(name: str) -> str:
    """Return a name as a menu shows it: a single & would be taken for the mark of a key."""
    return name.replace("&", "&&")
