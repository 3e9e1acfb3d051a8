"""The rooms that sessions take place in, as the use cases see them."""

from collections.abc import Sequence
from typing import Protocol

from livechat_plugin.core.conversations import SessionRoom


class SessionRoomRepository(Protocol):
    """The session rooms and the spare ones."""

    async def take_spare(self, live_chat_id: int, conversation_id: int) -> SessionRoom:
        """A ready spare room for this conversation; one still to be made if none is left."""
        ...

    async def add(self, live_chat_id: int) -> SessionRoom:
        """A spare room, still to be made."""
        ...

    async def get(self, session_room_id: int) -> SessionRoom | None:
        """The session room with this id."""
        ...

    async def made(self, session_room_id: int, room_id: str, panel: str | None = None) -> None:
        """Keep the id of the room that the homeserver made, and the address of the panel that it shows."""
        ...

    async def panel_shown(self, session_room_id: int, panel: str | None) -> None:
        """Keep the address of the panel that the room shows now, if any."""
        ...

    async def count_spare(self, live_chat_id: int) -> int:
        """How many spare rooms there are, made or to be made."""
        ...

    async def spare(self) -> Sequence[SessionRoom]:
        """All that no conversation has, made or to be made, by id."""
        ...

    async def drop(self, session_room_id: int) -> None:
        """Forget a spare one."""
        ...

    async def last(self) -> int:
        """The highest id that was ever given, as far as this database knows."""
        ...

    async def skip_to(self, session_room_id: int) -> None:
        """Give only ids above this one from now on."""
        ...
