"""The settings in force, shared by every part of the window."""

from PyQt5.QtCore import QObject, pyqtSignal

from app.config import settings as app_settings
from app.config.settings import Settings


class CurrentSettings(QObject):
    """Holds the settings in force. They are frozen and replaced as a whole; changed tells that they were."""

    changed = pyqtSignal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._settings

    def change(self, settings: Settings) -> None:
        """Put new settings into force, tell everyone, and save them.

        Raises:
            OSError: They could not be saved. They are in force all the same.
        """
        self._settings = settings
        self.changed.emit()
        app_settings.save(settings)
