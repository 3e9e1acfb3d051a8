"""The tables. Every change here needs a migration; a test compares both."""

from livechat_plugin.store.tables.conversations import (
    accounts,
    conversations,
    messages,
    session_rooms,
    sessions,
)
from livechat_plugin.store.tables.live_chats import live_chats
from livechat_plugin.store.tables.metadata import SCHEMA_REVISION, metadata
from livechat_plugin.store.tables.people import group_members, groups
from livechat_plugin.store.tables.surroundings import (
    deliveries,
    held_events,
    notes,
    rejected_events,
    rooms,
    seen_events,
)

__all__ = [
    "SCHEMA_REVISION",
    "accounts",
    "conversations",
    "deliveries",
    "group_members",
    "groups",
    "held_events",
    "live_chats",
    "messages",
    "metadata",
    "notes",
    "rejected_events",
    "rooms",
    "seen_events",
    "session_rooms",
    "sessions",
]
