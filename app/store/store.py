"""The store of the log: visits in a database, their pictures beside it."""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from app.records import VERDICTS, Record
from app.store import migrations, search
from app.store.database import Database
from app.store.deletion import delete_unused_sources, delete_visits
from app.store.errors import LogCorrupt, LogError, LogUnavailable
from app.store.location import Place, files_for, locate, private_folder
from app.store.lock import WriterLock
from app.store.pictures import PictureFolder
from app.store.rows import source_digest, storable, track_name
from app.store.saving import Saving, get_visit
from app.store.schema import SOURCE, VISIT
from app.store.types import Entry
from app.store.watchlist import WatchTable

_BESIDE_BUSY_S = 15.0  # how long a change waits for the process that writes the log
_CHECKED_WHOLE = 32 << 20  # bytes; larger stores are checked whole only after a bad end


class Store:
    """One open log. Any thread may read; writes take turns. Use open(), and close() or a with block."""

    def __init__(self, database: Database, lock: WriterLock | None) -> None:
        self.database = database
        self.pictures = PictureFolder(database.place.pictures)
        self.watch = WatchTable(lambda: self.database)
        self.notices: tuple[str, ...] = ()
        self._lock = lock
        self._changing = threading.RLock()
        self._saving = threading.Lock()
        self._ready = database.read_only

    @classmethod
    def open(cls, log: str | Path | None = None, pictures: Path | None = None, read_only: bool = False) -> Self:
        """Open a log, made if it is missing: None is the user's own, a path an SQLite file, else an SQLAlchemy address.

        A damaged store is set aside, a new one begun, and `notices` says so. Raises LogInUse while another process
        writes it (offer read_only then), LogUnavailable if it cannot be opened now, LogTooNew, LogError.
        """
        place = locate(log, pictures)
        lock = None if read_only else _take_lock(place)
        store = None
        try:
            store = cls(Database(place, read_only), lock)
            if read_only:
                migrations.check(store.database)
            else:
                store._make_ready(thoroughly=lock is not None and lock.ended_badly)
        except BaseException:
            if store is not None:
                store.close()
            elif lock is not None:
                lock.release()
            raise
        return store

    @classmethod
    def open_beside(cls, log: str | Path | None = None, pictures: Path | None = None) -> Self:
        """Open a log that another process may be writing, to change watch lists or single visits in short transactions.

        Raises LogUnavailable where there is no log yet or an older version's: open() makes it, or brings it up to date.
        """
        place = locate(log, pictures)
        if place.file is not None and not place.file.exists():
            raise LogUnavailable(f"There is no log at {place.name} yet.")
        store = cls(Database(place, busy_s=_BESIDE_BUSY_S), None)
        try:
            migrations.check(store.database)
        except BaseException:
            store.close()
            raise
        store._ready = True
        return store

    @property
    def place(self) -> Place:
        """Where this log lies."""
        return self.database.place

    @property
    def read_only(self) -> bool:
        """Whether this store only reads."""
        return self.database.read_only

    def close(self) -> None:
        """Close the store and let others write it; a second call does nothing."""
        self.database.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def save(self, entries: Sequence[Entry]) -> list[Record]:
        """Save visits with their pictures in one transaction and return them as stored, ids set.

        When this returns, all of it is on the disk. A visit of the same run, source and track is replaced unless its
        revision is newer; what a person corrected stays corrected. Raises LogUnavailable, and then nothing is saved.
        """
        self._see_to_it()
        with self._saving:
            saved, outdated = self._save(entries)
        with suppress(LogError):  # the rows are saved; a picture that stays behind is found by the next clean-up
            self.pictures.remove(outdated)
        return saved

    @contextmanager
    def between_saves(self) -> Iterator[None]:
        """Hold back saving: in the block every picture that belongs to a visit is named by one."""
        with self._saving:
            yield

    def set_aside_before(self) -> list[Path]:
        """Return the damaged stores that were set aside beside this one, which nothing can search."""
        file = self.place.file
        return [] if file is None else sorted(file.parent.glob(f"{escape(file.stem)}.corrupt-*{escape(file.suffix)}"))

    def get(self, visit_id: int) -> Record:
        """Return one visit. Raises NotFound."""
        with self.database.reading() as connection:
            return get_visit(connection, visit_id)

    def page(self, query: search.Query, after: search.Cursor | None = None, limit: int = 100) -> search.Page:
        """Return up to limit visits that match, newest first, starting behind a cursor of an earlier page."""
        with self.database.reading() as connection:
            return search.page(connection, query, after, limit)

    def count(self, query: search.Query, at_most: int | None = None) -> int:
        """Return how many visits match; with at_most counting stops there, which is quick."""
        with self.database.reading() as connection:
            return search.count(connection, query, at_most)

    def each(self, query: search.Query, page_size: int = 500) -> Iterator[Record]:
        """Give all visits that match, newest first, without holding a transaction open."""
        after = None
        while True:
            page = self.page(query, after, page_size)
            yield from page.visits
            if page.next is None:
                return
            after = page.next

    def correct(self, visit_id: int, plate: str, note: str | None = None) -> Record:
        """Set the plate a person says it is; what was read stays as original_plate. Raises NotFound, LogError."""
        text = " ".join(plate.upper().split())
        if not text:
            raise LogError("A corrected plate cannot be empty; use purge to remove a read.")
        with self._changing, self.database.writing() as connection:
            old = get_visit(connection, visit_id)
            original = old.plate if old.original_plate is None else old.original_plate
            new = replace(
                old,
                plate=text,
                original_plate=None if text == original else original,
                note=old.note if note is None else note,
                list_name=self.watch.list_of(text, old.first_time),
            )
            return Saving(connection).rewrite(old, new)

    def annotate(self, visit_id: int, note: str) -> Record:
        """Set a visit's note. Raises NotFound."""
        return self._change(visit_id, note=storable(note))

    def settle(self, visit_id: int, settled: bool = True, verdict: str = "", by: str = "") -> Record:
        """Mark a visit's watch-list hit as dealt with, or not.

        Args:
            visit_id: The visit's number.
            settled: Whether it is dealt with; where it is not, verdict and by are emptied.
            verdict: What was found of it, one of app.records.VERDICTS, or empty.
            by: Who dealt with it.

        Raises:
            NotFound: There is no such visit.
            ValueError: The verdict is none.
        """
        if verdict and verdict not in VERDICTS:
            raise ValueError(f"{verdict}: no verdict; one of {', '.join(VERDICTS)}")
        return self._change(
            visit_id, settled=settled, verdict=verdict if settled else "", settled_by=storable(by) if settled else ""
        )

    def delete(self, visit_ids: Sequence[int]) -> int:
        """Delete visits with their images, for good, and return how many there were."""
        with self._changing, self.database.writing() as connection:
            there = sa.select(VISIT.c.id).where(VISIT.c.id.in_(visit_ids))
            ids = list(connection.execute(there).scalars())
            pictures = delete_visits(connection, ids)
            delete_unused_sources(connection)
        self.pictures.remove(pictures)
        return len(ids)

    def discard_run(self, run: str) -> int:
        """Delete all visits of a run, as before doing it again, and return how many."""
        with self._changing, self.database.writing() as connection:
            ids = list(connection.execute(sa.select(VISIT.c.id).where(VISIT.c.run == run)).scalars())
            pictures = delete_visits(connection, ids)
            delete_unused_sources(connection)
        self.pictures.remove(pictures)
        return len(ids)

    def delete_other_tracks(self, run: str, source: str, tracks: Collection[str]) -> int:
        """Delete a run's visits of a source besides these tracks, which is what reading it anew gave; return how many.

        What a person corrected or noted stays.
        """
        wanted = {track_name(track) for track in tracks}
        query = sa.select(VISIT.c.id, VISIT.c.track).join(SOURCE, SOURCE.c.id == VISIT.c.source_id)
        untouched = (VISIT.c.original_plate.is_(None), VISIT.c.note == "", VISIT.c.settled.is_(False))
        of_source = query.where(VISIT.c.run == run, SOURCE.c.digest == source_digest(storable(source)), *untouched)
        with self._changing, self.database.writing() as connection:
            ids = [row.id for row in connection.execute(of_source) if row.track not in wanted]
            pictures = delete_visits(connection, ids)
        self.pictures.remove(pictures)
        return len(ids)

    def close_open_visits(self) -> int:
        """Mark the visits as over that a run left open which was killed, and return how many."""
        with self._changing, self.database.writing() as connection:
            is_open = VISIT.c.closed == sa.false()
            return connection.execute(sa.update(VISIT).where(is_open).values(closed=True)).rowcount

    def sources(self) -> list[str]:
        """Return the names of all sources in the log, in alphabetical order."""
        with self.database.reading() as connection:
            return sorted(connection.execute(sa.select(SOURCE.c.name)).scalars())

    def set_aside(self) -> Path:
        """Move a damaged SQLite store aside, begin a new one, and return the old one's new name."""
        file = self.place.file
        if file is None:
            raise LogError(f"The log {self.place.name} is no file; its database's own tools must repair it.")
        with self._changing:
            aside = _free_name(file)
            self._ready = False
            self.database.close()
            for ending in ("-wal", "-shm", ""):
                part = file.with_name(file.name + ending)
                if part.exists():
                    with files_for(part):
                        part.replace(aside.with_name(aside.name + ending))
            self.notices += (f"The log {file} was damaged. It is kept as {aside}; a new log was begun.",)
            self._see_to_it()
        return aside

    def _make_ready(self, thoroughly: bool) -> None:
        try:
            _verify(self.database, thoroughly)
            migrations.migrate(self.database)
            self._ready = True
        except LogCorrupt:
            self.set_aside()
        self.pictures.clear_incoming()

    def _see_to_it(self) -> None:
        """Begin a new store where there is none: the old one was set aside, or its file was taken away."""
        file = self.place.file
        if self.read_only or (self._ready and (file is None or file.exists())):
            return
        with self._changing:
            if self._ready:
                self.notices += (f"The log {file} was removed while it was open; a new one was begun.",)
            self._ready = False
            self.database.close()
            self.database = Database(self.place)
            migrations.migrate(self.database)
            self._ready = True
            self.watch.write_again()

    def _save(self, entries: Sequence[Entry]) -> tuple[list[Record], list[str]]:
        """Write pictures, then rows; all or nothing."""
        illustrated: list[Entry] = []
        try:
            for entry in entries:
                illustrated.append(self._with_pictures(entry))
            with self._changing, self.database.writing() as connection:
                return Saving(connection).all(illustrated)
        except BaseException:
            with suppress(LogError):
                self.pictures.remove(name for entry in illustrated for name in (entry.visit.crop, entry.visit.frame))
            raise

    def _with_pictures(self, entry: Entry) -> Entry:
        if not (entry.crop or entry.frame):
            return entry
        names = self.pictures.write(entry.visit.first_time, (("crop", entry.crop), ("frame", entry.frame)))
        return replace(entry, visit=replace(entry.visit, crop=names[0], frame=names[1]))

    def _change(self, visit_id: int, **values: object) -> Record:
        with self._changing, self.database.writing() as connection:
            connection.execute(sa.update(VISIT).where(VISIT.c.id == visit_id).values(values))
            return get_visit(connection, visit_id)


def _take_lock(place: Place) -> WriterLock | None:
    if place.file is None or place.lock_file is None:
        return None
    private_folder(place.file.parent)
    return WriterLock.acquire(place.lock_file)


def _verify(database: Database, thoroughly: bool) -> None:
    """Raise LogCorrupt if the store is damaged: every page if thoroughly or small, else what opening it touches."""
    file = database.place.file
    if file is None:
        return
    if thoroughly or file.stat().st_size < _CHECKED_WHOLE:
        if database.maintain("PRAGMA quick_check(1)") != [("ok",)]:
            raise LogCorrupt(f"The log {file} is damaged.")
    else:
        database.maintain("SELECT count(*) FROM sqlite_master")


def _free_name(file: Path) -> Path:
    """Return a name beside file for a damaged store that nothing has yet."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for number in range(1000):
        aside = file.with_name(f"{file.stem}.corrupt-{stamp}{f'-{number}' if number else ''}{file.suffix}")
        if not aside.exists():
            return aside
    raise LogError(f"Too many damaged logs beside {file}: move some away.")
