"""The customers' own spaces "Live chats", as the use cases see them."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CustomerSpace:
    """Somebody's space.

    Attributes:
        token: random; part of the aliases of the space and of the rooms made ahead for it, so that making them can
            be repeated and nobody can guess them.
        room_id: None until the homeserver has made it.
    """

    user_id: str
    token: str
    room_id: str | None = None


class CustomerSpaceRepository(Protocol):
    """The customers' own spaces."""

    async def get(self, user_id: str) -> CustomerSpace | None:
        """Somebody's space, if they asked for the live chats before."""
        ...

    async def ensure(self, user_id: str) -> CustomerSpace:
        """Somebody's space; kept as one still to be made if it is new."""
        ...

    async def made(self, user_id: str, room_id: str) -> None:
        """Keep the id of the room that the homeserver made."""
        ...
