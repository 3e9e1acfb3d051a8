"""Room events and signals: from the homeserver's JSON to types, one by one.

An event that breaks the specification becomes a `RejectedEvent`; it never stops the events beside it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard, get_args

from livechat_plugin.core.disguises import undisguised
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.content import JSON, read_content, read_poll, read_sticker
from livechat_plugin.matrix.malformed import MalformedContent
from livechat_plugin.matrix.storable import is_storable, storable
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EncryptedSent,
    EventRedacted,
    Membership,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
    ReadUpTo,
    RejectedEvent,
    RoomReplaced,
    Signal,
    SpaceChildChanged,
    TypingChanged,
)

MAX_NAME = 256
"""Characters of a display name that Synapse allows on its own users, our ghosts among them."""

_POLLS = {"m.poll.start", "org.matrix.msc3381.poll.start"}
_YEAR_10000 = 253_402_300_800_000
_MEMBERSHIPS: tuple[Membership, ...] = get_args(Membership)


class MatrixEventReader:
    """Implements the `EventReader` port.

    Args:
        naming: tells our users from others.
    """

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    def events(self, raw: Any) -> list[AnyRoomEvent | RejectedEvent]:
        """The room events of a transaction."""
        return read_events(raw, self._naming)

    def signals(self, raw: Any) -> list[Signal]:
        """The ephemeral events of a transaction."""
        return list(read_signals(raw, self._naming))


def read_events(raw: Any, naming: Naming, room_id: str | None = None) -> list[AnyRoomEvent | RejectedEvent]:
    """The events of a transaction or timeline that concern us, in order.

    What our own ghosts did is left out: those are echoes of our deliveries.

    Args:
        raw: the list as it came.
        naming: tells our users from others.
        room_id: the room, where the events do not say it themselves.
    """
    if not isinstance(raw, list):
        return []
    events: list[AnyRoomEvent | RejectedEvent] = []
    for entry in raw:
        event = read_event(entry, naming, room_id)
        if event is not None:
            events.append(event)
    return events


def read_event(raw: Any, naming: Naming, room_id: str | None = None) -> AnyRoomEvent | RejectedEvent | None:
    """One event; None if it does not concern us."""
    if not isinstance(raw, Mapping):
        return RejectedEvent(None, "the event is not an object")
    try:
        return _read(raw, naming, room_id)
    except MalformedContent as error:
        event_id = raw.get("event_id")
        return RejectedEvent(event_id if _is_id(event_id) else None, str(error))


def read_signals(raw: Any, naming: Naming) -> Iterator[Signal]:
    """Who is typing and who has read what; malformed ones are passed over, since the next says it again."""
    for entry in raw if isinstance(raw, list) else []:
        if not isinstance(entry, Mapping):
            continue
        room_id, content = entry.get("room_id"), entry.get("content")
        if not _is_id(room_id) or not isinstance(content, Mapping):
            continue
        if entry.get("type") == "m.typing":
            users = content.get("user_ids")
            people = (user for user in users if _is_id(user)) if isinstance(users, list) else ()
            yield TypingChanged(room_id, frozenset(user for user in people if not naming.is_ours(user)))
        elif entry.get("type") == "m.receipt":
            yield from _receipts(room_id, content, naming)


def _receipts(room_id: str, content: JSON, naming: Naming) -> Iterator[ReadUpTo]:
    for event_id, kinds in content.items():
        readers = kinds.get("m.read") if isinstance(kinds, Mapping) and _is_id(event_id) else None
        for user_id in readers if isinstance(readers, Mapping) else ():
            if _is_id(user_id) and not naming.is_ours(user_id):
                yield ReadUpTo(room_id, user_id, event_id)


def _read(raw: JSON, naming: Naming, room_id: str | None) -> AnyRoomEvent | None:
    sender = _string(raw, "sender")
    if naming.is_ours(sender):
        return None
    content = _mapping(raw, "content")
    base = (_string(raw, "event_id"), room_id or _string(raw, "room_id"), sender, _time(raw))
    kind = _string(raw, "type")
    if kind == "m.room.member":
        return _member(raw, content, base)
    if kind == "m.space.child":
        return SpaceChildChanged(*base, _string(raw, "state_key"))
    if kind == "m.room.tombstone":
        return _replaced(raw, content, base)
    return None if "state_key" in raw else _timeline_event(kind, raw, content, base)


_Base = tuple[str, str, str, datetime]


def _time(raw: JSON) -> datetime:
    timestamp = raw.get("origin_server_ts")
    if not isinstance(timestamp, int) or not 0 <= timestamp < _YEAR_10000:
        raise MalformedContent("origin_server_ts is missing or not a time")
    return datetime.fromtimestamp(timestamp / 1000, UTC)


def _timeline_event(kind: str, raw: JSON, content: JSON, base: _Base) -> AnyRoomEvent | None:
    if not content and kind != "m.room.redaction":
        return None  # deleted before it reached us
    match kind:
        case "m.room.message" | "m.sticker":
            return _message(kind, content, base)
        case "m.reaction":
            relation = _mapping(content, "m.relates_to")
            return ReactionSent(*base, _string(relation, "event_id"), _string(relation, "key")[:100])
        case "m.room.redaction":
            return EventRedacted(*base, _redacted(raw, content))
        case "m.room.encrypted":
            return EncryptedSent(*base)
        case _:
            return MessageSent(*base, read_poll(content)) if kind in _POLLS else None


def _message(kind: str, content: JSON, base: _Base) -> MessageSent | MessageEdited | None:
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping):
        relation = {}
    if relation.get("rel_type") == "m.replace":
        # The edit of a reply does not say that it is one, and may quote all the same.
        new = read_content(_mapping(content, "m.new_content"), is_reply=True)
        return MessageEdited(*base, _string(relation, "event_id"), new) if new else None
    reply_to = _reply_to(relation)
    if kind == "m.sticker":
        return MessageSent(*base, read_sticker(content), reply_to)
    said = read_content(content, is_reply="m.in_reply_to" in relation)
    return MessageSent(*base, said, reply_to) if said else None


def _reply_to(relation: JSON) -> str | None:
    reply = relation.get("m.in_reply_to")
    if not isinstance(reply, Mapping) or not isinstance(reply.get("event_id"), str):
        return None
    # A thread's messages name the one before them only for clients without threads.
    return None if relation.get("is_falling_back") is True else _string(reply, "event_id")


def _member(raw: JSON, content: JSON, base: _Base) -> MembershipChanged:
    membership = content.get("membership")
    if membership not in _MEMBERSHIPS:
        raise MalformedContent("content.membership is not a membership")
    unsigned = raw.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, Mapping) else None
    previous = before.get("membership") if isinstance(before, Mapping) else None
    name, avatar = content.get("displayname"), content.get("avatar_url")
    return MembershipChanged(
        *base,
        user_id=_string(raw, "state_key"),
        membership=membership,
        previous=previous if previous in _MEMBERSHIPS else None,
        display_name=shown_name(name),
        avatar_url=picture(avatar),
        is_direct=content.get("is_direct") is True,
    )


def _replaced(raw: JSON, content: JSON, base: _Base) -> RoomReplaced | None:
    """Only the room's state counts: a message of this type says nothing about the room."""
    if raw.get("state_key") != "" or "replacement_room" not in content:
        return None
    return RoomReplaced(*base, _string(content, "replacement_room"))


def _redacted(raw: JSON, content: JSON) -> str:
    """The redacted event: in the content since room version 11, beside it before."""
    return _string(content if "redacts" in content else raw, "redacts")


def shown_name(value: Any) -> str | None:
    """A display name that can be given to one of our ghosts; None if there is none."""
    # On one line and in one direction: what stands around it is not the customer's to arrange.
    return (undisguised(storable(value))[:MAX_NAME].strip() if isinstance(value, str) else "") or None


def picture(value: Any) -> str | None:
    """The address of an avatar on a homeserver; None for anything else."""
    return value if _is_id(value) and value.startswith("mxc://") else None


def _is_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and is_storable(value)


def _string(source: JSON, key: str) -> str:
    value = source.get(key)
    if not isinstance(value, str):
        raise MalformedContent(f"{key} is missing or not a string")
    if not is_storable(value):
        raise MalformedContent(f"{key} holds a character that no id has")
    return value


def _mapping(source: JSON, key: str) -> JSON:
    value = source.get(key)
    if not isinstance(value, Mapping):
        raise MalformedContent(f"{key} is missing or not an object")
    return value
