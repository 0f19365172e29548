"""Opening the log for the window: to write, or to read only where another process writes it."""

from dataclasses import dataclass
from pathlib import Path

from app.config import settings as app_settings
from app.config.settings import Settings
from app.gui.session.feed import Feed
from app.journal import Journal, open_journal
from app.store.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """The log as the window has it: a journal to write, or a store to read only, and what is to be said of it."""

    journal: Journal | None
    reading: Store | None = None
    notice: str = ""


def log_of(settings: Settings, log: str | None = None) -> str | Path | None:
    """Return which log to open: the one named, else the one in the settings' folder, else the user's own (None)."""
    return log or app_settings.log_file(settings)


def open_log(settings: Settings, feed: Feed, log: str | None = None, read_only: bool = False) -> Kept:
    """Open the log to write, or only to read. Raises LogInUse and LogError."""
    where = log_of(settings, log)
    if read_only:
        return Kept(None, Store.open(where, read_only=True))
    feed.journal = open_journal(where, on_alarm=feed.on_alarm, on_saved=feed.on_saved)
    return Kept(feed.journal)
