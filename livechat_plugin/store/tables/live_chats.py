"""Live chats."""

from sqlalchemy import Boolean, Column, Integer, Table, false

from livechat_plugin.core.live_chats import DEFAULT_SESSION_NAME
from livechat_plugin.store.column_types import JsonObject, Key, Names, UtcDateTime, Words
from livechat_plugin.store.tables.metadata import metadata

live_chats = Table(
    "live_chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Key, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    # Groups are meant by name and may come from a hook, so they are no foreign keys.
    Column("operators", Key, nullable=False),
    Column("customers", Names, nullable=False),
    Column("supervisors", Key),
    Column("routing_rule", Key, nullable=False),
    Column("routing_settings", JsonObject, nullable=False),
    Column("show_operator_name", Boolean, nullable=False),
    Column("queue_room", Key),
    Column("supervisors_room", Key),
    Column("space", Key),
    # Keys of apps that hooks offer, hence no foreign keys.
    Column("account_app", Key),
    Column("message_apps", Names, nullable=False, server_default="[]"),
    Column("show_operator_name_to_external", Boolean, nullable=False, server_default=false()),
    Column("session_name", Words, nullable=False, server_default=DEFAULT_SESSION_NAME),
    Column("waiting_alert", Integer, nullable=False, server_default="0"),
    Column("deleted_at", UtcDateTime),
    Column("version", Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)
