"""What a fake store holds, as plain values in dictionaries."""

from collections import Counter
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.core.conversations import Account, Conversation, SessionRoom
from livechat_plugin.core.employees import Absence, Employee
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.groups import Group
from livechat_plugin.core.item_requests import ItemRequest
from livechat_plugin.core.links import AccountLink, MessageRegistration
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.operator_names import OperatorGhost
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.signing_in import SignInLink
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.services.repositories.customer_spaces import CustomerSpace
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.repositories.items import Findable
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.repositories.postponed import PostponedEvent
from livechat_plugin.services.repositories.reading import ReadMark
from livechat_plugin.services.repositories.rooms import RoomBinding
from livechat_plugin.services.room_events import AnyRoomEvent


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A row of items."""

    item: Item
    found_by: Findable
    token: str | None
    since: Mapping[tuple[str, str], datetime]


@dataclass(slots=True)
class Stored:
    """All tables. The values are immutable, so that copying the dictionaries copies everything."""

    live_chats: dict[int, LiveChat] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    group_records: dict[str, Group] = field(default_factory=dict)
    group_rooms: dict[str, Mapping[str, str | None]] = field(default_factory=dict)
    customer_spaces: dict[str, CustomerSpace] = field(default_factory=dict)
    room_members: dict[str, frozenset[str]] = field(default_factory=dict)
    employees: dict[str, Employee] = field(default_factory=dict)
    absences: dict[int, Absence] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    session_rooms: dict[int, SessionRoom] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    read_marks: dict[tuple[int, str], ReadMark] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    failed: dict[int, tuple[Delivery, str]] = field(default_factory=dict)
    failed_at: dict[int, datetime] = field(default_factory=dict)
    rooms: dict[str, RoomBinding] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)
    held: list[tuple[int, AnyRoomEvent]] = field(default_factory=list)
    rejected: list[tuple[str | None, str, datetime]] = field(default_factory=list)
    links: dict[tuple[int, str], AccountLink] = field(default_factory=dict)
    registrations: dict[int, MessageRegistration] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    postponed: dict[int, PostponedEvent] = field(default_factory=dict)
    off_period: str = ""
    audit: dict[int, AuditEntry] = field(default_factory=dict)
    operator_ghosts: dict[int, OperatorGhost] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    items: dict[int, "KeptItem"] = field(default_factory=dict)
    item_requests: dict[str, ItemRequest] = field(default_factory=dict)
    dialogs: dict[tuple[str, str], Dialog] = field(default_factory=dict)
    sign_in_links: dict[str, SignInLink] = field(default_factory=dict)
    last_ids: Counter[str] = field(default_factory=Counter)

    def copy(self) -> "Stored":
        """The same, to be changed apart."""
        return Stored(**{table.name: copy(getattr(self, table.name)) for table in fields(self)})

    def next_id(self, table: str) -> int:
        """An id that was never used."""
        self.last_ids[table] += 1
        return self.last_ids[table]

    def conversation(self, conversation_id: int) -> Conversation:
        """A conversation with its session room as that is now."""
        conversation = self.conversations[conversation_id]
        room = conversation.session_room
        return replace(conversation, session_room=self.session_rooms[room.id] if room else None)

    def open_session(self, conversation_id: int) -> Session | None:
        """The session of a conversation that is not closed."""
        for session in self.sessions.values():
            if session.conversation_id == conversation_id and session.is_open:
                return session
        return None


class Unit:
    """What a unit of work sees; refuses everything once it is over."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self.is_over = False

    @property
    def stored(self) -> Stored:
        if self.is_over:
            raise RuntimeError("this unit of work is committed: open another one")
        return self._stored


class Repository:
    """Works on what its unit of work sees."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @property
    def _all(self) -> Stored:
        return self._unit.stored


def must_exist(table: Mapping[Any, object], key: int | str | None) -> None:
    """What a foreign key does."""
    if key is not None and key not in table:
        raise ConcurrentChange(f"there is no {key}")


def visible(words: str) -> str:
    """What the column type does."""
    return words.encode(errors="replace").decode().replace("\0", "")


def in_utc(moment: datetime) -> datetime:
    """What the column type does."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
