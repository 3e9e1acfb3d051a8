"""The replicas at work on this database, and which of the lanes each of them has."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, SmallInteger, Table, false, true

from livechat_plugin.store.column_types import Key, UtcDateTime
from livechat_plugin.store.tables.metadata import metadata

replicas = Table(
    "replicas",
    metadata,
    Column("name", Key, primary_key=True),
    # By the database's clock. Who is not heard of until then has nothing any more.
    Column("until", UtcDateTime, nullable=False),
    # The process on the database's server that serves its connection: with that, it is gone too.
    Column("backend", Integer, nullable=False),
    Column("is_on", Boolean, nullable=False, server_default=true()),
    Column("has_caught_up", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)

lane_slots = Table(
    "lane_slots",
    metadata,
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    # With the row of a replica everything it had is free.
    Column("owner", Key, ForeignKey(replicas.c.name, ondelete="SET NULL"), index=True),
    sqlite_with_rowid=False,
)
