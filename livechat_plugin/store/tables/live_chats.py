"""Live chats."""

from sqlalchemy import Boolean, Column, Integer, Table, Text

from livechat_plugin.store.column_types import JsonObject, Names, Words
from livechat_plugin.store.tables.metadata import metadata

live_chats = Table(
    "live_chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    # Groups are meant by name and may come from a hook, so they are no foreign keys.
    Column("operators", Text, nullable=False),
    Column("customers", Names, nullable=False),
    Column("supervisors", Text),
    Column("routing_rule", Text, nullable=False),
    Column("routing_settings", JsonObject, nullable=False),
    Column("show_operator_name", Boolean, nullable=False),
    Column("queue_room", Text),
    Column("supervisors_room", Text),
    Column("space", Text),
    sqlite_autoincrement=True,
)
