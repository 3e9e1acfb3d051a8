"""What happened while the plugin is switched off, as the use cases see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from livechat_plugin.services.room_events import AnyRoomEvent


@dataclass(frozen=True, slots=True)
class PostponedEvent:
    """An event that waits; `conversation_id` is whose it is, in a customer's room."""

    id: int
    event: AnyRoomEvent
    conversation_id: int | None = None


class PostponedRepository(Protocol):
    """Events that wait until the plugin is switched on again, and the off-period that they wait in."""

    async def add(self, event: AnyRoomEvent, conversation_id: int | None = None) -> None:
        """Keep an event behind those that wait already."""
        ...

    async def oldest(self, limit: int) -> Sequence[PostponedEvent]:
        """Those that wait longest, in the order of their arrival; what cannot be read is passed over."""
        ...

    async def remove(self, ids: Collection[int]) -> None:
        """They are handled."""
        ...

    async def is_empty(self) -> bool:
        """Whether none waits."""
        ...

    async def period(self) -> str | None:
        """The name of the off-period that we are in; None if what happens is handled at once.

        Where several write at once, who has asked this lets nobody else ask until the unit of work is over.
        """
        ...

    async def begin_period(self, name: str) -> None:
        """From now on events are kept, in an off-period of this name."""
        ...

    async def end_period(self) -> None:
        """From now on events are handled at once."""
        ...
