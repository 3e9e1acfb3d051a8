"""Customers' accounts, and their conversations with everything in them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.sessions import Priority, SessionState
from livechat_plugin.store.column_types import GrowingId, Key, UtcDateTime, Words, word_of
from livechat_plugin.store.tables.live_chats import live_chats
from livechat_plugin.store.tables.metadata import metadata

# Partial indexes are used only by queries that repeat the condition literally, hence a text.
IS_OPEN = text("state <> 'closed'")
IS_WAITING = text("state IN ('opening', 'waiting')")
IS_ACTIVE = text("state = 'active'")

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("network", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("display_name", Words, nullable=False),
    Column("avatar_url", Words),
    UniqueConstraint("network", "external_id"),
    sqlite_autoincrement=True,
)

session_rooms = Table(
    "session_rooms",
    metadata,
    # Part of Matrix ids (`_c7`, `_r7`): never used again.
    Column("id", Integer, primary_key=True),
    Column("live_chat_id", Integer, ForeignKey(live_chats.c.id), nullable=False),
    Column("room_id", Text),
    # Which conversation took it; that one points back with a foreign key, and one direction is enough.
    Column("conversation_id", Integer),
    # The address of the session panel that clients with widgets show beside it, once it is set.
    Column("panel", Text),
    Index(
        "ix_session_rooms_spare",
        "live_chat_id",
        "id",
        sqlite_where=text("conversation_id IS NULL"),
        postgresql_where=text("conversation_id IS NULL"),
    ),
    sqlite_autoincrement=True,
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("live_chat_id", Integer, ForeignKey(live_chats.c.id), nullable=False),
    Column("account_id", Integer, ForeignKey(accounts.c.id), nullable=False),
    Column("customer_room", Text),
    Column("customer_state", word_of(CustomerRoomState), nullable=False),
    Column("session_room_id", Integer, ForeignKey(session_rooms.c.id)),
    # The operator whose name the customer sees, and the ghost that is them in the customer's room.
    Column("shown_operator", Text),
    Column("shown_ghost", Text),
    UniqueConstraint("live_chat_id", "account_id"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id), nullable=False),
    Column("state", word_of(SessionState), nullable=False),
    Column("subject", Words, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("operator", Key),
    Column("priority", word_of(Priority), nullable=False),
    Column("version", Integer, nullable=False),
    Column("card", Text, index=True),
    Column("assigned_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", Words),
    Column("name", Words),
    Column("offered_to", Key),
    Column("routing", Words),
    # The conversation's, so that a live chat's sessions are listed without looking at all conversations. It came
    # with a later migration, and SQLite adds no foreign key to a table that exists.
    Column("live_chat_id", Integer, nullable=False, server_default="0"),
    Column("waiting_since", UtcDateTime),
    Column("alerts", Integer, nullable=False, server_default="0"),
    # Seconds from its opening until an operator answered first, and until it was closed.
    Column("answered_after", Integer),
    Column("lasted", Integer),
    Index(None, "conversation_id", "number"),
    Index(None, "live_chat_id", "number"),
    # Everything that figures are made of, so that they need the index alone.
    Index("ix_sessions_figures", "live_chat_id", "opened_at", "operator", "answered_after", "lasted"),
    Index(None, "operator", "number"),
    sqlite_autoincrement=True,
)
Index(
    "ix_sessions_open_live_chat",
    sessions.c.live_chat_id,
    sessions.c.number,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "ix_sessions_open_states",
    sessions.c.live_chat_id,
    sessions.c.state,
    sessions.c.waiting_since,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "ix_sessions_waiting",
    sessions.c.live_chat_id,
    sessions.c.number,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)
Index(
    "ix_sessions_active_operator",
    sessions.c.operator,
    sessions.c.number,
    sqlite_where=IS_ACTIVE,
    postgresql_where=IS_ACTIVE,
)
Index(
    "uq_sessions_open",
    sessions.c.conversation_id,
    unique=True,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)

messages = Table(
    "messages",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id), nullable=False),
    Column("session_number", Integer, ForeignKey(sessions.c.number)),
    Column("direction", Text, nullable=False),
    Column("author", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("content", Text),
    # Not unique: on networks other than Matrix, customers' message ids may repeat.
    Column("customer_event", Text),
    Column("operators_event", Text),
    Column("part_of", GrowingId, ForeignKey("messages.id")),
    # The operator's ghost that spoke it to the customer; the live chat's ghost if null.
    Column("speaker", Text),
    Column("edited_at", UtcDateTime),
    # `console` if its operator wrote it there, so that what stands in the session room is ours; otherwise null.
    Column("written_in", Text),
    # Why it did not reach the customer, once that is given up.
    Column("failure", Words),
    Index(None, "session_number", "id"),
    Index(None, "conversation_id", "id"),
    Index(
        "ix_messages_part_of",
        "part_of",
        sqlite_where=text("part_of IS NOT NULL"),
        postgresql_where=text("part_of IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
Index(
    "ix_messages_customer_event",
    messages.c.customer_event,
    sqlite_where=messages.c.customer_event.is_not(None),
    postgresql_where=messages.c.customer_event.is_not(None),
)
Index(
    "uq_messages_operators_event",
    messages.c.operators_event,
    unique=True,
    sqlite_where=messages.c.operators_event.is_not(None),
    postgresql_where=messages.c.operators_event.is_not(None),
)

# Up to which message somebody has read a conversation: employees, and its customer by the id on their network.
read_marks = Table(
    "read_marks",
    metadata,
    Column("conversation_id", Integer, ForeignKey(conversations.c.id), primary_key=True),
    Column("reader", Key, primary_key=True),
    Column("message_id", GrowingId, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
