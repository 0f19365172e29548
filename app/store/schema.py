"""The tables of the log as they are now, in portable SQL. How older stores get here is in migrations.py.

Times are whole microseconds since 1970 UTC: exact, ordered and the same in every database.
"""

import sqlalchemy as sa

METADATA = sa.MetaData()

# BIGINT keys do not count up by themselves in SQLite; INTEGER ones are 64 bits wide there anyway.
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SCHEMA_VERSION = sa.Table(
    "schema_version",
    METADATA,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("applied_us", sa.BigInteger, nullable=False),
)

SOURCE = sa.Table(
    "source",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),  # names are too long for some databases' indexes
    sa.Column("name", sa.Text, nullable=False),
)

VISIT = sa.Table(
    "visit",
    METADATA,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("run", sa.String(32), nullable=False),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
    sa.Column("track", sa.String(64), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("first_us", sa.BigInteger, nullable=False),
    sa.Column("last_us", sa.BigInteger, nullable=False),
    sa.Column("clock_source", sa.String(32), nullable=False),
    sa.Column("plate", sa.Text, nullable=False),
    sa.Column("original_plate", sa.Text),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("char_confidences", sa.Text, nullable=False),
    sa.Column("reads", sa.Integer, nullable=False),
    sa.Column("readings", sa.Integer),  # all that were made; older logs do not know
    sa.Column("sure", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("closed", sa.Boolean(create_constraint=False), nullable=False),  # the vehicle has left
    sa.Column("first_s", sa.Float),
    sa.Column("last_s", sa.Float),
    sa.Column("best_s", sa.Float),
    sa.Column("x1", sa.Float),
    sa.Column("y1", sa.Float),
    sa.Column("x2", sa.Float),
    sa.Column("y2", sa.Float),
    sa.Column("region", sa.String(32), nullable=False),
    sa.Column("list_name", sa.String(16), nullable=False),
    sa.Column("crop", sa.String(255), nullable=False),
    sa.Column("frame", sa.String(255), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("settled", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),  # what a person found of its hit; empty while nobody has
    sa.Column("settled_by", sa.Text, nullable=False),
    sa.Column("saved_us", sa.BigInteger, nullable=False),  # when it was first saved: what retention goes by
    sa.UniqueConstraint("run", "source_id", "track", name="uq_visit_track"),
    sa.Index("ix_visit_time", "first_us", "id"),
    sa.Index("ix_visit_source_time", "source_id", "first_us", "id"),
    sa.Index("ix_visit_list_time", "list_name", "first_us", "id"),
    sa.Index("ix_visit_saved", "saved_us", "id"),
    # few are open: SQLite and PostgreSQL keep these alone
    sa.Index("ix_visit_open", "id", sqlite_where=sa.text("NOT closed"), postgresql_where=sa.text("NOT closed")),
    sqlite_autoincrement=True,  # a purged visit's number is never given again
)

# Every text a visit can be found by: kind 0 the plate, 1 an alternative, 2 the reading before a correction.
KIND_PLATE, KIND_ALTERNATIVE, KIND_ORIGINAL = 0, 1, 2

SPELLING = sa.Table(
    "spelling",
    METADATA,
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

# Runs of three characters of the folded spellings, in the order of time: what makes *part* searches quick. No foreign
# key: to check it, deleting a visit would walk the whole table.
GRAM = sa.Table(
    "gram",
    METADATA,
    sa.Column("gram", sa.String(3), primary_key=True, autoincrement=False),
    sa.Column("first_us", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("visit_id", _KEY, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

WATCH = sa.Table(
    "watch",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("list_name", sa.String(16), nullable=False),
    sa.Column("plate", sa.Text, nullable=False),
    sa.Column("tolerance", sa.Integer, nullable=False),
    sa.Column("look_alikes", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("hours", sa.String(128), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
)

# One row: how often the watch lists were changed, so that every process sees that they were.
WATCH_CHANGES = sa.Table("watch_changes", METADATA, sa.Column("changes", sa.BigInteger, nullable=False))
