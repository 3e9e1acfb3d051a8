"""Live chats, as the use cases see them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from livechat_plugin.core.live_chats import LiveChat


class LiveChatRepository(Protocol):
    """Live chats."""

    async def alone(self) -> None:
        """Let nobody else make or change live chats until this unit of work is over, as for a name that must be new."""
        ...

    async def add(self, live_chat: LiveChat) -> LiveChat:
        """Keep a new live chat (its `id` is chosen here).

        Raises:
            InvalidLiveChat: there is one with this slug.
        """
        ...

    async def save(self, live_chat: LiveChat) -> None:
        """Keep a changed live chat whose version was counted up by one: compare and set. Its rooms are left alone.

        Raises:
            ConcurrentChange: another writer was faster.
        """
        ...

    async def set_rooms(self, live_chat_id: int, queue_room: str, supervisors_room: str, space: str) -> None:
        """Keep the rooms that the homeserver made for it; beside the version, as no administrator chose them."""
        ...

    async def get(self, live_chat_id: int) -> LiveChat | None:
        """The live chat with this id."""
        ...

    async def by_slug(self, slug: str) -> LiveChat | None:
        """The live chat with this short name, even if it was deleted."""
        ...

    async def of_groups(self, groups: Collection[str]) -> Sequence[LiveChat]:
        """Those whose operators or supervisors are one of these groups, by name, without those that were deleted."""
        ...

    async def all(self) -> Sequence[LiveChat]:
        """Every live chat by name, without those that were deleted."""
        ...
