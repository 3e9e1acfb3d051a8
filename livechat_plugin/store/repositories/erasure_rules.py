"""What erasing a customer does to each table.

A table that is added must be named here, in one of the three: a test compares this with the tables that there are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Table, Text, and_, false, or_, select, tuple_, type_coerce

from livechat_plugin.core.conversations import Account
from livechat_plugin.services.deliveries import slowed_lane
from livechat_plugin.store import tables

SHORTEST_NAME = 3
"""Letters of a name that is looked for in texts; shorter ones are found everywhere."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose rows are meant, with the ids under which they stand.

    Attributes:
        session_rooms: the ids of the rows.
        rooms: the Matrix ids of their rooms with us.
        named_in: keys of the rows whose texts name them, of the tables in `TEXTS`.
    """

    account: Account
    conversations: tuple[int, ...]
    session_rooms: tuple[int, ...]
    rooms: tuple[str, ...]
    sessions: tuple[int, ...]
    named_in: Mapping[Table, Sequence[tuple[Any, ...]]] = field(default_factory=dict)

    def is_named_in(self, text: str) -> bool:
        """Whether a text, as JSON, has their name."""
        name = orjson.dumps(self.account.display_name).decode()[1:-1]
        return len(name) >= SHORTEST_NAME and name in text


Rule = Callable[[Customer], ColumnElement[bool]]


def conversations_of(account: Account) -> Select[tuple[int]]:
    """The ids of their conversations, by the index, which begins with the live chat."""
    table = tables.conversations
    chats = select(tables.live_chats.c.id)
    return select(table.c.id).where(table.c.live_chat_id.in_(chats), table.c.account_id == account.id)


def sessions_of(account: Account) -> Select[tuple[int]]:
    """The numbers of their sessions."""
    table = tables.sessions
    return select(table.c.number).where(table.c.conversation_id.in_(conversations_of(account)))


TEXTS: Mapping[Table, Sequence[str]] = {
    tables.deliveries: ("payload",),
    tables.dialogs: ("context", "answers"),
    tables.postponed_events: ("event",),
}
"""Columns whose texts may name a customer."""


def letters_in(table: Table, letters: str) -> ColumnElement[bool]:
    """Whether a row's texts have these letters, maybe as a part of something longer."""
    texts = (type_coerce(table.c[name], Text) for name in TEXTS[table])
    return or_(*(text.contains(letters, autoescape=True) for text in texts))


def _is_named_in(table: Table, customer: Customer) -> ColumnElement[bool]:
    keys = customer.named_in.get(table, ())
    return tuple_(*table.primary_key).in_(keys) if keys else false()


def owed_now(customer: Customer) -> ColumnElement[bool]:
    """What is on its way in their lanes."""
    table = tables.deliveries
    return and_(table.c.state == "pending", table.c.due_at.is_(None), _in_their_lanes(customer))


def _in_their_lanes(customer: Customer) -> ColumnElement[bool]:
    table = tables.deliveries
    lanes = [table.c.lane.startswith(f"conversation:{number}:") for number in customer.conversations]
    named = [f"{kind}:{number}" for kind in ("session", "waiting") for number in customer.sessions]
    named += [slowed_lane(number) for number in customer.conversations]
    return or_(*lanes, table.c.lane.in_(named)) if lanes or named else false()


def _deliveries(customer: Customer) -> ColumnElement[bool]:
    """Their lanes, everything that names them, and what was given up and may tell of them."""
    table, account = tables.deliveries, customer.account
    has_failed = [table.c.payload.contains(f"#{number} ", autoescape=True) for number in customer.sessions]
    if len(account.display_name) >= SHORTEST_NAME:
        name = orjson.dumps(account.display_name).decode()[1:-1]
        has_failed += [
            column.contains(text, autoescape=True)
            for column, text in ((table.c.payload, name), (table.c.reason, account.display_name))
        ]
    return or_(
        _in_their_lanes(customer),
        _is_named_in(table, customer),
        and_(table.c.state == "failed", or_(*has_failed)) if has_failed else false(),
    )


def _by_conversation(table: Table) -> Rule:
    return lambda customer: table.c.conversation_id.in_(customer.conversations)


def _dialogs(customer: Customer) -> ColumnElement[bool]:
    table, who = tables.dialogs, customer.account.external_id
    return or_(table.c.user_id == who, table.c.room_id.in_(customer.rooms), _is_named_in(table, customer))


def _postponed(customer: Customer) -> ColumnElement[bool]:
    table = tables.postponed_events
    return or_(table.c.conversation_id.in_(customer.conversations), _is_named_in(table, customer))


def _rooms(customer: Customer) -> ColumnElement[bool]:
    table, spaces = tables.rooms, tables.customer_spaces
    their_space = select(spaces.c.room_id).where(spaces.c.user_id == customer.account.external_id)
    return or_(
        table.c.conversation_id.in_(customer.conversations),
        table.c.room_id.in_(customer.rooms),
        table.c.room_id.in_(their_space),
    )


DELETED: Mapping[Table, Rule] = {
    tables.deliveries: _deliveries,
    tables.dialogs: _dialogs,
    tables.postponed_events: _postponed,
    tables.held_events: _by_conversation(tables.held_events),
    tables.rooms: _rooms,
    tables.customer_spaces: lambda who: tables.customer_spaces.c.user_id == who.account.external_id,
    tables.sign_in_links: lambda who: tables.sign_in_links.c.user_id == who.account.external_id,
    tables.read_marks: _by_conversation(tables.read_marks),
    tables.item_requests: lambda who: tables.item_requests.c.account_id == who.account.id,
    tables.registrations: lambda who: tables.registrations.c.account_id == who.account.id,
    tables.account_links: lambda who: tables.account_links.c.account_id == who.account.id,
    tables.messages: _by_conversation(tables.messages),
    tables.sessions: _by_conversation(tables.sessions),
    tables.conversations: lambda who: tables.conversations.c.id.in_(who.conversations),
    tables.session_rooms: lambda who: tables.session_rooms.c.id.in_(who.session_rooms),
    tables.accounts: lambda who: tables.accounts.c.id == who.account.id,
}
"""Rows that are deleted, in an order that foreign keys allow."""

TREATED = {
    tables.audit: "a pseudonym takes their place",
    tables.items: "records of the organization: told in the report, deleted if that is asked for",
    tables.item_accounts: "goes with its item",
}
"""What is dealt with in another way."""

UNCONCERNED = {
    tables.absences: "employees",
    tables.apps: "what administrators set up",
    tables.employees: "employees; told in the report",
    tables.group_members: "what administrators set up; told in the report",
    tables.group_rooms: "what administrators set up",
    tables.groups: "what administrators set up",
    tables.lane_slots: "processes",
    tables.live_chats: "what administrators set up; told in the report",
    tables.notes: "marks, and the reports of erasures, which name nobody",
    tables.operator_ghosts: "employees",
    tables.replicas: "processes",
    tables.rejected_events: "ids and reasons without content, for 30 days",
    tables.room_members: "who is in rooms that groups follow, as the homeserver says",
    tables.seen_events: "ids alone, for 30 days",
}
"""What holds nothing of customers, or nothing that is ours to erase."""
