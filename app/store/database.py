"""Connections to the log's database: one writer at a time, any number of readers, errors in plain words."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from app.store.errors import DamagedRow, LogCorrupt, LogError, LogUnavailable
from app.store.location import Place, private_file, private_folder

BUSY_SECONDS = 1.0  # the writer keeps what it has and tries again, so it need not wait long here
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REFUSED = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH)  # trying again is no use
_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk of {log} is full. Free some space; reads wait in memory and are written then.",
    sqlite3.SQLITE_BUSY: "The log {log} is locked by another program. Close what uses it; writing is tried again.",
    sqlite3.SQLITE_LOCKED: "The log {log} is locked by another program. Close what uses it; writing is tried again.",
    sqlite3.SQLITE_READONLY: "The log {log} is read-only. Change its rights, or choose another place with --log.",
    sqlite3.SQLITE_PERM: "The log {log} may not be used by this user. Change its rights, or choose --log.",
    sqlite3.SQLITE_CANTOPEN: "The log {log} cannot be opened. Check that its folder is there and can be written.",
    sqlite3.SQLITE_IOERR: "The disk of the log {log} reports an error. Check the disk; writing is tried again.",
}
_CORRUPT_TEXT = "The log {log} is damaged. It will be set aside, not deleted, and a new one begun."


class Database:
    """Two engines on one database: one for the writer, one for readers that never block it (SQLite: WAL)."""

    def __init__(self, place: Place, read_only: bool = False, busy_s: float = BUSY_SECONDS) -> None:
        """Open the database; busy_s: how long to wait for another program's transaction."""
        self.place = place
        self.read_only = read_only
        self._busy_s = busy_s
        self._lock = threading.RLock()
        with self.plain_words():
            if place.file is None:
                self._writer = self._reader = sa.create_engine(place.url, pool_pre_ping=True)
            else:
                self._writer, self._reader = self._open_file(place.file)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is an SQLite file."""
        return self.place.file is not None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one consistent state of the log."""
        with self.plain_words(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give the one writing connection; committed at the end of the block, rolled back on an error."""
        if self.read_only:
            raise LogError(f"The log {self.place.name} was opened to read only.")
        with self.plain_words(), self._lock, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def plain_words(self) -> Iterator[None]:
        """Turn database errors in the block into LogUnavailable or LogCorrupt."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise self._explain(error) from error
        except (DamagedRow, UnicodeDecodeError) as error:  # what SQLite says of a damaged schema holds its bytes
            raise LogCorrupt(_CORRUPT_TEXT.format(log=self.place.name)) from error

    def maintain(self, *statements: str) -> list[tuple[object, ...]]:
        """Run SQLite statements outside a transaction (PRAGMA, VACUUM); the last one's rows. Nothing elsewhere."""
        if not self.is_sqlite or self.read_only:
            return []
        rows: list[tuple[object, ...]] = []
        with self.plain_words(), self._lock, self._writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            for statement in statements:
                rows = list(raw.execute(statement))
        return rows

    def give_back_space(self) -> None:
        """Return an SQLite store's free pages to the disk and empty its write-ahead log."""
        if self.is_sqlite and not self.read_only:
            with self.plain_words(), self._lock, self._writer.connect() as connection:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                # each step frees one page, and execute() takes but one step of a statement without columns
                raw.executescript("PRAGMA incremental_vacuum")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections."""
        with suppress(DBAPIError, sqlite3.Error):
            self._reader.dispose()
            self._writer.dispose()

    def _open_file(self, file: Path) -> tuple[sa.Engine, sa.Engine]:
        if self.read_only:
            if not file.exists():
                raise LogUnavailable(f"There is no log at {file} yet. Read something first, or choose one with --log.")
            reader = _engine(lambda: _connect(file, _read_mode(file), self._busy_s), "BEGIN")
            return reader, reader
        private_folder(file.parent)
        private_file(file)
        writer = _engine(lambda: _connect(file, "mode=rw", self._busy_s, _WRITER_PRAGMAS), "BEGIN IMMEDIATE")
        reading = ("PRAGMA query_only=ON",)
        return writer, _engine(lambda: _connect(file, "mode=rw", self._busy_s, reading), "BEGIN")

    def _explain(self, error: DBAPIError | sqlite3.Error) -> LogError:
        original = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(original, "sqlite_errorcode", None)
        primary = None if code is None else code & 0xFF
        if primary in _CORRUPT:
            return LogCorrupt(_CORRUPT_TEXT.format(log=self.place.name))
        advice = _ADVICE.get(primary) if primary is not None else None
        if advice is not None:
            return LogUnavailable(advice.format(log=self.place.name))
        refused = isinstance(error, (IntegrityError, DataError, ProgrammingError, NotSupportedError))
        kind = LogError if refused or primary in _REFUSED else LogUnavailable
        return kind(f"The log {self.place.name} cannot do this: {original}")


_COMMON_PRAGMAS = (
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
)
_AUTO_VACUUM, _INCREMENTAL = "PRAGMA auto_vacuum=INCREMENTAL", 2
# auto_vacuum must come before the first table, and writes to the file even where it is set; secure_delete overwrites
# what is deleted; FULL makes a commit outlive a power cut, not just a crash of the program.
_WRITER_PRAGMAS = (
    _AUTO_VACUUM,
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
)


def _connect(file: Path, mode: str, busy_s: float, pragmas: tuple[str, ...] = ()) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?{mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=busy_s
    )
    try:
        for pragma in (f"PRAGMA busy_timeout={int(busy_s * 1000)}", *_COMMON_PRAGMAS, *pragmas):
            if pragma != _AUTO_VACUUM or connection.execute("PRAGMA auto_vacuum").fetchone() != (_INCREMENTAL,):
                connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _read_mode(file: Path) -> str:
    """Return how to open file to read only: in a folder we cannot write, SQLite must be told that nobody else does."""
    log = file.with_name(file.name + "-wal")
    if os.access(file.parent, os.W_OK) or (log.exists() and log.stat().st_size > 0):
        return "mode=ro"
    return "mode=ro&immutable=1"


def _engine(connect: Callable[[], sqlite3.Connection], begin: str) -> sa.Engine:
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.QueuePool, pool_size=4, max_overflow=8)
    # the driver would begin a transaction late and end it early; say exactly when
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
