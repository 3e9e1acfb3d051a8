"""Groups of people, where their members come from, and employees."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, false

from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.store.column_types import Key, UtcDateTime, Words, word_of
from livechat_plugin.store.tables.metadata import metadata

groups = Table(
    "groups",
    metadata,
    Column("name", Key, primary_key=True),
    Column("source", word_of(GroupSource), nullable=False, server_default=GroupSource.LIST.value),
    # The room or space that it follows.
    Column("room_id", Key),
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_name", Key, ForeignKey("groups.name"), primary_key=True),
    Column("user_id", Key, primary_key=True, index=True),
)

# The rooms whose members make up a group: its room, or each space of its tree with the one above it.
group_rooms = Table(
    "group_rooms",
    metadata,
    Column("group_name", Key, ForeignKey("groups.name"), primary_key=True),
    Column("room_id", Key, primary_key=True, index=True),
    Column("parent", Key),
)

# Who is in a room that some group follows.
room_members = Table(
    "room_members",
    metadata,
    Column("room_id", Key, primary_key=True),
    Column("user_id", Key, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

employees = Table(
    "employees",
    metadata,
    Column("user_id", Key, primary_key=True),
    Column("status", word_of(OperatorStatus), nullable=False),
    Column("is_disabled", Boolean, nullable=False, server_default=false()),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Key, nullable=False, index=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("reason", Words, nullable=False),
    sqlite_autoincrement=True,
)

# The ghosts that are operators as customers see them; the id is the opaque part of their Matrix id.
operator_ghosts = Table(
    "operator_ghosts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Key, nullable=False, unique=True),
    Column("display_name", Words),
    Column("avatar_url", Words),
    sqlite_autoincrement=True,
)

# The space "Live chats" of each customer who has one.
customer_spaces = Table(
    "customer_spaces",
    metadata,
    Column("user_id", Key, primary_key=True),
    Column("token", Key, nullable=False),
    Column("room_id", Key),
)

# Links into the console of the last hour or so; what stands in the link itself is kept nowhere.
sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Key, primary_key=True),
    Column("user_id", Key, nullable=False, index=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
    sqlite_with_rowid=False,
)
