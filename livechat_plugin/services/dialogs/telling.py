"""Saying something to whoever fills in a form, in the room where they do."""

from dataclasses import dataclass

from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import ContinueDialog, SayInRoom, room_lane
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Telling:
    """Answers messages wherever they were written."""

    relay: Relay
    naming: Naming

    async def tell(
        self, work: UnitOfWork, to: ContinueDialog, binding: RoomBinding, text: str, html: str | None
    ) -> None:
        """Owe them the words, in answer to their message."""
        if binding.kind is RoomKind.SESSION and binding.conversation_id is not None:
            view = await work.conversations.view(binding.conversation_id)
            await self.relay.tell_operators(work, view, text, html, to.event_id)
            return
        speaker = self.naming.bot
        live_chat = await work.live_chats.get(binding.live_chat_id) if binding.live_chat_id else None
        if live_chat is not None:
            speaker = self.naming.live_chat(live_chat.slug)
        words = SayInRoom(to.room_id, speaker, text, html, to.event_id, to.user_id)
        await work.outbox.add(room_lane(to.room_id), words)
