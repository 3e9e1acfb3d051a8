"""What to look for among the events of a room."""

from typing import Any

from livechat_plugin.demo.person import Predicate, RoomEvent


def body_of(event: RoomEvent) -> str:
    """What a message says; empty for other events."""
    body = event["content"].get("body")
    return body if isinstance(body, str) else ""


def relation_of(event: RoomEvent) -> dict[str, Any]:
    """What an event relates to; empty if to nothing."""
    relation = event["content"].get("m.relates_to")
    return relation if isinstance(relation, dict) else {}


def says(words: str) -> Predicate:
    """A message that contains these words."""
    return lambda event: words in body_of(event)


def answers(event_id: str) -> Predicate:
    """A reply to this event."""
    return lambda event: relation_of(event).get("m.in_reply_to", {}).get("event_id") == event_id


def changes(event_id: str) -> Predicate:
    """An edit of this event."""
    edit = {"rel_type": "m.replace", "event_id": event_id}
    return lambda event: edit.items() <= relation_of(event).items()


def takes_back(event_id: str) -> Predicate:
    """A redaction of this event."""
    return lambda event: (
        event["type"] == "m.room.redaction"
        and event_id in {event.get("redacts"), event["content"].get("redacts")}
    )


def reacts(event_id: str, key: str | None = None) -> Predicate:
    """A reaction to this event, with this emoji if one is given."""
    return lambda event: (
        event["type"] == "m.reaction"
        and relation_of(event).get("event_id") == event_id
        and key in {None, relation_of(event).get("key")}
    )


def types(user_id: str) -> Predicate:
    """A notice that this user is typing."""
    return lambda event: event["type"] == "m.typing" and user_id in event["content"]["user_ids"]


def has_read(user_id: str, event_id: str) -> Predicate:
    """A receipt that this user has read up to this event."""
    return lambda event: (
        event["type"] == "m.receipt" and user_id in event["content"].get(event_id, {}).get("m.read", {})
    )
