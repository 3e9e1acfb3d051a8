"""Ending what is still open in a live chat that was deleted."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    AlignMembers,
    CloseLiveChat,
    Delivery,
    live_chat_lane,
    members_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.unit_of_work import UnitOfWork

AT_ONCE = 50
"""Sessions ended in one unit of work; the others wait for the next one."""


@dataclass(frozen=True, slots=True)
class ClosingDelivery:
    """Leaves no customer of a deleted live chat waiting."""

    assignments: Assignments
    relay: Relay
    clock: Clock

    async def close(self, _: Delivery, payload: CloseLiveChat) -> Done:
        """Some of its sessions, and the rest after them. Done again, it finds those that are still open."""

        async def keep(work: UnitOfWork) -> None:
            live_chat = await work.live_chats.get(payload.live_chat_id)
            if live_chat is None or live_chat.deleted_at is None:
                return
            sessions = await work.sessions.open_in(live_chat.id, AT_ONCE)
            await work.conversations.hold([found.conversation_id for found in sessions])
            for found in sessions:
                view = await work.conversations.view(found.conversation_id)
                if view.session is None:
                    continue  # closed by somebody while we waited for the lock
                words = wording.live_chat_closed(live_chat)
                await self.relay.say(work, view, view.session, words, self.clock.now())
                await self.assignments.close(work, view, view.session, reason=wording.LIVE_CHAT_DELETED)
            if len(sessions) == AT_ONCE:
                await work.outbox.add(live_chat_lane(live_chat.id), payload)
            else:  # with nothing left to serve, nobody is spared
                await work.outbox.add(members_lane(live_chat.id), AlignMembers(live_chat.id))

        return Done(keep)
