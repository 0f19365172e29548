"""Keeping the promise on retention without a window: what was logged too long ago goes at once, and then every hour."""

import threading
from collections.abc import Callable

from app.config.wording import counted
from app.store.errors import LogError
from app.store.retention import retain
from app.store.store import Store

_AGAIN_S = 3600.0
_SOON_S = 60.0  # where the log could not be opened or written


class Housekeeping:
    """Deletes old visits in a thread of its own, from start() to close()."""

    def __init__(self, store: Callable[[], Store | None], days: float, tell: Callable[[str], object]) -> None:
        """store gives the open log, or None while there is none; tell is called from the thread."""
        self._store = store
        self._days = days
        self._tell = tell
        self._ending = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> "Housekeeping":
        """Begin."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Let what is under way come to a good end and stop; the log may be closed then."""
        self._ending.set()
        self._thread.join()

    @property
    def _span(self) -> str:
        return f"{self._days:g} day" if self._days == 1 else f"{self._days:g} days"

    def _run(self) -> None:
        while True:
            done = self._tidy()
            if self._ending.wait(_AGAIN_S if done else _SOON_S):
                return

    def _tidy(self) -> bool:
        store = self._store()
        if store is None or store.read_only:
            return False
        try:
            gone = retain(store, self._days, enough=self._ending.is_set)
        except LogError as error:
            self._complain(f"Reads older than {self._span} could not be deleted now: {error}")
            return False
        self._trouble = ""
        if gone.visits:
            reads = f"{counted(gone.visits, 'read')} logged more than {self._span} ago"
            self._tell(f"{reads} {'was' if gone.visits == 1 else 'were'} deleted (`log.keep_days`).")
        return True

    def _complain(self, text: str) -> None:
        """Tell the same trouble once."""
        if text != self._trouble:
            self._tell(text)
        self._trouble = text
