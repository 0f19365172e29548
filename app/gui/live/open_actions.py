"""All the ways to open something: dialogs, drag and drop, the clipboard, what was opened lately, the demo."""

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import QMimeData, QObject, QStandardPaths, pyqtSignal
from PyQt5.QtWidgets import QApplication, QFileDialog, QInputDialog, QWidget

from app.config.redaction import redact
from app.config.secrets import Keyring
from app.gui.live.demo import DEMO_CLIP
from app.gui.session import saved_sources as known_sources
from app.gui.session.requests import WindowRequests
from app.gui.session.saved_sources import Known, KnownSource
from app.gui.session.sources_session import SourcesSession
from app.sources.identify import PICTURE_SUFFIXES, VIDEO_SUFFIXES, identify
from app.sources.source import SourceError, SourceKind


class Opening(QObject):
    """Asks what to open, has it opened, and remembers it."""

    changed = pyqtSignal()
    first_start = pyqtSignal()  # nothing was ever opened here

    def __init__(
        self, sources: SourcesSession, requests: WindowRequests, window: QWidget, ring: Keyring | None = None
    ) -> None:
        super().__init__(window)
        self._sources, self._requests = sources, requests
        self._window, self._ring = window, ring
        self.known: Known = known_sources.load(ring=ring)

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
        names = names_in(data) if data is not None else []
        if names:
            self.open(names)
        else:
            self._requests.message.emit(self.tr("The clipboard holds no address and no file."))

    @property
    def names(self) -> list[str]:
        """The names of the sources that were set up."""
        return [item.name for item in self.known.sources]

    @property
    def closed(self) -> list[KnownSource]:
        """The sources that were set up and are not open now."""
        shown_now = {source.source_id for source in self._sources.opened}
        return [item for item in self.known.sources if item.name not in shown_now]

    def reopen(self, source: KnownSource) -> None:
        """Open a source that was set up before."""
        self._sources.open(source.spec, source.name, source.zones)

    def as_known(self, source_id: str) -> KnownSource | None:
        """Return an open source as it was, or would be, set up; None if it is not open."""
        known = next((item for item in self.known.sources if item.name == source_id), None)
        source = self._sources.find(source_id)
        if known is not None or source is None:
            return known
        return KnownSource(source.name, source.spec.kind, source.spec.address, self._sources.zones(source_id))

    def change(self, source_id: str, after: KnownSource) -> None:
        """Put a changed source in the place of an open one, under the same name or another."""
        if after.name != source_id:
            self.forget(source_id)
            self._sources.close(source_id)
        self.add(after)

    def add(self, source: KnownSource) -> None:
        """Open a source that was set up and open it again at every start."""
        self._remember(self.known.with_source(source))
        self.reopen(source)

    def keep_zones(self, source: KnownSource) -> None:
        """Remember where a source is looked at, if it is one that was set up."""
        if any(item.name == source.name for item in self.known.sources):
            self._remember(self.known.with_source(source))

    def forget(self, name: str) -> None:
        """Do not open a source at the next start."""
        if any(item.name == name for item in self.known.sources):
            self._remember(self.known.without_source(name))

    def _remember(self, known: Known) -> None:
        self.known = known
        try:
            known_sources.save(known, ring=self._ring)
        except OSError as error:
            self._requests.message.emit(self.tr("The list of sources could not be saved: {}").format(error.strerror))
        self.changed.emit()

    def _folder(self) -> str:
        """Return the folder something was opened from last."""
        paths = (Path(name) for name in self.known.recent)
        return next((str(path if path.is_dir() else path.parent) for path in paths if path.exists()), start_folder())


def start_folder() -> str:
    """Return where recordings are looked for at first: the user's videos, else the home folder."""
    places = QStandardPaths.StandardLocation
    found = (QStandardPaths.writableLocation(place) for place in (places.MoviesLocation, places.HomeLocation))
    return next((folder for folder in found if Path(folder).is_dir()), "")


def names_in(data: QMimeData) -> list[str]:
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


def shown(name: str) -> str:
    """Return how a name is shown in the list of what was opened lately."""
    text = redact(name)
    return text if len(text) <= 70 else f"…{text[-68:]}"
