"""What a person does with sources: opening, setting up, changing, closing, drawing where each is looked at."""

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import QMimeData, QObject, QStandardPaths, pyqtSignal
from PyQt5.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QWidget

from app import saved_sources as known_sources
from app.config.redaction import redact
from app.config.secrets import Keyring
from app.gui.live.demo import DEMO_CLIP
from app.gui.session.background import BackgroundTasks
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.widgets.message_boxes import message_box
from app.pipeline.zones import Zones
from app.saved_sources import SavedSource, SavedSources
from app.sources.identify import PICTURE_SUFFIXES, VIDEO_SUFFIXES, identify
from app.sources.source import SourceError, SourceKind


class OpenActions(QObject):
    """Asks what to open, has it opened, and remembers it."""

    changed = pyqtSignal()
    first_start = pyqtSignal()  # nothing was ever opened here

    def __init__(
        self, sources: SourcesSession, requests: WindowRequests, window: QWidget, ring: Keyring | None = None
    ) -> None:
        super().__init__(window)
        self._sources, self._requests = sources, requests
        self._window, self._ring = window, ring
        self.known: SavedSources = known_sources.load(ring=ring)

    def begin(self, names: Sequence[str]) -> None:
        """Open what the command line names, else the cameras set up before, else the demo clip."""
        if names:
            self.open(names)
            return
        for source in self.known.sources:
            self.reopen(source)
        if not self.known.sources and not self.known.recent:
            self.first_start.emit()
            self.demo()

    def open(self, names: Sequence[str]) -> None:
        """Open and remember what is named."""
        if names:
            self._remember(self.known.with_recent(*reversed(names)))
            self._close_demo()
            self._sources.open_names(names)

    def demo(self) -> None:
        """Play the demo clip."""
        if not DEMO_CLIP.is_file():
            self._requests.message.emit(self.tr("The demo clip is not installed: {} is missing.").format(DEMO_CLIP))
            return
        self._sources.open(identify(str(DEMO_CLIP)), self.tr("Demo clip"))

    def ask_files(self) -> None:
        """Let the user choose recordings and pictures."""
        endings = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES | PICTURE_SUFFIXES))
        kinds = f"{self.tr('Recordings and pictures')} ({endings});;{self.tr('All files')} (*)"
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open recordings"), self._folder(), kinds)
        self.open(names)

    def ask_folder(self) -> None:
        """Let the user choose a folder, which goes to the queue."""
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Read a folder of recordings"), self._folder())
        if name:
            self.open([name])

    def ask_address(self) -> None:
        """Let the user type or paste an address."""
        title, words = self.tr("Open an address"), self.tr("Address of a camera or stream, such as rtsp://…:")
        text, good = QInputDialog.getText(self._window, title, words)
        text = text.strip()
        if good and text and (fault := _fault(text)):
            hint = self.tr("An address begins with rtsp:// or http://, such as rtsp://192.168.1.20/stream.")
            self._sources.not_opened.emit(fault if "://" in text else f"{fault}. {hint}")
        elif good and text:
            self.open([text])

    def paste(self) -> None:
        """Open what the clipboard names: files, or one address or path a line."""
        clipboard = QApplication.clipboard()
        data = clipboard.mimeData() if clipboard is not None else None
        names = list_names(data) if data is not None else []
        if names:
            self.open(names)
        else:
            self._requests.message.emit(self.tr("The clipboard holds no address and no file."))

    @property
    def names(self) -> list[str]:
        """The names of the sources that were set up."""
        return [item.name for item in self.known.sources]

    @property
    def closed(self) -> list[SavedSource]:
        """The sources that were set up and are not open now."""
        shown_now = {source.source_id for source in self._sources.opened}
        return [item for item in self.known.sources if item.name not in shown_now]

    def reopen(self, source: SavedSource) -> None:
        """Open a source that was set up before."""
        self._sources.open(source.spec, source.name, source.zones)

    def as_known(self, source_id: str) -> SavedSource | None:
        """Return an open source as it was, or would be, set up; None if it is not open."""
        known = next((item for item in self.known.sources if item.name == source_id), None)
        source = self._sources.find(source_id)
        if known is not None or source is None:
            return known
        return SavedSource(source.name, source.spec.kind, source.spec.address, self._sources.zones(source_id))

    def change(self, source_id: str, after: SavedSource) -> None:
        """Put a changed source in the place of an open one, under the same name or another."""
        if after.name != source_id:
            self.forget(source_id)
            self._sources.close(source_id)
        self.add(after)

    def add(self, source: SavedSource) -> None:
        """Open a source that was set up and open it again at every start."""
        self._remember(self.known.with_source(source))
        self._close_demo()
        self.reopen(source)

    def _close_demo(self) -> None:
        """Let the demo go when something of the person's own comes."""
        self._sources.close(str(DEMO_CLIP))

    def keep_zones(self, source: SavedSource) -> None:
        """Remember where a source is looked at, if it is one that was set up."""
        if any(item.name == source.name for item in self.known.sources):
            self._remember(self.known.with_source(source))

    def forget(self, name: str) -> None:
        """Do not open a source at the next start."""
        if any(item.name == name for item in self.known.sources):
            self._remember(self.known.without_source(name))

    def _remember(self, known: SavedSources) -> None:
        self.known = known
        try:
            known_sources.save(known, ring=self._ring)
        except OSError as error:
            self._requests.message.emit(self.tr("The list of sources could not be saved: {}").format(error.strerror))
        self.changed.emit()

    def _folder(self) -> str:
        """Return the folder something was opened from last."""
        paths = (Path(name) for name in self.known.recent)
        return next((str(path if path.is_dir() else path.parent) for path in paths if path.exists()), default_folder())


def default_folder() -> str:
    """Return where recordings are looked for at first: the user's videos, else the home folder."""
    places = QStandardPaths.StandardLocation
    found = (QStandardPaths.writableLocation(place) for place in (places.MoviesLocation, places.HomeLocation))
    return next((folder for folder in found if Path(folder).is_dir()), "")


def list_names(data: QMimeData) -> list[str]:
    """Return what dragged or copied data name: files, folders, addresses; empty if it is something else."""
    if data.hasUrls():
        return [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
    lines = [line.strip() for line in data.text().splitlines() if line.strip()]
    return lines if lines and all(_is_source(line) for line in lines) else []


def _is_source(text: str) -> bool:
    try:
        return identify(text).kind is not SourceKind.CAMERA
    except (SourceError, OSError, ValueError):
        return Path(text).is_dir()


def _fault(text: str) -> str:
    """Return why something cannot be opened, empty if nothing is known against it."""
    try:
        identify(text)
    except SourceError as error:
        return "" if Path(text).is_dir() else str(error)
    return ""


def shorten_name(name: str) -> str:
    """Return how a name is shown in the list of what was opened lately."""
    text = redact(name)
    return text if len(text) <= 70 else f"…{text[-68:]}"


class SourceActions(QObject):
    """Opens the dialogs for sources and passes on what they bring."""

    def __init__(
        self,
        sources: SourcesSession,
        opening: OpenActions,
        requests: WindowRequests,
        tasks: BackgroundTasks,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._sources, self._opening, self._requests = sources, opening, requests
        self._tasks, self._window = tasks, window

    def add(self) -> None:
        """Set up a source with the wizard."""
        from app.gui.wizard.source_wizard import SourceWizard

        wizard = SourceWizard(self._tasks, self._opening.names, self._window)
        wizard.done_with.connect(self._opening.add)
        wizard.open()

    def change(self, source_id: str) -> None:
        """Let the user give a source another address, login, name or zones."""
        from app.gui.wizard.source_wizard import SourceWizard

        known = self._opening.as_known(source_id)
        if known is not None:
            others = [name for name in self._opening.names if name != known.name]
            wizard = SourceWizard(self._tasks, others, self._window, known)
            wizard.done_with.connect(lambda changed: self._opening.change(source_id, changed))
            wizard.open()

    def close(self, source_id: str) -> None:
        """Close a source; whether one that was set up opens again at the next start is asked."""
        if source_id in self._opening.names:
            for_good = self._asked_for_good(source_id)
            if for_good is None:
                return
            if for_good:
                self._opening.forget(source_id)
        self._sources.close(source_id)

    def edit_zones(self, source_id: str) -> None:
        """Let the user draw where a source is looked at."""
        from app.gui.wizard.zones_dialog import ZonesDialog

        result, source = self._sources.newest_frame(source_id), self._sources.find(source_id)
        if result is None or source is None:
            self._requests.message.emit(self.tr("There is no picture yet to draw on."))
            return
        dialog = ZonesDialog(result.frame.image, self._sources.zones(source_id), self._window)
        dialog.chosen.connect(lambda zones: self._keep_zones(source_id, zones))
        dialog.open()

    def _asked_for_good(self, name: str) -> bool | None:
        """Return whether a source is to be removed for good; None if the user would rather leave it open."""
        words = self.tr("It was set up with “Add source” and opens again at the next start.")
        box = message_box(self.tr("Close {}?").format(name), words, "circle-help", parent=self._window)
        close = box.addButton(self.tr("Close for now"), QMessageBox.ButtonRole.AcceptRole)
        remove = box.addButton(self.tr("Remove for good"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(close)
        box.exec()
        return {close: False, remove: True}.get(box.clickedButton())

    def _keep_zones(self, source_id: str, zones: object) -> None:
        source = self._sources.find(source_id)
        if source is not None and isinstance(zones, Zones):
            self._sources.set_zones(source_id, zones)
            self._opening.keep_zones(SavedSource(source_id, source.spec.kind, source.spec.address, zones))
