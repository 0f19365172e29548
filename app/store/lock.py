"""The lock that keeps a second writer off a log. The system frees it when the process ends, however it ends."""

import os
import sys
from pathlib import Path
from typing import Self

from app.store.errors import LogInUse
from app.store.location import FILE_MODE, files_for

# Windows locks bytes, and locked bytes cannot be read: lock one far behind the process number.
_LOCKED_BYTE = 1 << 30


class WriterLock:
    """The right to write one log, held from acquire() to release(); the file names the process that has it."""

    def __init__(self, file: Path, descriptor: int, ended_badly: bool) -> None:
        self.file = file
        self.ended_badly = ended_badly
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, file: Path) -> Self:
        """Take the lock. Raises LogInUse with the other process's number, LogUnavailable if the file cannot be made.

        ended_badly of the result says that the last writer left without release().
        """
        with files_for(file):
            descriptor = os.open(file, os.O_CREAT | os.O_RDWR, FILE_MODE)
        previous = os.pread(descriptor, 64, 0) if hasattr(os, "pread") else os.read(descriptor, 64)
        if not _lock(descriptor):
            os.close(descriptor)
            raise _in_use(file, previous)
        with files_for(file):
            try:
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                os.write(descriptor, str(os.getpid()).encode())
            except OSError:  # a full disk: let the lock go, or the next try would find it taken by this one
                os.close(descriptor)
                raise
        return cls(file, descriptor, ended_badly=bool(previous.strip()))

    def release(self) -> None:
        """Give the lock back and mark the end as a good one; a second call does nothing."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


def _in_use(file: Path, content: bytes) -> LogInUse:
    pid = int(content) if content.strip().isdigit() else None
    who = "this program" if pid == os.getpid() else f"process {pid}" if pid else "another process"
    name = file.name.removesuffix(".lock")
    return LogInUse(
        f"The log {file.with_name(name)} is being written by {who}. Close it there, or open the log to read only.", pid
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
