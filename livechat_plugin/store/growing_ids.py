"""Ids of new rows, many in one statement: what is inserted under known ids needs not be asked for them one by one."""

from collections.abc import Sequence

from sqlalchemy import text

from livechat_plugin.store.connections import SqlConnection

_NEXT = text("SELECT nextval(pg_get_serial_sequence(:of_table, 'id')) FROM generate_series(1, :count)")
# Whoever writes has the whole file, so nobody counts on meanwhile; rows with an id of their own count, too.
_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = :of_table")


async def next_ids(db: SqlConnection, table: str, count: int) -> Sequence[int]:
    """Ids in rising order, higher than any before in this table; only in a writing unit of work.

    On SQLite they are taken only when rows with them are inserted, which must happen before others are.
    """
    if db.dialect == "sqlite":
        last = (await db.execute(_LAST, {"of_table": table})).scalar_one_or_none() or 0
        return range(last + 1, last + 1 + count)
    return sorted((await db.execute(_NEXT, {"of_table": table, "count": count})).scalars())
