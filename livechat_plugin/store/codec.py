"""How contents, deliveries and events are kept as JSON text.

The adapters are built once, when they are used first. The core's unions carry a literal in each member (`kind`, `act`), which tells the
members apart when they are read back.

Nothing checks the fields of a dataclass when it is made, and pydantic would write a wrong one with no more than a
warning. So what is written is read back at once: a text that could not be read is never kept.
"""

from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Discriminator, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from livechat_plugin.core.apps import Field
from livechat_plugin.core.content import Content
from livechat_plugin.services.deliveries import Payload
from livechat_plugin.services.room_events import AnyRoomEvent

T = TypeVar("T")

_LATER = ConfigDict(defer_build=True)
_CONTENT: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Discriminator("kind")], config=_LATER)
_PAYLOAD: TypeAdapter[Payload] = TypeAdapter(Annotated[Payload, Discriminator("kind")], config=_LATER)
_EVENT: TypeAdapter[AnyRoomEvent] = TypeAdapter(Annotated[AnyRoomEvent, Discriminator("kind")], config=_LATER)
_FIELDS: TypeAdapter[tuple[Field, ...]] = TypeAdapter(tuple[Field, ...], config=_LATER)


class CannotBeKept(ValueError):
    """A value of a wrong type, or with characters that are none, stands in what is to be kept."""


class Unreadable(ValueError):
    """What was kept cannot be read: another version of the plugin wrote it, or somebody changed it."""


def content_to_json(content: Content) -> str:
    """What somebody said, as text for a column.

    Raises:
        CannotBeKept: a field holds something that cannot be there.
    """
    return _written(_CONTENT, content)


def content_from_json(text: str) -> Content:
    """What somebody said, from a column.

    Raises:
        Unreadable: it is no content.
    """
    return _read(_CONTENT, text)


def payload_to_json(payload: Payload) -> str:
    """What is owed, as text for a column.

    Raises:
        CannotBeKept: a field holds something that cannot be there.
    """
    return _written(_PAYLOAD, payload)


def payload_from_json(text: str) -> Payload:
    """What is owed, from a column.

    Raises:
        Unreadable: it is no payload.
    """
    return _read(_PAYLOAD, text)


def event_to_json(event: AnyRoomEvent) -> str:
    """A room event, as text for a column.

    Raises:
        CannotBeKept: a field holds something that cannot be there.
    """
    return _written(_EVENT, event)


def event_from_json(text: str) -> AnyRoomEvent:
    """A room event, from a column.

    Raises:
        Unreadable: it is no room event.
    """
    return _read(_EVENT, text)


def fields_to_json(fields: tuple[Field, ...]) -> str:
    """The fields of an app, as text for a column.

    Raises:
        CannotBeKept: one holds something that cannot be there.
    """
    return _written(_FIELDS, fields)


def fields_from_json(text: str) -> tuple[Field, ...]:
    """The fields of an app, from a column.

    Raises:
        Unreadable: they are none.
    """
    return _read(_FIELDS, text)


def _written(adapter: TypeAdapter[Any], value: object) -> str:
    try:
        text = adapter.dump_json(value, warnings="error").decode()
        adapter.validate_json(text)
    except (PydanticSerializationError, ValidationError) as error:
        # Not chained: pydantic's errors quote the value, which may be what somebody wrote.
        raise CannotBeKept(f"{type(value).__name__} holds what cannot be kept{_where(error)}") from None
    return text


def _read(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise Unreadable(f"what was kept cannot be read{_where(error)}") from None


def _where(error: Exception) -> str:
    """The first wrong field and what is wrong with it, without its value."""
    if not isinstance(error, ValidationError):
        return ""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f" ({field}: {first['type']})" if field else f" ({first['type']})"
