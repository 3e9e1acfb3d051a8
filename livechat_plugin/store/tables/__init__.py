"""The tables. Every change here needs a migration; a test compares both."""

from livechat_plugin.store.tables.conversations import (
    accounts,
    conversations,
    messages,
    read_marks,
    session_rooms,
    sessions,
)
from livechat_plugin.store.tables.items import (
    account_links,
    apps,
    item_accounts,
    item_requests,
    items,
    registrations,
)
from livechat_plugin.store.tables.live_chats import live_chats
from livechat_plugin.store.tables.metadata import COMPATIBLE_SINCE, SCHEMA_REVISION, metadata
from livechat_plugin.store.tables.people import (
    absences,
    customer_spaces,
    employees,
    group_members,
    group_rooms,
    groups,
    operator_ghosts,
    room_members,
    sign_in_links,
)
from livechat_plugin.store.tables.records import audit, dialogs, postponed_events
from livechat_plugin.store.tables.replicas import lane_slots, replicas
from livechat_plugin.store.tables.surroundings import (
    deliveries,
    held_events,
    notes,
    rejected_events,
    rooms,
    seen_events,
)

__all__ = [
    "COMPATIBLE_SINCE",
    "SCHEMA_REVISION",
    "absences",
    "account_links",
    "accounts",
    "apps",
    "audit",
    "conversations",
    "customer_spaces",
    "deliveries",
    "dialogs",
    "employees",
    "group_members",
    "group_rooms",
    "groups",
    "held_events",
    "item_accounts",
    "item_requests",
    "items",
    "lane_slots",
    "live_chats",
    "messages",
    "metadata",
    "notes",
    "operator_ghosts",
    "postponed_events",
    "read_marks",
    "registrations",
    "rejected_events",
    "replicas",
    "room_members",
    "rooms",
    "seen_events",
    "session_rooms",
    "sessions",
    "sign_in_links",
]
