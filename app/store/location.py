"""Where a log lies: its address, its database file, its pictures, its lock; and who may read them."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from platformdirs import user_data_path
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from app.config.bootstrap import APP_NAME
from app.config.redaction import redact
from app.store.errors import LogError, LogUnavailable

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps where a file cannot be used: where its disk is full, and where it may not or cannot be used."""

    full: str
    elsewhere: str


LOG = Remedy("Free some space; reads wait in memory and are written then.", "choose another place with --log")
EXPORT = Remedy("Free some space and export again.", "choose another file")


@dataclass(frozen=True, slots=True)
class Place:
    """A log's address. file is None unless the database is an SQLite file; pictures is the picture folder."""

    url: sa.URL
    file: Path | None
    pictures: Path

    @property
    def name(self) -> str:
        """The log as messages name it: its file, or its address without password."""
        return str(self.file) if self.file is not None else redact(self.url.render_as_string(hide_password=True))

    @property
    def lock_file(self) -> Path | None:
        """The file that keeps a second writer out, or None where the database sees to that itself."""
        return None if self.file is None else self.file.with_name(self.file.name + ".lock")


def default_folder() -> Path:
    """Return the folder of the log in the user's data folder; it may not exist yet."""
    return user_data_path(APP_NAME) / "log"


def locate(log: str | Path | None = None, pictures: Path | None = None) -> Place:
    """Return the Place of a log: None is the user's own, a path an SQLite file, else an SQLAlchemy address.

    pictures: another folder for the pictures than `pictures` beside the database. Raises LogError for a bad address.
    """
    if log is not None and "\0" in str(log):
        raise LogError(f"'{redact(str(log))}' is no place for a log: no disk can hold that name.")
    text = str(log) if log is not None else str(default_folder() / "plates.sqlite3")
    url = _address(text) if "://" in text else sa.URL.create("sqlite", database=text)
    if url.get_backend_name() != "sqlite":
        return Place(url, None, pictures or default_folder() / "pictures")
    if not url.database or url.database == ":memory:":
        raise LogError(
            f"'{redact(text)}' is a log in memory, which keeps nothing: give --log a file, such as sqlite:///plates.sqlite3"
        )
    try:
        file = Path(url.database).expanduser().absolute()
        file.exists()
    except (RuntimeError, OSError, ValueError) as error:  # ~name where nobody is called so, or no disk can hold it
        raise LogError(f"'{redact(text)}' is no place for a log: {error}") from error
    return Place(url.set(database=str(file)), file, pictures or file.with_name("pictures"))


def _address(text: str) -> sa.URL:
    full = text
    if text.startswith("postgres://"):  # as hosts of databases hand it out; SQLAlchemy knows the full name only
        full = f"postgresql://{text.removeprefix('postgres://')}"
    try:
        url = sa.make_url(full)
        url.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise LogError(f"'{redact(text)}' is no address of a log: {redact(str(error))}") from error
    except ImportError as error:
        raise LogError(f"'{redact(text)}' needs a driver that is not installed ({error}): pip install it.") from error
    return url


def private_folder(folder: Path) -> None:
    """Make folder and what is missing above it, for this user only; a folder that is there keeps its rights.

    Raises LogUnavailable naming the folder.
    """
    with files_for(folder):
        for part in reversed([folder, *folder.parents]):
            if not part.exists():
                part.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder))


def private_file(file: Path) -> None:
    """Make file if it is missing, and see that only this user can read and write it. Raises LogUnavailable."""
    with files_for(file):
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, FILE_MODE))
        file.chmod(FILE_MODE)


@contextmanager
def files_for(path: Path, remedy: Remedy = LOG) -> Iterator[None]:
    """Turn an OSError in the block into LogUnavailable that says what is wrong with path and what helps."""
    try:
        yield
    except OSError as error:
        raise LogUnavailable(file_trouble(error, path, remedy)) from error


def file_trouble(error: OSError, path: Path, remedy: Remedy = LOG) -> str:
    """Return what an OSError means for the person, with the remedy."""
    if error.errno in _DISK_FULL:
        return f"The disk of {path} is full. {remedy.full}"
    if error.errno in _NOT_ALLOWED:
        why = "cannot be written: read-only, or not allowed for this user. Change its rights"
    elif error.errno == errno.ENOENT:
        why = "cannot be used: there is no such file or folder. Check its name"
    else:
        why = f"cannot be used: {error.strerror or error}. Check the disk"
    return f"{path} {why}, or {remedy.elsewhere}."
