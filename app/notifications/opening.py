"""Opens the notifications of a log: the receivers that are set up, and the outbox beside the log."""

import sqlite3
from pathlib import Path

from app.config import settings as settings_file
from app.config.secrets import system_keyring
from app.config.settings import Settings
from app.notifications.notifier import Notifier
from app.notifications.outbox import Outbox, outbox_path
from app.notifications.receivers import load_receivers
from app.notifications.sender import ReceiverError
from app.store.errors import LogError
from app.store.lock import WriterLock


class LockedOutbox(Outbox):
    """An outbox that no other process delivers from: two at once would tell everything twice, in another order."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._right = WriterLock.acquire(path.with_name(f"{path.name}.lock"))
        try:
            super().__init__(path)
        except BaseException:
            self._right.release()
            raise

    def close(self) -> None:
        """Closes the file and lets others deliver."""
        super().close()
        self._right.release()


def open_notifier(chosen: Settings) -> Notifier | None:
    """Starts the notifier of the user's receivers.

    Args:
        chosen: the settings, which name the folder of the log and its outbox.

    Returns:
        The notifier, started; None where no receiver is set up.

    Raises:
        ReceiverError: the file of receivers or a receiver cannot be used, or the outbox cannot be opened.
    """
    receivers = [receiver for receiver in load_receivers() if receiver.enabled]
    if not receivers:
        return None
    path = outbox_path(settings_file.data_folder(chosen))
    try:
        outbox = LockedOutbox(path)
    except LogError as error:
        raise ReceiverError(f"{path}: another Platescribe delivers the notifications. {error}") from error
    except (OSError, sqlite3.Error) as error:
        raise ReceiverError(f"{path}: the outbox of notifications cannot be opened: {error}") from error
    try:
        return Notifier(receivers, outbox, system_keyring()).start()
    except BaseException:
        outbox.close()
        raise
