"""What is kept, as the use cases see it: repositories that change together or not at all."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from livechat_plugin.core.content import Content
from livechat_plugin.core.conversations import Account, Conversation, SessionRoom
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.deliveries import Delivery, Payload
from livechat_plugin.services.room_events import AnyRoomEvent


class RoomKind(StrEnum):
    """What a room that we are in is for."""

    JOINING = "joining"
    """A customer's room that we are on our way into; what happens in it is held until we are there."""
    CUSTOMER = "customer"
    SESSION = "session"
    QUEUE = "queue"
    SUPERVISORS = "supervisors"
    SPACE = "space"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class RoomBinding:
    """What a room belongs to."""

    room_id: str
    kind: RoomKind
    live_chat_id: int | None = None
    conversation_id: int | None = None


Direction = Literal["in", "out", "note", "system"]
Side = Literal["customer", "operators"]


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance (or reaction) in a conversation, with its id on each side once it is shown there.

    Attributes:
        direction: `in` from the customer, `out` to them, `note` inside only, `system` from us to both.
        author: Matrix id or network id of who wrote it; None when we did.
        customer_event: its id on the customer's side.
        operators_event: its event id in the session room.
        content: None for reactions, and for what was taken back.
        part_of: the first of the messages that one too long for a single event was cut into; the writer's own
            event id stands with that first one alone.
    """

    id: int
    conversation_id: int
    session_number: int | None
    direction: Direction
    author: str | None
    at: datetime
    content: Content | None = None
    customer_event: str | None = None
    operators_event: str | None = None
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with everything a decision about it needs, read together."""

    conversation: Conversation
    account: Account
    live_chat: LiveChat
    session: Session | None
    """The open session, if there is one."""


class ConversationRepository(Protocol):
    """Conversations and the customers' accounts."""

    async def view(self, conversation_id: int) -> ConversationView:
        """Read and, in a writing unit of work, lock against other writers until the commit."""
        ...

    async def find(self, live_chat_id: int, account_id: int) -> Conversation | None:
        """The conversation of an account in a live chat."""
        ...

    async def add(self, live_chat_id: int, account_id: int, customer_room: str) -> Conversation:
        """A new conversation, whose customer room we are still to join."""
        ...

    async def save(self, conversation: Conversation) -> None:
        """Keep its customer room, that room's state, and its session room."""
        ...

    async def account(self, network: str, external_id: str, display_name: str) -> Account:
        """The account with this identity; made if it is new."""
        ...

    async def save_account(self, account: Account) -> None:
        """Keep the name and picture."""
        ...


class SessionRoomRepository(Protocol):
    """The session rooms and the spare ones."""

    async def take_spare(self, live_chat_id: int, conversation_id: int) -> SessionRoom:
        """A ready spare room for this conversation; one still to be made if none is left."""
        ...

    async def add(self, live_chat_id: int) -> SessionRoom:
        """A spare room, still to be made."""
        ...

    async def get(self, session_room_id: int) -> SessionRoom | None:
        """The session room with this id."""
        ...

    async def made(self, session_room_id: int, room_id: str) -> None:
        """Keep the id of the room that the homeserver made."""
        ...

    async def count_spare(self, live_chat_id: int) -> int:
        """How many spare rooms there are, made or to be made."""
        ...


class SessionRepository(Protocol):
    """Sessions, open and closed."""

    async def open(self, conversation_id: int, subject: str, at: datetime) -> Session:
        """A new session in the state `opening`, with the next number.

        Raises:
            ConcurrentChange: the conversation has an open session already.
        """
        ...

    async def get(self, number: int) -> Session | None:
        """The session with this number."""
        ...

    async def by_card(self, event_id: str) -> Session | None:
        """The session whose card in the queue room is this event."""
        ...

    async def save(self, session: Session) -> None:
        """Keep a changed session whose version the core counted up by one: compare and set (invariant 4).

        Raises:
            ConcurrentChange: another writer was faster.
        """
        ...

    async def set_card(self, number: int, event_id: str) -> None:
        """Keep the event id of the card."""
        ...

    async def last_closed(self, conversation_id: int) -> Session | None:
        """The session that was closed last."""
        ...


class MessageRepository(Protocol):
    """Everything said."""

    async def add(  # noqa: PLR0913 - what is optional is named
        self,
        conversation_id: int,
        direction: Direction,
        at: datetime,
        *,
        session_number: int | None = None,
        author: str | None = None,
        content: Content | None = None,
        customer_event: str | None = None,
        operators_event: str | None = None,
        part_of: int | None = None,
    ) -> int:
        """Keep a message; returns its id."""
        ...

    async def get(self, message_id: int) -> Message | None:
        """The message with this id."""
        ...

    async def by_event(self, side: Side, event_id: str) -> Message | None:
        """The message that has this id on this side."""
        ...

    async def parts(self, message_id: int) -> Sequence[Message]:
        """What follows the first of several parts, in order, without what was taken back."""
        ...

    async def change(self, message_id: int, content: Content | None) -> None:
        """Keep the new content of an edited message; None for one that was taken back."""
        ...

    async def shown(self, message_id: int, side: Side, event_id: str) -> None:
        """Keep the id under which the message is now shown on this side."""
        ...


class OutboxRepository(Protocol):
    """Deliveries not made yet; a row disappears with the commit that keeps its effects."""

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> Delivery:
        """Owe something to the outside world.

        Raises:
            ValueError: a field of the payload holds something that cannot be kept.
        """
        ...

    async def pending(self, after: int, limit: int, known: Container[int] = ()) -> Sequence[Delivery]:
        """The next ones with an id above `after`, in order, at most `limit`, and none whose id is `known`.

        One that cannot be read is left out, and given up with the reason when this unit of work is over.
        """
        ...

    async def done(self, delivery_id: int) -> bool:
        """Strike it off; False if that has happened already."""
        ...

    async def failed(self, delivery_id: int, reason: str) -> bool:
        """Give it up, keeping the row with the reason; False if it is not pending any more."""
        ...

    async def forget_failed(self, before: datetime) -> None:
        """Forget those given up before this time: they hold what people wrote."""
        ...


class RoomRepository(Protocol):
    """What the rooms that we are in belong to."""

    async def bindings(self, room_ids: Collection[str]) -> Mapping[str, RoomBinding]:
        """The known ones among these rooms."""
        ...

    async def bind(self, binding: RoomBinding) -> None:
        """Keep what a room belongs to, in place of what was known of it."""
        ...

    async def forget(self, room_id: str) -> None:
        """The room is none of ours any more."""
        ...


class LiveChatRepository(Protocol):
    """Live chats and the groups of people."""

    async def add(self, live_chat: LiveChat) -> LiveChat:
        """Keep a new live chat (its `id` is chosen here).

        Raises:
            InvalidLiveChat: there is one with this slug.
        """
        ...

    async def save(self, live_chat: LiveChat) -> None:
        """Keep its changed fields and rooms."""
        ...

    async def get(self, live_chat_id: int) -> LiveChat | None:
        """The live chat with this id."""
        ...

    async def by_slug(self, slug: str) -> LiveChat | None:
        """The live chat with this short name."""
        ...

    async def all(self) -> Sequence[LiveChat]:
        """Every live chat, by name."""
        ...

    async def set_group(self, name: str, members: Collection[str]) -> None:
        """Make a group, or give it these members."""
        ...

    async def group_names(self) -> frozenset[str]:
        """Every group."""
        ...

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a group."""
        ...

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """The groups that somebody is in."""
        ...


class InboxRepository(Protocol):
    """What has arrived: which events were seen, held back or rejected."""

    async def mark_seen(self, event_ids: Collection[str], at: datetime) -> frozenset[str]:
        """Mark events as seen; returns those that are new (invariant 2)."""
        ...

    async def hold(self, conversation_id: int, event: AnyRoomEvent) -> None:
        """Keep an event of a room that we are still joining."""
        ...

    async def release(self, conversation_id: int) -> Sequence[AnyRoomEvent]:
        """Take out the events held for a conversation, in the order of their arrival."""
        ...

    async def reject(self, event_id: str | None, reason: str, at: datetime) -> None:
        """Record an event that was passed over, with the reason, without its content."""
        ...

    async def forget_seen(self, before: datetime) -> None:
        """Forget the events seen before this time."""
        ...

    async def forget_rejected(self, before: datetime) -> None:
        """Forget the events rejected before this time."""
        ...

    async def note(self, name: str) -> str | None:
        """A value kept under a name, such as the high-water mark."""
        ...

    async def keep_note(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        ...


class UnitOfWork(Protocol):
    """Everything that is read and written together."""

    @property
    def conversations(self) -> ConversationRepository:
        """Conversations and accounts."""
        ...

    @property
    def session_rooms(self) -> SessionRoomRepository:
        """Session rooms and spare ones."""
        ...

    @property
    def sessions(self) -> SessionRepository:
        """Sessions."""
        ...

    @property
    def messages(self) -> MessageRepository:
        """Everything said."""
        ...

    @property
    def outbox(self) -> OutboxRepository:
        """What is owed."""
        ...

    @property
    def rooms(self) -> RoomRepository:
        """What rooms belong to."""
        ...

    @property
    def live_chats(self) -> LiveChatRepository:
        """Live chats and groups."""
        ...

    @property
    def inbox(self) -> InboxRepository:
        """What has arrived."""
        ...

    def after_commit(self, event: object) -> None:
        """Announce a domain event once this is committed."""
        ...

    async def commit(self) -> None:
        """Keep everything, durably, and hand the new deliveries to the dispatcher."""
        ...
