"""What the homeserver tells us, as types: room events, and the fleeting signals beside them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from livechat_plugin.core.content import Content

Membership = Literal["invite", "join", "leave", "ban", "knock"]


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """Common to all: who did it, where and when (by the homeserver's clock)."""

    event_id: str
    room_id: str
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageSent(RoomEvent):
    """Somebody said something; `reply_to` is the event it answers."""

    content: Content
    reply_to: str | None = None
    kind: Literal["message"] = "message"


@dataclass(frozen=True, slots=True)
class MessageEdited(RoomEvent):
    """Somebody changed an earlier message of theirs."""

    target: str
    content: Content
    kind: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class ReactionSent(RoomEvent):
    """Somebody attached an emoji to a message."""

    target: str
    key: str
    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True)
class EventRedacted(RoomEvent):
    """Somebody deleted a message or took back a reaction."""

    target: str
    kind: Literal["redaction"] = "redaction"


@dataclass(frozen=True, slots=True)
class MembershipChanged(RoomEvent):
    """Somebody was invited, joined, left or was removed; `sender` did it, `user_id` is whom it concerns."""

    user_id: str
    membership: Membership
    previous: Membership | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    is_direct: bool = False
    kind: Literal["membership"] = "membership"


@dataclass(frozen=True, slots=True)
class EncryptedSent(RoomEvent):
    """Somebody wrote something that we cannot read."""

    kind: Literal["encrypted"] = "encrypted"


@dataclass(frozen=True, slots=True)
class SpaceChildChanged(RoomEvent):
    """A space shows a room, or shows it no longer."""

    child: str
    kind: Literal["space_child"] = "space_child"


@dataclass(frozen=True, slots=True)
class RoomReplaced(RoomEvent):
    """Somebody upgraded a room: it is closed, and another one goes on in its place."""

    successor: str
    kind: Literal["replaced"] = "replaced"


AnyRoomEvent = (
    MessageSent
    | MessageEdited
    | ReactionSent
    | EventRedacted
    | MembershipChanged
    | EncryptedSent
    | SpaceChildChanged
    | RoomReplaced
)


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """Who is writing in a room right now; the whole list each time."""

    room_id: str
    users: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """Somebody has read a room up to an event."""

    room_id: str
    user_id: str
    event_id: str


Signal = TypingChanged | ReadUpTo


@dataclass(frozen=True, slots=True)
class RejectedEvent:
    """An event that breaks the specification: recorded and passed over, the rest of its transaction goes on."""

    event_id: str | None
    reason: str
