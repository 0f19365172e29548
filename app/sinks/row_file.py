"""Files of rows that a run leaves behind: for the user alone, on the disk before anyone is told, whole rows only."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.pipeline.after_commit import Receipt
from app.pipeline.events import EventKind, PlateEvent, without_evidence
from app.pipeline.ledger import Ledger
from app.pipeline.sink import Bus, Sink
from app.sources.source import SourceSpec

STANDARD_OUTPUT = "-"
_MODE = 0o600  # plates are personal data: what is made here is for the user alone


class OutputError(Exception):
    """An output cannot be written; the message names the file and says what to do."""


class LineFile(Sink):
    """A file of lines that grows; each addition is on disk at once.

    Lines that cannot be written (a full disk) wait in memory and go before the next ones; flush() tries again. failed:
    rows are missing in it at the end.
    """

    def __init__(self, path: Path, header: str, encoding: str) -> None:
        self.path = path
        self._header = header
        self._encoding = encoding
        self._file: IO[bytes] | None = None
        self._bus: Bus | None = None
        self._written = 0
        self._waiting = b""
        self._receipts: list[Receipt] = []
        self._is_stream = is_stream(path)
        self.failed = False

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return str(self.path)

    def open(self, keep_bytes: int = 0) -> None:
        """Start the file anew, or go on after the first keep_bytes of it; raises OutputError."""
        if self._is_stream:
            self._file = _open_stream(self.path)
            self._waiting = self._header.encode(self._encoding)
        elif not keep_bytes:
            self._file = start_private(self.path)
            self._waiting = self._header.encode(self._encoding)
        else:
            try:
                self._file = self.path.open("r+b", buffering=0)
                self._file.truncate(keep_bytes)
            except OSError as error:
                raise unwritable(self.path, error) from error
        self._written = keep_bytes
        with suppress(OutputError):  # no room for the first line: it waits with the rows
            self.write()

    @property
    def length(self) -> int:
        """Length of the file in bytes once all its rows are written."""
        return self._written + len(self._waiting)

    def connect(self, bus: Bus) -> None:
        """Take the bus, for trouble with the disk."""
        self._bus = bus

    def add_lines(self, lines: str) -> Receipt | None:
        """Add whole lines and return a receipt if they have to wait; it comes when they are on the disk."""
        if self._file is None:
            return None
        self._waiting += lines.encode("utf-8", "replace")  # utf-8, not utf-8-sig: the mark stands at the start only
        try:
            self.write()
        except OutputError as error:
            if self._bus is not None:
                self._bus.tell_trouble(str(error))
        if not self._waiting:
            return None
        receipt: Receipt = Future()
        self._receipts.append(receipt)
        return receipt

    def write(self) -> None:
        """Write what waits, whole or not at all; raises OutputError."""
        if self._file is None or not self._waiting:
            return
        try:
            if not self._is_stream:
                self._file.seek(self._written)
            left = memoryview(self._waiting)
            while left:
                left = left[self._file.write(left) :]
            if not self._is_stream:
                os.fsync(self._file.fileno())
        except OSError as error:
            if self._is_stream:  # whoever read it has gone: nothing will come of what waits
                self._file, self._waiting, self.failed = None, b"", True
                raise OutputError(f"{self.path}: nobody reads it any more; its further rows are missing") from error
            with suppress(OSError):
                self._file.truncate(self._written)
            raise unwritable(self.path, error) from error
        self._written += len(self._waiting)
        self._waiting = b""
        for receipt in self._receipts:
            receipt.set_result(None)
        self._receipts.clear()

    def flush(self) -> None:
        """Write what waits; what cannot be written now is given up."""
        try:
            self.write()
        except OutputError as error:
            for receipt in self._receipts:
                receipt.set_exception(error)
            self._receipts.clear()

    def close(self, interrupted: bool = False) -> Sequence[str]:
        """Close the file; says so where its last rows are missing."""
        missing: list[str] = []
        try:
            self.write()
        except OutputError as error:
            self.failed = True
            missing.append(f"{error}. Its last rows are missing")
        if self._file is not None:
            self._file.close()
            self._file = None
        return missing


class RowFile(LineFile):
    """A file of rows: one a vehicle once it is over, or, live, one as soon as it is decided and one at each change."""

    def __init__(
        self, path: Path, header: str, encoding: str, line: Callable[[PlateEvent], str], live: bool = False
    ) -> None:
        """Begin no file yet.

        Args:
            path: Where it is to be.
            header: Its first line, or nothing.
            encoding: That of the file.
            line: Makes an event's line.
            live: Write a vehicle as soon as it is decided, again when its text changes, and when it leaves.
        """
        super().__init__(path, header, encoding)
        self._line = line
        self._live = Ledger() if live else None

    def on_event(self, event: PlateEvent) -> Receipt | None:
        """Add a live row where the event says something new; what is withdrawn cannot be taken back."""
        if self._live is None:
            return None
        held = self._live.get(event.key)
        self._live.apply(without_evidence(event))
        if event.kind is EventKind.FINAL:
            self._live.forget(event.key)
        says_more = held is None or held.text.plate != event.text.plate or event.kind is EventKind.FINAL
        if event.kind is EventKind.WITHDRAWN or not says_more:
            return None
        return self.add_lines(self._line(event))

    def on_reads(self, source: SourceSpec, reads: Sequence[PlateEvent]) -> Receipt | None:
        """Add reads that are over; the receipt comes when they are on the disk."""
        return self.add_lines("".join(self._line(event) for event in reads)) if self._live is None else None


def is_stream(path: Path) -> bool:
    """Whether an output is the standard output (-), a pipe or a device: it cannot be gone back in."""
    if str(path) == STANDARD_OUTPUT:
        return True
    try:
        return not stat.S_ISREG(path.stat().st_mode) and not path.is_dir()
    except OSError:
        return False


def _open_stream(path: Path) -> IO[bytes]:
    try:
        if str(path) == STANDARD_OUTPUT:
            return os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        return path.open("wb", buffering=0)
    except OSError as error:
        raise unwritable(path, error) from error


def start_private(path: Path) -> IO[bytes]:
    """Make a file anew, empty and unbuffered, for the user alone if it was not there. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _MODE), "r+b", buffering=0)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return what to say of a file that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{path}: the disk is full; free some space: what could not be written waits in memory")
    return OutputError(f"{path}: cannot be written ({error.strerror or error}); choose another place")
