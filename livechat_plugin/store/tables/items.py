"""Apps and their items, which accounts are linked to which, and what was registered from sessions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from livechat_plugin.core.item_requests import RequestState
from livechat_plugin.store.column_types import GrowingId, JsonObject, Key, UtcDateTime, Words, word_of
from livechat_plugin.store.tables.conversations import accounts, conversations, sessions
from livechat_plugin.store.tables.metadata import metadata

apps = Table(
    "apps",
    metadata,
    Column("key", Key, primary_key=True),
    Column("name", Words, nullable=False),
    Column("fields", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)

items = Table(
    "items",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("app", Key, ForeignKey("apps.key"), nullable=False),
    Column("title", Words, nullable=False),
    # Title and texts in lower case, for searching.
    Column("search", Words, nullable=False),
    Column("fields", JsonObject, nullable=False),
    Column("author", Key, nullable=False),
    Column("editor", Key, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    # What a repeated creation is recognized by.
    Column("token", Key, unique=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Index(None, "app", "id"),
    sqlite_autoincrement=True,
)

# The Account fields of items, by which an account finds its item.
item_accounts = Table(
    "item_accounts",
    metadata,
    Column("item_id", GrowingId, ForeignKey("items.id"), primary_key=True),
    Column("network", Key, primary_key=True),
    Column("external_id", Key, primary_key=True),
    Column("app", Key, nullable=False),
    # When the account was written into the item: the last one counts.
    Column("at", UtcDateTime, nullable=False),
    Index("ix_item_accounts_account", "network", "external_id", "app"),
)

account_links = Table(
    "account_links",
    metadata,
    Column("account_id", Integer, ForeignKey(accounts.c.id), primary_key=True),
    Column("app", Key, primary_key=True),
    Column("item_id", Key, nullable=False),
    Column("title", Words, nullable=False),
    Column("link", Words),
    Column("linked_by", Key, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Index(None, "app", "item_id"),
)

registrations = Table(
    "registrations",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("session_number", Integer, ForeignKey(sessions.c.number), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey(accounts.c.id), nullable=False),
    Column("app", Key, nullable=False),
    Column("item_id", Key, nullable=False),
    Column("title", Words, nullable=False),
    Column("link", Words),
    Column("author", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("app", "item_id"),
    Index(None, "account_id", "id"),
    sqlite_autoincrement=True,
)

# What was asked for in forms about items, for a day: what became of it is shown where it was asked.
item_requests = Table(
    "item_requests",
    metadata,
    Column("token", Key, primary_key=True),
    Column("actor", Key, nullable=False),
    Column("conversation_id", Integer, ForeignKey(conversations.c.id), nullable=False),
    Column("account_id", Integer, ForeignKey(accounts.c.id), nullable=False),
    Column("app", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("session_number", Integer),
    Column("item_id", Key),
    Column("values", JsonObject, nullable=False),
    Column("state", word_of(RequestState), nullable=False),
    Column("told", Words, nullable=False),
    Column("errors", JsonObject, nullable=False),
    sqlite_with_rowid=False,
)
