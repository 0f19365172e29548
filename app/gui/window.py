"""The main window: pages behind a rail of icons, toolbar and menus, banner and status line."""

from collections.abc import Callable

from PyQt5.QtCore import QEvent, QSettings, QSize, Qt
from PyQt5.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PyQt5.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app.config.settings import with_value
from app.gui.live.live_page import LivePage
from app.gui.live.live_view import Arrangement
from app.gui.live.outages import OutagesDialog, OutageWatch
from app.gui.live.source_actions import OpenActions, SourceActions, list_names
from app.gui.menus import MenuTargets, WindowMenus
from app.gui.session.window_session import WindowSession
from app.gui.watch.hits import HitBanner, HitInbox
from app.gui.widgets import theme
from app.gui.widgets.common import format_days, make_label, pluralize
from app.gui.widgets.message_boxes import confirm
from app.gui.widgets.notice import Notice
from app.gui.widgets.rail import Rail, RailButton
from app.gui.widgets.window_geometry import SeamRepainter, WindowGeometry, find_available_size

_RUN_STOP_S = 0.5
_LEAST = QSize(900, 560)


class MainWindow(QMainWindow):
    """Everything the user sees. It shows what the session says and passes on what the user wants."""

    def __init__(
        self, session: WindowSession, opening: Callable[["MainWindow"], OpenActions], state: QSettings
    ) -> None:
        """opening: makes the part that opens things; state: where size and places are remembered."""
        super().__init__()
        self.setWindowTitle("Platescribe")
        self.setAcceptDrops(True)
        self.setMinimumSize(_LEAST.boundedTo(find_available_size(self)))
        self._session = session
        self._state = state
        self.opening = opening(self)
        self.sources = SourceActions(session.sources, self.opening, session.requests, session.tasks, self)
        self.hits = HitInbox(session.settings, session.log, session.undo, self)
        self.hits.raised.connect(self._draw_attention)
        self.hits.changed.connect(self._count_hits)
        session.sources.events.connect(self.hits.take_events)
        self.outages = OutageWatch(session.settings, session.sources, self)
        self.outages.changed.connect(self._show_log)
        self.rail = Rail()
        self.stack = QStackedWidget()
        self._pages: dict[str, RailButton] = {}
        self._clean, self._asks, self._full = True, True, False
        self._extras: MenuTargets | None = None
        self._seams = SeamRepainter(self)
        self._lay_out()
        session.requests.message.connect(self.say)
        session.sources.not_opened.connect(self._tell_refused)
        session.networks.changed.connect(self._show_engine)
        session.sources.state_changed.connect(lambda _source: self._show_log())

    @property
    def session(self) -> WindowSession:
        """What everything here is about."""
        return self._session

    @property
    def pages(self) -> dict[str, str]:
        """The pages by key, with their titles."""
        return {key: button.text() for key, button in self._pages.items()}

    # -- building --------------------------------------------------------------------------------------------------

    def add_live(self, page: LivePage) -> None:
        """Add the live page, which is the first."""
        self.live = page
        self.placing = WindowGeometry(self, {"across": page.across, "down": page.down}, self._state)
        self.add_page("live", "layout-grid", self.tr("Live"), page)
        page.open_wanted.connect(self.opening.ask_files)
        page.folder_wanted.connect(self.opening.ask_folder)
        page.demo_wanted.connect(self.opening.demo)
        page.add_wanted.connect(self.sources.add)
        page.grid.zones_wanted.connect(self.sources.edit_zones)
        page.grid.change_wanted.connect(self.sources.change)
        page.grid.close_wanted.connect(self.sources.close)
        self._session.requests.moment_wanted.connect(lambda _source, _place: self.show_page("live"))

    def add_page(self, key: str, icon: str, title: str, page: QWidget) -> None:
        """Add a page with its button on the rail."""
        self.stack.addWidget(page)
        self._pages[key] = self.rail.add(icon, title, lambda: self.show_page(key))

    def finish(self, extras: MenuTargets) -> None:
        """Add what stands behind the pages: menus, toolbar, and the size the window had."""
        self._extras = extras
        self.bars = WindowMenus(self, extras)
        self.rail.add_below("settings", self.tr("Settings"), extras.settings)
        self.show_page("live")
        self.placing.restore()
        self._restore_view()
        self.opening.first_start.connect(self._tell_retention)
        self.live.grid.setFocus()
        self.hits.refresh()
        self._show_engine()
        self._show_log()

    def _lay_out(self) -> None:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.banner = HitBanner(self.hits, self._session.settings, self._session.sources)
        self.banner.show_wanted.connect(self._show_read)
        self.banner.mute_wanted.connect(self.toggle_sound)
        self.notice = Notice()
        column.addWidget(self.banner)
        column.addWidget(self.notice)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        column.addLayout(row, 1)
        self.setCentralWidget(whole)
        bar = self.statusBar()
        assert bar is not None
        self._engine_state = make_label("")
        bar.addPermanentWidget(self._engine_state)

    # -- what the user wants ---------------------------------------------------------------------------------------

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        self.stack.setCurrentIndex(list(self._pages).index(key))
        for other, button in self._pages.items():
            button.setChecked(other == key)

    def toggle_theme(self) -> None:
        """From light to dark and back."""
        self._change("appearance.theme", "light" if theme.current().is_dark else "dark")

    def toggle_sound(self) -> None:
        """Sound at a hit, or not."""
        self._change("appearance.hit_sound", not self._session.settings.current.appearance.hit_sound)

    def say(self, text: str) -> None:
        """Say something in the status line for a while."""
        bar = self.statusBar()
        assert bar is not None
        bar.showMessage(text, 12_000)

    def quit(self) -> None:
        """Close the window, and with it the program."""
        self.close()

    def leave(self) -> None:
        """Close without asking: what ends the program from outside cannot answer."""
        self._asks = False
        self.close()

    def toggle_boxes(self) -> None:
        """Boxes in the picture, or not."""
        self._change("appearance.show_boxes", not self._session.settings.current.appearance.show_boxes)

    def toggle_alone(self) -> None:
        """One picture, or all."""
        self.live.grid.show_alone(self.live.grid.current)

    def toggle_panel(self, panel: str) -> None:
        """Show or hide a panel beside the pictures: "sources" or "reads"."""
        self.live.show_panel(panel, not self.live.is_shown(panel))
        self._state.setValue(f"window/{panel}", self.live.is_shown(panel))

    def arrange_tiles(self, arrangement: Arrangement) -> None:
        """Lay the pictures out in this way, now and at the next start."""
        self.live.grid.set_arrangement(arrangement)
        self._state.setValue("window/arrangement", arrangement.value)

    def toggle_full_screen(self) -> None:
        """Give the pictures the whole screen, or come back; hits and notices are shown all the same."""
        full = not self._full
        self._full = full
        self.show_page("live")
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        for part in (self.menuBar(), self.rail, self.statusBar(), *self.findChildren(QToolBar)):
            if part is not None:
                part.setVisible(not full)
        self.live.show_pictures_alone(full)
        self.live.grid.setFocus()

    def _restore_view(self) -> None:
        """Show what was shown beside the pictures, laid out as it was."""
        for panel in ("sources", "reads"):
            self.live.show_panel(panel, self._state.value(f"window/{panel}", True, type=bool))
        kept = str(self._state.value("window/arrangement", Arrangement.AUTOMATIC.value))
        if kept in {each.value for each in Arrangement}:
            self.live.grid.set_arrangement(Arrangement(kept))

    def show_outages(self) -> None:
        """List when which camera sent nothing."""
        OutagesDialog(self._session.sources, self).open()

    def _change(self, key: str, value: object) -> None:
        try:
            self._session.settings.change(with_value(self._session.settings.current, key, value))
        except OSError as error:
            self.say(self.tr("The settings could not be saved: {}").format(error.strerror))

    def _show_read(self, track_key: str) -> None:
        self.show_page("live")
        self._session.requests.read_wanted.emit(track_key)

    def _draw_attention(self) -> None:
        """A hit asks for attention, as is set: it raises the window, but takes the keyboard from nobody."""
        how = self._session.settings.current.appearance.hit_window
        if how == "nothing":
            return
        QApplication.alert(self)
        if how == "raise" and not self._is_asking():
            if self.isMinimized():
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
                self.showNormal()
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
            self.raise_()

    def _is_asking(self) -> bool:
        """Whether a dialog or a menu of the program is open, which the window shall not cover."""
        if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
            return True
        return any(dialog.isVisible() for dialog in self.findChildren(QDialog))

    def _count_hits(self) -> None:
        """Show on the rail how many hits wait."""
        if "hits" in self._pages:
            waiting = len(self.hits.visits)
            one, many = self.tr("Hits: 1 waiting"), self.tr("Hits: {n} waiting")
            self._pages["hits"].show_number(waiting, pluralize(waiting, one, many) if waiting else self.tr("Hits"))

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _show_engine(self) -> None:
        if self._session.networks.pipeline is not None:
            text = self.tr("Ready")
        elif self._session.networks.trouble:
            text = self.tr("Cannot read plates")
        else:
            text = self.tr("Getting ready…")
        self._engine_state.setText(text)
        self._show_log()

    def _show_log(self) -> None:
        notice = self._session.log.notice
        if self._session.networks.pipeline is None and self._session.networks.trouble:
            hint = self.tr("A part of the program is missing or broken; `python main.py doctor` tells which.")
            notice = f"{hint} {self._session.networks.trouble}"
        self.notice.show_trouble("\n".join(filter(None, (notice, self.outages.notice))))

    def _tell_refused(self, text: str) -> None:
        """What cannot be opened is told until it was read."""
        self.notice.show_problem(self.tr("Cannot be opened: {}").format(text))

    def _tell_retention(self) -> None:
        """A newcomer is told what is kept, for how long, and where to change it."""
        days = self._session.settings.current.log.keep_days
        text = self.tr("Reads and their pictures are kept on this computer only, for {} after they are logged.")
        if self._extras is not None and days:
            self.notice.show_news(text.format(format_days(days)), self.tr("Change…"), self._extras.privacy)

    # -- opening and closing ---------------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        """See to what a repaint of parts leaves behind."""
        done = super().event(event)
        if event is not None and event.type() == QEvent.Type.UpdateRequest:
            self._seams.repainted()
        return done

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter presses the button that has the focus, as in a dialog."""
        pressed = QApplication.focusWidget()
        enter = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(pressed, QAbstractButton) and pressed.window() is self:
            pressed.click()
        elif event is not None and event.key() == Qt.Key.Key_Escape and self._full:
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take what can be opened."""
        if event is not None and (data := event.mimeData()) is not None and list_names(data):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Open what was dropped."""
        if event is not None and (data := event.mimeData()) is not None:
            event.acceptProposedAction()
            self.opening.open(list_names(data))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Remember size and places, stop everything, write what waits."""
        if self._asks and not self._sure_to_close():
            if event is not None:
                event.ignore()
            return
        self.placing.save()
        self.hide()
        run_ended = self._extras is None or self._extras.stop(_RUN_STOP_S)
        self._clean = self._session.shutdown() and run_ended
        super().closeEvent(event)

    def _sure_to_close(self) -> bool:
        """Ask where closing breaks off something, or loses reads."""
        if self._extras is not None and self._extras.busy():
            question = self.tr("Recordings are still being read. Stop reading and close? What was read so far is kept.")
            if not confirm(question, self.tr("Stop and close"), self):
                return False
        unwritten = self._session.log.unwritten
        if not unwritten:
            return True
        one, many = self.tr("1 read waits"), self.tr("{n} reads wait")
        question = self.tr("{reads} in memory because the log cannot be written right now. Closing loses them.")
        return confirm(question.format(reads=pluralize(unwritten, one, many)), self.tr("Close and lose them"), self)

    @property
    def stopped_cleanly(self) -> bool:
        """After closing: whether every source and thread had ended."""
        return self._clean
