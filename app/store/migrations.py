"""Steps that bring a store of any age to the present schema, run in order when the log is opened to write.

A step is never changed once released: it describes the tables as they were then, not as schema.py has them now.
Each runs in one transaction together with its row in schema_version, so a power cut leaves whole steps.
"""

import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from app.store.database import Database
from app.store.errors import LogError, LogTooNew, LogUnavailable
from app.store.spelling import compact, fold_compact, grams

_BATCH = 5000
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_VERSIONS = sa.table("schema_version", sa.column("version"), sa.column("applied_us"))


def migrate(database: Database) -> int:
    """Bring the store to the present version and return it. Raises LogTooNew for a store of a newer program."""
    version = current_version(database)
    if version == 0:
        _refuse_foreign(database)
    for number, step in enumerate(STEPS, start=1):
        if number > version:
            with database.writing() as connection:
                step(connection)
                connection.execute(_VERSIONS.insert().values(version=number, applied_us=time.time_ns() // 1000))
    return LATEST


def _refuse_foreign(database: Database) -> None:
    """Raise LogError for an SQLite file that holds another program's tables: it is none of ours to change."""
    if not database.is_sqlite:
        return  # tables of several programs may share a server's database
    with database.reading() as connection:
        tables = sa.inspect(connection).get_table_names()
    if tables:
        name = database.place.name
        raise LogError(f"{name} is a database of another program (it has a table {tables[0]}): choose another log.")


def check(database: Database) -> None:
    """Raise LogUnavailable if a store opened to read only is older than the program, LogTooNew if newer."""
    if current_version(database) < LATEST:
        raise LogUnavailable(
            f"The log {database.place.name} is from an older version. Open it once to write; that brings it up to date."
        )


def current_version(database: Database) -> int:
    """Return the store's schema version, 0 for an empty one. Raises LogTooNew for a version this program lacks."""
    with database.reading() as connection:
        if not sa.inspect(connection).has_table("schema_version"):
            return 0
        version = connection.execute(sa.select(sa.func.max(_VERSIONS.c.version))).scalar() or 0
    if version > LATEST:
        raise LogTooNew(
            f"The log {database.place.name} has schema version {version}; this program knows up to {LATEST}. "
            "Update the program, or choose another log with --log."
        )
    return int(version)


def _visits(connection: sa.Connection) -> None:
    """Version 1: visits, their sources, and the watch lists."""
    metadata = sa.MetaData()
    sa.Table(
        "schema_version",
        metadata,
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("applied_us", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "source",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    _visit_table_1(metadata)
    sa.Table(
        "watch",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("list_name", sa.String(16), nullable=False),
        sa.Column("plate", sa.Text, nullable=False),
        sa.Column("tolerance", sa.Integer, nullable=False),
        sa.Column("look_alikes", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("hours", sa.String(128), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
    )
    metadata.create_all(connection)


def _visit_table_1(metadata: sa.MetaData) -> None:
    texts = ("plate", "char_confidences", "alternatives", "note")
    names = (("clock_source", 32), ("region", 32), ("list_name", 16), ("crop", 255), ("frame", 255))
    figures = ("first_s", "last_s", "x1", "y1", "x2", "y2")
    sa.Table(
        "visit",
        metadata,
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("track", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in names),
        *(sa.Column(name, sa.Float) for name in figures),
        sa.Column("original_plate", sa.Text),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("reads", sa.Integer, nullable=False),
        sa.UniqueConstraint("run", "source_id", "track", name="uq_visit_track"),
        sa.Index("ix_visit_time", "first_us", "id"),
        sa.Index("ix_visit_source_time", "source_id", "first_us", "id"),
        sa.Index("ix_visit_list_time", "list_name", "first_us", "id"),
        sqlite_autoincrement=True,
    )


def _search_tables(connection: sa.Connection) -> None:
    """Version 2: every text a visit can be found by, and its runs of three characters."""
    metadata = sa.MetaData()
    sa.Table("visit", metadata, sa.Column("id", _KEY, primary_key=True))  # there already; named for the foreign key
    spelling = sa.Table(
        "spelling",
        metadata,
        sa.Column("visit_id", _KEY, sa.ForeignKey("visit.id"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("compact", sa.String(64), nullable=False),
        sa.Column("folded", sa.String(64), nullable=False),
        sa.Index("ix_spelling_folded", "folded", "kind", "visit_id"),
        sqlite_with_rowid=False,
    )
    gram = sa.Table(
        "gram",
        metadata,
        sa.Column("gram", sa.String(3), primary_key=True, autoincrement=False),
        sa.Column("first_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("visit_id", _KEY, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    metadata.create_all(connection, tables=[spelling, gram])
    _fill_search_tables(connection, spelling, gram)


def _fill_search_tables(connection: sa.Connection, spelling: sa.Table, gram: sa.Table) -> None:
    names = ("id", "first_us", "plate", "original_plate", "confidence", "alternatives")
    visit = sa.table("visit", *(sa.column(name) for name in names))
    last = 0
    while rows := connection.execute(
        sa.select(visit).where(visit.c.id > last).order_by(visit.c.id).limit(_BATCH)
    ).all():
        spellings = [entry for row in rows for entry in _spellings_1(row)]
        connection.execute(spelling.insert(), spellings)
        times = {row.id: row.first_us for row in rows}
        triples = {(part, times[s["visit_id"]], s["visit_id"]) for s in spellings for part in grams(str(s["folded"]))}
        if triples:
            connection.execute(
                gram.insert(), [{"gram": part, "first_us": when, "visit_id": number} for part, when, number in triples]
            )
        last = rows[-1].id


def _spellings_1(row: sa.Row[tuple[object, ...]]) -> list[dict[str, object]]:
    """Return the spelling rows of a version 1 visit; its alternatives are written `TEXT=0.5 TEXT=0.2`."""
    found = [(0, 0, str(row.plate), float(row.confidence))]
    for place, part in enumerate(str(row.alternatives).split()):
        text, _, confidence = part.rpartition("=")
        found.append((1, place, text, float(confidence)))
    if row.original_plate is not None:
        found.append((2, 0, str(row.original_plate), float(row.confidence)))
    return [
        {
            "visit_id": row.id,
            "kind": kind,
            "place": place,
            "text": text,
            "confidence": confidence,
            "compact": compact(text),
            "folded": fold_compact(text),
        }
        for kind, place, text, confidence in found
    ]


def _settled_hits(connection: sa.Connection) -> None:
    """Version 3: a person can settle a watch-list hit; the alternatives live in the search tables alone."""
    column: sa.Column[bool] = sa.Column(
        "settled", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false()
    )
    definition = str(CreateColumn(column).compile(dialect=connection.dialect))
    connection.execute(sa.text(f"ALTER TABLE visit ADD COLUMN {definition}"))
    connection.execute(sa.text("ALTER TABLE visit DROP COLUMN alternatives"))


def _saved_times(connection: sa.Connection) -> None:
    """Version 4: when each visit was saved.

    A live visit was saved when it was last seen. When a recording's visits were saved nothing tells, and its own time
    may be years back: they count from now, so that none goes before its time.
    """
    now = time.time_ns() // 1000
    visit = sa.Table(
        "visit",
        sa.MetaData(),
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("clock_source", sa.String(32), nullable=False),
        sa.Column("saved_us", sa.BigInteger, nullable=False, server_default=sa.text(str(now))),
    )
    definition = str(CreateColumn(visit.c.saved_us).compile(dialect=connection.dialect))
    connection.execute(sa.text(f"ALTER TABLE visit ADD COLUMN {definition}"))
    live = (visit.c.clock_source == "live", visit.c.last_us < now)
    connection.execute(sa.update(visit).where(*live).values(saved_us=visit.c.last_us))
    sa.Index("ix_visit_saved", visit.c.saved_us, visit.c.id).create(connection)


def _open_visits(connection: sa.Connection) -> None:
    """Version 5: visits that are still open, whether a read is sure, how many readings there were, and the best's time.

    Older logs have closed visits only, and nothing unsure was kept.
    """
    visit = sa.Table(
        "visit",
        sa.MetaData(),
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("readings", sa.Integer),
        sa.Column("sure", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.true()),
        sa.Column("closed", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.true()),
        sa.Column("best_s", sa.Float),
    )
    for column in (visit.c.readings, visit.c.sure, visit.c.closed, visit.c.best_s):
        definition = str(CreateColumn(column).compile(dialect=connection.dialect))
        connection.execute(sa.text(f"ALTER TABLE visit ADD COLUMN {definition}"))
    is_open = sa.text("NOT closed")
    sa.Index("ix_visit_open", visit.c.id, sqlite_where=is_open, postgresql_where=is_open).create(connection)


def _verdicts(connection: sa.Connection) -> None:
    """Version 6: what a person found of a hit, and who it was. Hits settled before have no verdict."""
    visit = sa.Table(
        "visit",
        sa.MetaData(),
        sa.Column("verdict", sa.String(16), nullable=False, server_default=""),
        sa.Column("settled_by", sa.Text, nullable=False, server_default=""),
    )
    for column in (visit.c.verdict, visit.c.settled_by):
        definition = str(CreateColumn(column).compile(dialect=connection.dialect))
        connection.execute(sa.text(f"ALTER TABLE visit ADD COLUMN {definition}"))


def _watch_changes(connection: sa.Connection) -> None:
    """Version 7: how often the watch lists were changed; letters with marks are found by the letters without."""
    changes = sa.Table("watch_changes", sa.MetaData(), sa.Column("changes", sa.BigInteger, nullable=False))
    changes.create(connection)
    connection.execute(changes.insert().values(changes=0))
    names = ("visit_id", "kind", "place", "text", "compact", "folded")
    spelling = sa.table("spelling", *(sa.column(name) for name in names))
    marked = spelling.c.compact.op("GLOB")("*[^0-9A-Z]*") if connection.dialect.name == "sqlite" else sa.true()
    for row in connection.execute(sa.select(spelling).where(marked)).all():
        _respell(connection, spelling, row)


def _respell(connection: sa.Connection, spelling: sa.TableClause, row: sa.Row[tuple[object, ...]]) -> None:
    """Bring one spelling's search forms up to date, with the grams of its visit."""
    new = {"compact": compact(str(row.text)), "folded": fold_compact(str(row.text))}
    if (row.compact, row.folded) == (new["compact"], new["folded"]):
        return
    same = (spelling.c.visit_id == row.visit_id, spelling.c.kind == row.kind, spelling.c.place == row.place)
    connection.execute(sa.update(spelling).where(*same).values(new))
    visit = sa.table("visit", sa.column("id"), sa.column("first_us"))
    gram = sa.table("gram", sa.column("gram"), sa.column("first_us"), sa.column("visit_id"))
    first_us = connection.execute(sa.select(visit.c.first_us).where(visit.c.id == row.visit_id)).scalar_one()
    of_visit = (gram.c.first_us == first_us, gram.c.visit_id == row.visit_id)
    held = set(connection.execute(sa.select(gram.c.gram).where(*of_visit)).scalars())
    texts = connection.execute(sa.select(spelling.c.folded).where(spelling.c.visit_id == row.visit_id)).scalars()
    wanted = frozenset().union(*(grams(text) for text in texts))
    if gone := held - wanted:
        connection.execute(sa.delete(gram).where(*of_visit, gram.c.gram.in_(gone)))
    if added := wanted - held:
        rows = [{"gram": part, "first_us": first_us, "visit_id": row.visit_id} for part in sorted(added)]
        connection.execute(gram.insert(), rows)


STEPS: tuple[Callable[[sa.Connection], None], ...] = (
    _visits,
    _search_tables,
    _settled_hits,
    _saved_times,
    _open_visits,
    _verdicts,
    _watch_changes,
)
LATEST = len(STEPS)
