"""Customers who write from a Matrix client: their side of the conversation is a room of the homeserver."""

from livechat_plugin.core.acts import Act
from livechat_plugin.services.ports import Homeserver


class MatrixChannel:
    """Implements the `Channel` port; an address is the customer's room, a message's id its event id.

    Args:
        homeserver: where the rooms are.
    """

    def __init__(self, homeserver: Homeserver) -> None:
        self._homeserver = homeserver

    async def deliver(self, address: str, speaker: str, act: Act, token: str) -> str:
        """Show the act in the customer's room, as the live chat's ghost."""
        return await self._homeserver.act(address, speaker, act, token)

    async def show_typing(self, address: str, speaker: str, *, is_typing: bool) -> None:
        """Show the live chat as writing."""
        await self._homeserver.set_typing(address, speaker, is_typing=is_typing)

    async def show_read(self, address: str, speaker: str, message_id: str) -> None:
        """Show that the live chat has read up to the customer's message."""
        await self._homeserver.mark_read(address, speaker, message_id)
