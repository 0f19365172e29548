"""What can go wrong with the log. Every message names the store and what helps, and holds no password."""

from app.config.redaction import redact


class LogError(Exception):
    """Base of the log's errors; its text is meant for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(redact(message))


class LogInUse(LogError):
    """Another process writes this log; open it with read_only=True to look only."""

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class LogUnavailable(LogError):
    """The store cannot be written or read now: disk full, locked, read-only or gone. May pass; worth a retry."""


class LogCorrupt(LogError):
    """The store's file is damaged."""


class DamagedRow(Exception):
    """A row holds what no program of this kind wrote; told as LogCorrupt, with the log's name, where it was read."""


class LogTooNew(LogError):
    """The store was written by a newer version of the program."""


class NotFound(LogError):
    """There is no such visit or watch-list entry."""
