"""What a person does with sources: setting up, changing, closing, drawing where each is looked at."""

from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QMessageBox, QWidget

from app.gui.live.open_actions import Opening
from app.gui.session.requests import WindowRequests
from app.gui.session.saved_sources import KnownSource
from app.gui.session.sources_session import SourcesSession
from app.gui.session.tasks import BackgroundTasks
from app.gui.widgets.message_boxes import message_box
from app.pipeline.zones import Zones


class SourceDesk(QObject):
    """Opens the dialogs for sources and passes on what they bring."""

    def __init__(
        self,
        sources: SourcesSession,
        opening: Opening,
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
        from app.gui.wizard.zones_editor import ZonesDialog

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
            self._opening.keep_zones(KnownSource(source_id, source.spec.kind, source.spec.address, zones))
