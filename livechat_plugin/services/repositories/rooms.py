"""What the rooms that we are in belong to, as the use cases see it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


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
    GROUP = "group"
    """A room or space that a group of people follows."""
    CUSTOMER_SPACE = "customer_space"
    """A customer's own space "Live chats"."""


@dataclass(frozen=True, slots=True)
class RoomBinding:
    """What a room belongs to.

    Attributes:
        is_off: whether what happens in rooms was being kept back when this was read, because the plugin is switched
            off or what was kept is not handled yet; None if it was not read.
    """

    room_id: str
    kind: RoomKind
    live_chat_id: int | None = None
    conversation_id: int | None = None
    is_off: bool | None = field(default=None, compare=False)


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
