"""Who did what, dialogs that are not finished, and events that wait until the plugin is switched on again."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from livechat_plugin.store.column_types import GrowingId, JsonObject, Key, Names, UtcDateTime, Words
from livechat_plugin.store.tables.conversations import conversations
from livechat_plugin.store.tables.metadata import metadata

audit = Table(
    "audit",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("subject", Words, nullable=False),
    Column("details", JsonObject, nullable=False),
    # By its slug, which outlives the live chat.
    Column("live_chat", Key),
    Index(None, "live_chat", "id"),
    Index(None, "actor", "id"),
    sqlite_autoincrement=True,
)

dialogs = Table(
    "dialogs",
    metadata,
    Column("room_id", Key, primary_key=True),
    Column("user_id", Key, primary_key=True),
    Column("form", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("context", JsonObject, nullable=False),
    Column("answers", JsonObject, nullable=False),
    Column("again", Names, nullable=False),
    Column("asks_all", Boolean, nullable=False),
)

postponed_events = Table(
    "postponed_events",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id)),
    Column("event", Text, nullable=False),
    sqlite_autoincrement=True,
)
