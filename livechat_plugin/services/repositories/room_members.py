"""Who is in the rooms that access depends on, as the use cases see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in a session room who does not serve there by being its session's operator, as far as we know."""

    room_id: str
    conversation_id: int
    user_id: str


class RoomMemberRepository(Protocol):
    """The members of the rooms that groups follow, and the people in session rooms."""

    async def replace(self, room_id: str, members: Collection[str]) -> None:
        """These and no others are in the room; thousands are one bulk insert."""
        ...

    async def add(self, room_id: str, user_id: str) -> None:
        """Somebody is in the room; again is fine."""
        ...

    async def remove(self, room_id: str, user_id: str) -> None:
        """Somebody is not in the room; again is fine."""
        ...

    async def of(self, room_id: str) -> frozenset[str]:
        """Who is in the room."""
        ...

    async def guests(self, live_chat_id: int, user_id: str | None = None) -> Sequence[Guest]:
        """The people in a live chat's session rooms, or one of them, by room."""
        ...
