"""What has arrived, as the use cases see it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from livechat_plugin.services.room_events import AnyRoomEvent


class InboxRepository(Protocol):
    """What has arrived: which events were seen, held back or rejected."""

    async def mark_seen(
        self, event_ids: Collection[str], at: datetime, *, in_turn: bool = False
    ) -> frozenset[str]:
        """Mark events as seen; returns those that are new (invariant 2)."""
        ...

    async def unseen(self, event_ids: Collection[str]) -> frozenset[str]:
        """Those of them that were never marked."""
        ...

    async def hold(self, conversation_id: int, event: AnyRoomEvent) -> None:
        """Keep an event of a room that we are still joining."""
        ...

    async def release(self, conversation_id: int, most: int | None = None) -> Sequence[AnyRoomEvent]:
        """Take out the events held for a conversation, in the order of their arrival; at most so many of them."""
        ...

    async def reject(self, event_id: str | None, reason: str, at: datetime) -> None:
        """Record an event that was passed over, with the reason, without its content."""
        ...

    async def forget_seen(self, before: datetime, keep: int = 0) -> None:
        """Forget the events seen before this time, but none of the last ones, of which so many are kept."""
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
