"""Pictures beside the database: JPEG files in folders by day, written whole or not at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.store.errors import LogError
from app.store.location import FILE_MODE, files_for, private_folder

_INCOMING = ".incoming"  # on the same disk, so that a rename moves a finished picture in one step


class PictureFolder:
    """The picture folder of a log. Names hold the time and a random part, never the plate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._synced: set[Path] = set()

    def write(self, when: datetime, pictures: Iterable[tuple[str, bytes]]) -> list[str]:
        """Write pictures (what they show, JPEG) and return their names, in order, once they are on the disk.

        Empty data gives an empty name. Raises LogUnavailable, having removed what was written.
        """
        names: list[str] = []
        stem = f"{when.astimezone(UTC):%Y/%m/%d/%H%M%S}-{secrets.token_hex(6)}"
        try:
            for shows, data in pictures:
                names.append(f"{stem}-{shows}.jpg" if data else "")
                if data:
                    self._write(names[-1], data)
            if any(names):
                self._sync_all((self.folder / stem).parent)
        except LogError:
            self.remove(names)
            raise
        return names

    def path(self, name: str) -> Path:
        """Return the file of a picture's name. Raises LogError for a name that leads out of the folder."""
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise LogError(f"The picture name '{name}' leads out of {self.folder}; the log's row is not to be trusted.")
        return path

    def size(self, names: Iterable[str]) -> int:
        """Return how many bytes these pictures take; missing ones count nothing."""
        total = 0
        for name in filter(None, names):
            with suppress(OSError):
                total += self.path(name).stat().st_size
        return total

    def remove(self, names: Iterable[str], overwrite: bool = False) -> int:
        """Delete pictures and return how many were there; overwrite writes zeros over them first.

        Folders left empty go too. A picture that cannot be deleted raises LogUnavailable.
        """
        removed = 0
        for name in filter(None, names):
            path = self.path(name)
            with files_for(path), suppress(FileNotFoundError):
                if overwrite:
                    _overwrite(path)
                path.unlink()
                removed += 1
            self._drop_empty(path.parent)
        return removed

    def clear_incoming(self) -> int:
        """Delete what a killed writer left half written and return how many files that were."""
        left = list((self.folder / _INCOMING).glob("*")) if self.folder.exists() else []
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def days(self) -> Iterator[tuple[datetime, list[str]]]:
        """Give each day that has pictures (its UTC midnight) with their names, oldest first."""
        for folder in sorted(self.folder.glob("[0-9]*/[0-9]*/[0-9]*")):
            year, month, day = (int(part) for part in folder.parts[-3:])
            names = [path.relative_to(self.folder).as_posix() for path in folder.glob("*.jpg")]
            yield datetime(year, month, day, tzinfo=UTC), names

    def _write(self, name: str, data: bytes) -> None:
        incoming = self.folder / _INCOMING / secrets.token_hex(8)
        private_folder(incoming.parent)
        target = self.folder / name
        private_folder(target.parent)
        with files_for(self.folder):  # a name that differs at each try would tell a person nothing
            try:
                incoming.touch(FILE_MODE, exist_ok=False)
                with incoming.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                incoming.replace(target)
            except OSError:
                incoming.unlink(missing_ok=True)
                raise

    def _sync_all(self, folder: Path) -> None:
        """See that the entries of folder outlive a power cut, and once those of the folders above it."""
        if os.name == "nt":  # Windows has no such call
            return
        _sync(folder)
        for above in folder.relative_to(self.folder).parents:
            if (part := self.folder / above) not in self._synced:
                _sync(part)
        self._synced = {self.folder / above for above in folder.relative_to(self.folder).parents}

    def _drop_empty(self, folder: Path) -> None:
        with suppress(OSError):
            while folder != self.folder and folder.is_relative_to(self.folder):
                folder.rmdir()
                folder = folder.parent


def _overwrite(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\0" * size)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    with files_for(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
