"""How rows become the core's values.

Each list of columns is in the order of the fields of its class, so that a value is made from a row as it is; a
test watches over that.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, literal_column

from livechat_plugin.core.conversations import Account, Conversation, SessionRoom
from livechat_plugin.store.tables import accounts, conversations, live_chats, notes, session_rooms, sessions

ACCOUNT = (
    accounts.c.id,
    accounts.c.network,
    accounts.c.external_id,
    accounts.c.display_name,
    accounts.c.avatar_url,
)
SESSION_ROOM = (
    session_rooms.c.id,
    session_rooms.c.live_chat_id,
    session_rooms.c.room_id,
    session_rooms.c.conversation_id,
    session_rooms.c.panel,
)


def slowed_note(conversation_id: ColumnElement[int]) -> ColumnElement[str]:
    """Name of the note that says that a conversation's customer writes too fast."""
    return literal_column("'slowed:'", Text).concat(cast(conversation_id, Text))


CONVERSATION = (
    conversations.c.id,
    conversations.c.live_chat_id,
    conversations.c.account_id,
    conversations.c.customer_room,
    conversations.c.customer_state,
    conversations.c.shown_operator,
    conversations.c.shown_ghost,
    # A note: hardly any conversation ever has one.
    exists().where(notes.c.name == slowed_note(conversations.c.id)).label("is_slowed"),
)
LIVE_CHAT = (
    live_chats.c.id,
    live_chats.c.slug,
    live_chats.c.name,
    live_chats.c.operators,
    live_chats.c.customers,
    live_chats.c.supervisors,
    live_chats.c.routing_rule,
    live_chats.c.routing_settings,
    live_chats.c.show_operator_name,
    live_chats.c.queue_room,
    live_chats.c.supervisors_room,
    live_chats.c.space,
    live_chats.c.account_app,
    live_chats.c.message_apps,
    live_chats.c.show_operator_name_to_external,
    live_chats.c.session_name,
    live_chats.c.waiting_alert,
    live_chats.c.deleted_at,
    live_chats.c.version,
)
SESSION = (
    sessions.c.number,
    sessions.c.conversation_id,
    sessions.c.state,
    sessions.c.subject,
    sessions.c.opened_at,
    sessions.c.operator,
    sessions.c.priority,
    sessions.c.version,
    sessions.c.card,
    sessions.c.assigned_at,
    sessions.c.closed_at,
    sessions.c.outcome,
    sessions.c.name,
    sessions.c.offered_to,
    sessions.c.routing,
    sessions.c.waiting_since,
    sessions.c.alerts,
    sessions.c.answered_after,
)


def account_from(row: Sequence[Any]) -> Account:
    """From the columns `ACCOUNT`."""
    return Account(*row)


def conversation_from(row: Sequence[Any]) -> Conversation:
    """From the columns `CONVERSATION` and `SESSION_ROOM`, the latter all null if it has none."""
    fields, room = row[: len(CONVERSATION)], row[len(CONVERSATION) :]
    session_room = SessionRoom(*room) if room[0] is not None else None
    return Conversation(*fields, session_room)  # type: ignore[call-arg]  # mypy counts no slices
