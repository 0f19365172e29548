"""The main window: pages behind a rail of icons, toolbar and menus, banner and status line."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt5.QtCore import QByteArray, QSettings, QSize, Qt
from PyQt5.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import (
    QAction,
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui import icons, theme
from app.gui.actions import SEPARATOR, Command, add_menu, fill, make_action, tr
from app.gui.controller import Controller
from app.gui.hits import HitBanner, HitDesk
from app.gui.live_page import LivePage
from app.gui.opening import Opening, names_in, shown
from app.gui.rail import Rail
from app.gui.widgets import Picture, label
from app.settings import with_value


@dataclass(frozen=True, slots=True)
class Extras:
    """What the menus open besides the pages; busy tells whether closing would break off a run."""

    settings: Callable[[], None]
    export: Callable[[], None]
    privacy: Callable[[], None]
    busy: Callable[[], bool]


class MainWindow(QMainWindow):
    """Everything the user sees. It shows what the controller says and passes on what the user wants."""

    def __init__(self, controller: Controller, opening: Callable[["MainWindow"], Opening], state: QSettings) -> None:
        """opening: makes the part that opens things; state: where size and places are remembered."""
        super().__init__()
        self.setWindowTitle("Platescribe")
        self.setWindowIcon(icons.icon("scan-text", "accent"))
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        self._controller = controller
        self._state = state
        self.opening = opening(self)
        self.hits = HitDesk(controller, self)
        self.hits.raised.connect(self._to_front)
        self.rail = Rail()
        self.stack = QStackedWidget()
        self._pages: dict[str, QToolButton] = {}
        self._clean = True
        self._busy: Callable[[], bool] = lambda: False
        self._lay_out()
        controller.message.connect(self.say)
        controller.engine_changed.connect(self._show_engine)
        controller.source_state_changed.connect(lambda _source: self._show_log())

    # -- building --------------------------------------------------------------------------------------------------

    def add_live(self, page: LivePage) -> None:
        """Add the live page, which is the first."""
        self.live = page
        self.add_page("live", "layout-grid", self.tr("Live"), page)
        page.open_wanted.connect(self.opening.ask_files)
        page.folder_wanted.connect(self.opening.ask_folder)
        page.demo_wanted.connect(self.opening.demo)
        page.add_wanted.connect(self.add_source)
        page.grid.zones_wanted.connect(self.edit_zones)
        self._controller.moment_wanted.connect(lambda _source, _place: self.show_page("live"))

    def add_page(self, key: str, icon: str, title: str, page: QWidget) -> None:
        """Add a page with its button on the rail."""
        self.stack.addWidget(page)
        self._pages[key] = self.rail.add(icon, title, lambda: self.show_page(key))

    def finish(self, extras: Extras) -> None:
        """Add what stands behind the pages: menus, toolbar, and the size the window had."""
        self._busy = extras.busy
        self._make_menus(extras)
        self._make_toolbar()
        self.rail.add_below("settings", self.tr("Settings"), extras.settings)
        self.show_page("live")
        self._restore()
        self.live.grid.setFocus()
        self._show_engine()
        self._show_log()

    def _lay_out(self) -> None:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.banner = HitBanner(self.hits, self._controller)
        self.banner.show_wanted.connect(self._show_read)
        self.banner.mute_wanted.connect(self.toggle_sound)
        self._notice, self._notice_text = self._make_notice()
        column.addWidget(self.banner)
        column.addWidget(self._notice)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        column.addLayout(row, 1)
        self.setCentralWidget(whole)
        bar = self.statusBar()
        assert bar is not None
        self._engine_state = label("")
        bar.addPermanentWidget(self._engine_state)

    def _make_notice(self) -> tuple[QFrame, "QWidget"]:
        frame = QFrame()
        frame.setObjectName("notice")
        row = QHBoxLayout(frame)
        row.setContentsMargins(16, 8, 16, 8)
        row.addWidget(Picture("info", 18, "notice"))
        words = label("", wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(words, 1)
        frame.hide()
        return frame, words

    def _make_menus(self, extras: Extras) -> None:
        opening, player = self.opening, self.live.player
        file = add_menu(
            self,
            tr("&File"),
            [
                Command(tr("&Open recordings…"), "folder-open", "Ctrl+O", opening.ask_files),
                Command(tr("Read a &folder…"), "list-video", "Ctrl+Shift+O", opening.ask_folder),
                Command(tr("Open an &address…"), "plug", "Ctrl+L", opening.ask_address),
                Command(tr("&Add a source…"), "plus", "Ctrl+N", self.add_source),
                Command(tr("&Paste an address or file"), "clipboard-paste", "Ctrl+V", opening.paste),
            ],
        )
        self._recent = file.addMenu(icons.icon("history"), tr("Open &again"))
        self.opening.changed.connect(self._fill_recent)
        self._fill_recent()
        rest = [
            Command(tr("Play the &demo"), "circle-play", "", opening.demo),
            SEPARATOR,
            Command(tr("&Export…"), "download", "Ctrl+E", extras.export),
            Command(tr("Pri&vacy and retention…"), "lock", "", extras.privacy),
            Command(tr("&Settings…"), "settings", "Ctrl+,", extras.settings),
            SEPARATOR,
            Command(tr("&Quit"), "log-out", "Ctrl+Q", self._quit),
        ]
        fill(self, file, rest)
        self._page_menu()
        add_menu(
            self,
            tr("&Playback"),
            [
                Command(tr("&Play or pause"), "play", "K", player.toggle),
                Command(tr("&Back 10 seconds"), "rewind", "J", lambda: player.jump(-10)),
                Command(tr("&On 10 seconds"), "fast-forward", "L", lambda: player.jump(10)),
                Command(tr("&Next frame"), "step-forward", ".", player.step),
                Command(tr("&Faster"), "", "+", lambda: player.faster(1)),
                Command(tr("&Slower"), "", "-", lambda: player.faster(-1)),
            ],
        )
        add_menu(self, tr("&Help"), [Command(tr("&Keys"), "keyboard", "F1", self._show_keys)])

    def _page_menu(self) -> None:
        pages = [
            Command(button.text(), "", f"Ctrl+{number}", self._page(key))
            for number, (key, button) in enumerate(self._pages.items(), 1)
        ]
        look = [
            SEPARATOR,
            Command(tr("One picture or &all"), "maximize-2", "Ctrl+Return", self._toggle_alone),
            Command(tr("&Boxes in the picture"), "crosshair", "Ctrl+B", self._toggle_boxes),
            Command(tr("&Light or dark"), "sun", "Ctrl+D", self.toggle_theme),
            Command(tr("&Full screen"), "", "F11", self._toggle_full_screen),
        ]
        add_menu(self, tr("&View"), pages + look)

    def _make_toolbar(self) -> None:
        bar = QToolBar(self.tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(icons.beside_text(18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for command in (
            Command(self.tr("Open"), "folder-open", "", self.opening.ask_files),
            Command(self.tr("Folder"), "list-video", "", self.opening.ask_folder),
            Command(self.tr("Add source"), "plus", "", self.add_source),
        ):
            bar.addAction(make_action(self, command))
        space = QWidget()
        space.setSizePolicy(space.sizePolicy().Expanding, space.sizePolicy().Preferred)
        bar.addWidget(space)
        self._sound = QAction(self)
        self._sound.triggered.connect(lambda: self.toggle_sound())
        self._light = QAction(self)
        self._light.triggered.connect(lambda: self.toggle_theme())
        bar.addActions([self._sound, self._light])
        for action in (self._sound, self._light):
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(18, 18))
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addToolBar(bar)
        self._controller.settings_changed.connect(self._show_toggles)
        theme.changed.connect(self._show_toggles)
        self._show_toggles()

    # -- what the user wants ---------------------------------------------------------------------------------------

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        self.stack.setCurrentIndex(list(self._pages).index(key))
        for other, button in self._pages.items():
            button.setChecked(other == key)

    def add_source(self) -> None:
        """Set up a source with the wizard."""
        from app.gui.wizard import SourceWizard

        wizard = SourceWizard(self._controller, [item.name for item in self.opening.known.sources], self)
        wizard.done_with.connect(self.opening.add)
        wizard.open()

    def edit_zones(self, source_id: str) -> None:
        """Let the user draw where a source is looked at."""
        from app.gui.zones_editor import ZonesDialog

        result, source = self._controller.newest(source_id), self._controller.source(source_id)
        if result is None or source is None:
            self.say(self.tr("There is no picture yet to draw on."))
            return
        dialog = ZonesDialog(result.frame.image, self._controller.zones(source_id), self)
        dialog.chosen.connect(lambda zones: self._keep_zones(source_id, zones))
        dialog.open()

    def toggle_theme(self) -> None:
        """From light to dark and back."""
        self._change("appearance.theme", "light" if theme.current().is_dark else "dark")

    def toggle_sound(self) -> None:
        """Sound at a hit, or not."""
        self._change("appearance.hit_sound", not self._controller.settings.appearance.hit_sound)

    def say(self, text: str) -> None:
        """Say something in the status line for a while."""
        bar = self.statusBar()
        assert bar is not None
        bar.showMessage(text, 12_000)

    def _quit(self) -> None:
        self.close()

    def _page(self, key: str) -> Callable[[], None]:
        return lambda: self.show_page(key)

    def _open_again(self, name: str) -> Callable[[], None]:
        return lambda: self.opening.open([name])

    def _toggle_boxes(self) -> None:
        self._change("appearance.show_boxes", not self._controller.settings.appearance.show_boxes)

    def _toggle_alone(self) -> None:
        self.live.grid.show_alone(self.live.grid.current)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _change(self, key: str, value: object) -> None:
        try:
            self._controller.change_settings(with_value(self._controller.settings, key, value))
        except OSError as error:
            self.say(self.tr("The settings could not be saved: {}").format(error.strerror))

    def _keep_zones(self, source_id: str, zones: object) -> None:
        from app.gui.known import KnownSource
        from app.pipeline.zones import Zones

        source = self._controller.source(source_id)
        if source is not None and isinstance(zones, Zones):
            self._controller.set_zones(source_id, zones)
            self.opening.keep_zones(KnownSource(source_id, source.spec.kind, source.spec.address, zones))

    def _show_read(self, track_key: str) -> None:
        self.show_page("live")
        self._controller.read_wanted.emit(track_key)

    def _to_front(self) -> None:
        """A hit brings the window before all others."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _fill_recent(self) -> None:
        menu = self._recent
        assert isinstance(menu, QMenu)
        menu.clear()
        names = self.opening.known.recent
        menu.setEnabled(bool(names))
        fill(self, menu, [Command(shown(name), "", "", self._open_again(name)) for name in names])

    def _show_toggles(self) -> None:
        sound = self._controller.settings.appearance.hit_sound
        self._sound.setIcon(icons.icon("volume-2" if sound else "volume-x"))
        self._sound.setText(self.tr("Mute hits") if sound else self.tr("Sound at hits"))
        dark = theme.current().is_dark
        self._light.setIcon(icons.icon("sun" if dark else "moon"))
        self._light.setText(self.tr("Light colours") if dark else self.tr("Dark colours"))

    def _show_engine(self) -> None:
        if self._controller.pipeline is not None:
            text = self.tr("Ready")
        elif self._controller.trouble:
            text = self.tr("Cannot read plates")
        else:
            text = self.tr("Loading the networks…")
        self._engine_state.setText(text)
        self._show_log()

    def _show_log(self) -> None:
        notice = self._controller.log_notice
        if self._controller.pipeline is None and self._controller.trouble:
            hint = self.tr("The networks could not be loaded; `python main.py doctor` tells what is missing.")
            notice = f"{hint} {self._controller.trouble}"
        self._notice_text.setText(notice)
        self._notice.setVisible(bool(notice))

    def _show_keys(self) -> None:
        from app.gui.keys import KeysDialog

        KeysDialog(self).open()

    # -- opening and closing ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take what can be opened."""
        if event is not None and (data := event.mimeData()) is not None and names_in(data):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Open what was dropped."""
        if event is not None and (data := event.mimeData()) is not None:
            event.acceptProposedAction()
            self.opening.open(names_in(data))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Remember size and places, stop everything, write what waits."""
        if self._busy() and not self._sure_to_close():
            if event is not None:
                event.ignore()
            return
        self._state.setValue("window/geometry", self.saveGeometry())
        self._state.setValue("window/across", self.live.across.saveState())
        self._state.setValue("window/down", self.live.down.saveState())
        self._state.sync()
        self.hide()
        self._clean = self._controller.shutdown()
        super().closeEvent(event)

    def _sure_to_close(self) -> bool:
        question = self.tr("Recordings are still being read. Stop reading and close? What was read so far is kept.")
        buttons = QMessageBox.StandardButton
        return QMessageBox.question(self, self.windowTitle(), question) == buttons.Yes

    @property
    def stopped_cleanly(self) -> bool:
        """After closing: whether every source and thread had ended."""
        return self._clean

    def _restore(self) -> None:
        screen = QApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else QSize(1280, 800)
        self.resize(QSize(1440, 900).boundedTo(room))
        for key, restore in (
            ("window/geometry", self.restoreGeometry),
            ("window/across", self.live.across.restoreState),
            ("window/down", self.live.down.restoreState),
        ):
            value = self._state.value(key)
            if isinstance(value, QByteArray):
                restore(value)
