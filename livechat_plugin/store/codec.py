"""How contents, deliveries and events are kept as JSON text.

The adapters are built once. The core's unions carry a literal in each member (`kind`, `act`), which tells the
members apart when they are read back.
"""

from typing import Annotated

from pydantic import Discriminator, TypeAdapter

from livechat_plugin.core.content import Content
from livechat_plugin.services.deliveries import Payload
from livechat_plugin.services.room_events import AnyRoomEvent

_CONTENT: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Discriminator("kind")])
_PAYLOAD: TypeAdapter[Payload] = TypeAdapter(Annotated[Payload, Discriminator("kind")])
_EVENT: TypeAdapter[AnyRoomEvent] = TypeAdapter(Annotated[AnyRoomEvent, Discriminator("kind")])


def content_to_json(content: Content) -> str:
    """What somebody said, as text for a column."""
    return _CONTENT.dump_json(content).decode()


def content_from_json(text: str) -> Content:
    """What somebody said, from a column."""
    return _CONTENT.validate_json(text)


def payload_to_json(payload: Payload) -> str:
    """What is owed, as text for a column."""
    return _PAYLOAD.dump_json(payload).decode()


def payload_from_json(text: str) -> Payload:
    """What is owed, from a column."""
    return _PAYLOAD.validate_json(text)


def event_to_json(event: AnyRoomEvent) -> str:
    """A room event, as text for a column."""
    return _EVENT.dump_json(event).decode()


def event_from_json(text: str) -> AnyRoomEvent:
    """A room event, from a column."""
    return _EVENT.validate_json(text)
