"""Places all along a long result, so that a list on screen can jump anywhere in it and page from there."""

import sqlalchemy as sa

from app.store.search import Cursor, Query, Search


def fences(connection: sa.Connection, query: Query, every: int) -> list[Cursor]:
    """Return the cursors behind each `every`-th visit that matches, newest first; the database does the walking.

    A page asked for behind fence n starts at row (n + 1) * every. Raises ValueError if every is below 1.
    """
    if every < 1:
        raise ValueError(f"fences stand at least one visit apart, not {every}")
    search = Search(connection, query)
    first_us, visit_id = search.order()
    place = sa.func.row_number().over(order_by=(first_us.desc(), visit_id.desc())).label("place")
    numbered = search.unordered_ids().with_only_columns(
        first_us.label("first_us"), visit_id.label("id"), place, maintain_column_froms=True
    )
    rows = numbered.subquery()
    found = sa.select(rows.c.first_us, rows.c.id).where(rows.c.place % every == 0).order_by(rows.c.place)
    return [Cursor(first, number) for first, number in connection.execute(found)]
