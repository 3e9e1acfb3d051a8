"""What is around the conversations: what is owed, which rooms are whose, what has arrived."""

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.store.column_types import GrowingId, Key, UtcDateTime, Words, word_of
from livechat_plugin.store.tables.conversations import conversations
from livechat_plugin.store.tables.live_chats import live_chats
from livechat_plugin.store.tables.metadata import metadata

# Partial indexes are used only by queries that repeat the condition literally, hence a text.
IS_PENDING_NOW = text("state = 'pending' AND due_at IS NULL")
IS_PENDING_LATER = text("state = 'pending' AND due_at IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("reason", Words),
    # None in what a process of an older version wrote.
    Column("slot", SmallInteger),
    # Two, so that a look for what is due does not pass over all that is due later.
    Index("ix_deliveries_pending", "id", sqlite_where=IS_PENDING_NOW, postgresql_where=IS_PENDING_NOW),
    Index("ix_deliveries_due", "due_at", sqlite_where=IS_PENDING_LATER, postgresql_where=IS_PENDING_LATER),
    # What a replica looks for, and what stands before a new one in its lane.
    Index("ix_deliveries_slot", "slot", "id", sqlite_where=IS_PENDING_NOW, postgresql_where=IS_PENDING_NOW),
    Index("ix_deliveries_lane", "lane", "id", sqlite_where=IS_PENDING_NOW, postgresql_where=IS_PENDING_NOW),
    sqlite_autoincrement=True,
)

rooms = Table(
    "rooms",
    metadata,
    Column("room_id", Key, primary_key=True),
    Column("kind", word_of(RoomKind), nullable=False),
    Column("live_chat_id", Integer, ForeignKey(live_chats.c.id)),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id)),
    sqlite_with_rowid=False,
)

seen_events = Table(
    "seen_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    sqlite_with_rowid=False,
)

held_events = Table(
    "held_events",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id), nullable=False, index=True),
    Column("event", Text, nullable=False),
    sqlite_autoincrement=True,
)

rejected_events = Table(
    "rejected_events",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("event_id", Words),
    Column("reason", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", Text, nullable=False),
)
