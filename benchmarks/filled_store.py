"""A database as a busy company's is after some time, written straight into its tables."""

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, text

from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.sessions import Priority, SessionState
from livechat_plugin.services.repositories.items import searchable
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.store import tables
from livechat_plugin.store.codec import content_to_json, fields_to_json

SERVER: Final = "bench.localhost"
OPERATORS: Final = tuple(f"@operator{number}:{SERVER}" for number in range(10))
SUPERVISOR: Final = f"@supervisor:{SERVER}"
ADMINISTRATOR: Final = f"@admin:{SERVER}"
LIVE_CHATS: Final = 4
BATCH: Final = 10_000
DAYS: Final = 60
"""The sessions opened within so many days, the last ones now."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filling:
    """How much there is.

    Attributes:
        conversations: each with one session.
        messages: in each session.
        is_open: whether all sessions are open; otherwise 1 in 100 waits, 2 in 100 are active, and the rest is closed.
    """

    conversations: int
    messages: int
    is_open: bool = False

    def state(self, number: int) -> SessionState:
        """How a session stands."""
        if number % 100 == 0:
            return SessionState.WAITING
        return SessionState.ACTIVE if self.is_open or number % 100 <= 2 else SessionState.CLOSED


def fill(
    connection: Connection, filling: Filling, columns: Mapping[str, Collection[str]] | None = None
) -> None:
    """Put it into tables that are there and empty; with `columns`, only into these, as an older revision has them."""
    now = datetime.now(UTC)
    for table, rows in (
        (tables.groups, _groups()),
        (tables.group_members, _members()),
        (tables.apps, _apps()),
        (tables.live_chats, _live_chats()),
        (tables.accounts, _accounts(filling)),
        (tables.session_rooms, _session_rooms(filling)),
        (tables.conversations, _conversations(filling)),
        (tables.rooms, _rooms(filling)),
        (tables.sessions, _sessions(filling, now)),
        (tables.messages, _messages(filling, now)),
        (tables.items, _items(filling, now)),
        (tables.item_accounts, _item_accounts(filling, now)),
        (tables.account_links, _links(filling, now)),
    ):
        if columns is None or table.name in columns:
            _insert(connection, table, rows, columns[table.name] if columns is not None else None)
    if connection.dialect.name == "postgresql":
        growing = ("accounts", "session_rooms", "conversations", "live_chats", "messages", "items")
        for name in (name for name in growing if columns is None or name in columns):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
            )
        connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('sessions', 'number'), (SELECT max(number) FROM sessions))"
            )
        )
    connection.execute(text("ANALYZE"))


def _insert(
    connection: Connection, table: Table, rows: Iterator[Row], columns: Collection[str] | None
) -> None:
    statement = insert(table)
    while batch := list(islice(rows, BATCH)):
        if columns is not None:
            batch = [{name: value for name, value in row.items() if name in columns} for row in batch]
        connection.execute(statement, batch)


def _groups() -> Iterator[Row]:
    for number in range(1, LIVE_CHATS + 1):
        yield {"name": f"operators-{number}"}
    yield {"name": "supervisors"}


def _members() -> Iterator[Row]:
    for number in range(1, LIVE_CHATS + 1):
        for operator in OPERATORS:
            yield {"group_name": f"operators-{number}", "user_id": operator}
    yield {"group_name": "supervisors", "user_id": SUPERVISOR}


def _apps() -> Iterator[Row]:
    fields = (Field("name", "Name", FieldType.STRING), Field("account", "Account", FieldType.ACCOUNT))
    yield {"key": "contacts", "name": "Contacts", "fields": fields_to_json(fields), "version": 1}


def _live_chats() -> Iterator[Row]:
    for number in range(1, LIVE_CHATS + 1):
        yield {
            "id": number,
            "slug": f"chat-{number}",
            "name": f"Live chat {number}",
            "operators": f"operators-{number}",
            "customers": (f"@*:{SERVER}",),
            "supervisors": "supervisors",
            "routing_rule": "first_response",
            "routing_settings": {},
            "show_operator_name": False,
            "account_app": "contacts",
            "queue_room": f"!queue{number}:{SERVER}",
            "supervisors_room": f"!supervisors{number}:{SERVER}",
            "space": f"!space{number}:{SERVER}",
        }


def _numbers(filling: Filling) -> range:
    return range(1, filling.conversations + 1)


def _chat(number: int) -> int:
    return number % LIVE_CHATS + 1


def _customer(number: int) -> str:
    return f"@customer{number}:{SERVER}"


def _accounts(filling: Filling) -> Iterator[Row]:
    for number in _numbers(filling):
        yield {
            "id": number,
            "network": "matrix",
            "external_id": _customer(number),
            "display_name": f"Customer {number}",
        }


def _session_rooms(filling: Filling) -> Iterator[Row]:
    for number in _numbers(filling):
        yield {
            "id": number,
            "live_chat_id": _chat(number),
            "room_id": session_room(number),
            "conversation_id": number,
        }


def _conversations(filling: Filling) -> Iterator[Row]:
    for number in _numbers(filling):
        yield {
            "id": number,
            "live_chat_id": _chat(number),
            "account_id": number,
            "customer_room": customer_room(number),
            "customer_state": CustomerRoomState.JOINED,
            "session_room_id": number,
        }


def customer_room(number: int) -> str:
    """The room of a conversation's customer."""
    return f"!customer{number}:{SERVER}"


def session_room(number: int) -> str:
    """Where a conversation's operator serves."""
    return f"!session{number}:{SERVER}"


def _rooms(filling: Filling) -> Iterator[Row]:
    for number in _numbers(filling):
        bound = {"live_chat_id": _chat(number), "conversation_id": number}
        yield {"room_id": customer_room(number), "kind": RoomKind.CUSTOMER, **bound}
        yield {"room_id": session_room(number), "kind": RoomKind.SESSION, **bound}


def _opened_at(filling: Filling, number: int, now: datetime) -> datetime:
    return now - timedelta(days=DAYS) * (1 - number / filling.conversations)


def _sessions(filling: Filling, now: datetime) -> Iterator[Row]:
    chance = random.Random(7)  # noqa: S311 - the same figures each time
    for number in _numbers(filling):
        state, opened_at = filling.state(number), _opened_at(filling, number, now)
        answered, lasted = int(chance.expovariate(1 / 180)), int(chance.expovariate(1 / 1800)) + 60
        is_waiting, is_closed = state is SessionState.WAITING, state is SessionState.CLOSED
        yield {
            "number": number,
            "conversation_id": number,
            "live_chat_id": _chat(number),
            "state": state,
            "subject": f"Question {number} about the printer on floor {number % 7}",
            "opened_at": opened_at,
            "operator": None if is_waiting else OPERATORS[number % len(OPERATORS)],
            "priority": Priority.NONE,
            "version": 3,
            "assigned_at": None if is_waiting else opened_at + timedelta(seconds=answered),
            "closed_at": opened_at + timedelta(seconds=lasted) if is_closed else None,
            "waiting_since": opened_at if is_waiting else None,
            "alerts": 0,
            "answered_after": None if is_waiting else answered,
            "lasted": lasted if is_closed else None,
        }


def _messages(filling: Filling, now: datetime) -> Iterator[Row]:
    for place in range(filling.messages):
        for number in _numbers(filling):
            is_in = place % 2 == 0 or filling.state(number) is SessionState.WAITING
            event = f"{place}x{number}"
            yield {
                "conversation_id": number,
                "session_number": number,
                "direction": "in" if is_in else "out",
                "author": _customer(number) if is_in else OPERATORS[number % len(OPERATORS)],
                "at": _opened_at(filling, number, now) + timedelta(seconds=30 * place),
                "content": content_to_json(
                    Text(f"Message {place} of conversation {number}: the printer is on fire")
                ),
                "customer_event": f"$customer{event}",
                "operators_event": f"$operators{event}",
            }


def _items(filling: Filling, now: datetime) -> Iterator[Row]:
    for number in _numbers(filling):
        title = f"Company {number}"
        yield {
            "id": number,
            "app": "contacts",
            "title": title,
            "search": searchable(title),
            "fields": {"name": title, "account": [f"matrix:{_customer(number)}"]},
            "author": OPERATORS[0],
            "editor": OPERATORS[0],
            "created_at": now,
            "changed_at": now,
            "version": 1,
        }


def _item_accounts(filling: Filling, now: datetime) -> Iterator[Row]:
    for number in _numbers(filling):
        yield {
            "item_id": number,
            "network": "matrix",
            "external_id": _customer(number),
            "app": "contacts",
            "at": now,
        }


def _links(filling: Filling, now: datetime) -> Iterator[Row]:
    for number in _numbers(filling):
        yield {
            "account_id": number,
            "app": "contacts",
            "item_id": str(number),
            "title": f"Company {number}",
            "linked_by": OPERATORS[0],
            "linked_at": now,
        }
