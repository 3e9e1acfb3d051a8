"""Whether what happens in rooms is handled now, or kept until the plugin is switched on again (requirement S14)."""

from dataclasses import dataclass, field

from livechat_plugin.core import wording
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.access import is_open_to
from livechat_plugin.services.deliveries import SayInRoom, room_lane
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import AnyRoomEvent, EncryptedSent, MessageSent, ReactionSent
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.written import command_in, is_notice

KEPT_BACK = frozenset(
    {RoomKind.CUSTOMER, RoomKind.SESSION, RoomKind.QUEUE, RoomKind.SUPERVISORS, RoomKind.BOT}
)
"""The rooms where people ask something of us; who is in which group is followed also while we are off."""


@dataclass(slots=True)
class Gate:
    """Keeps events back while the plugin is off, and until those kept back before are handled.

    It is off or on as the configuration says; the off-period has its name in the store, so that a restart in the
    middle of it tells nobody anything twice.

    Attributes:
        is_on: what the configuration says.
        is_open: nothing is kept back, and nothing waits, as far as this process has brought it about.
    """

    relay: Relay
    naming: Naming
    clock: Clock
    is_on: bool = True
    is_open: bool = field(default=False, init=False)

    def switch(self, *, is_on: bool) -> None:
        """From now on it is so."""
        self.is_on = is_on
        if not is_on:
            self.is_open = False

    async def keeps_back(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> bool:
        """Keep an event for later, unless it may be handled now."""
        if binding.kind not in KEPT_BACK or (self.is_on and binding.is_off is False):
            return False
        period = await self._period(work)
        if period is None or await self._is_told_at_once(work, event, binding):
            return False
        is_of_customer = binding.kind is RoomKind.CUSTOMER
        await work.postponed.add(event, binding.conversation_id if is_of_customer else None)
        if not self.is_on:
            await self._answer(work, event, binding, period)
        return True

    async def close(self, work: UnitOfWork, *, is_new: bool) -> None:
        """Keep what happens from now on; a new off-period is one of which nobody was told."""
        if await work.postponed.period() is None or is_new:
            await work.postponed.begin_period(self.clock.now().isoformat())

    async def open(self, work: UnitOfWork) -> bool:
        """Let events pass again, if none waits any more; `is_open` is set when that is committed."""
        await work.postponed.period()  # from here on nobody else decides by it
        if not await work.postponed.is_empty():
            return False
        await work.postponed.end_period()
        return True

    async def _period(self, work: UnitOfWork) -> str | None:
        """The off-period in whose name events are kept; None if they are not."""
        period = await work.postponed.period()
        if period is None and not self.is_on:
            await self.close(work, is_new=True)
            return await work.postponed.period()
        return period

    async def _is_told_at_once(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> bool:
        """What will never be handled is better refused now: what we cannot read, and what is not allowed."""
        if binding.kind is not RoomKind.CUSTOMER or binding.conversation_id is None:
            return False
        if isinstance(event, EncryptedSent):
            return True
        if not isinstance(event, MessageSent) or not await work.postponed.is_empty():
            return False
        view = await work.conversations.view(binding.conversation_id)
        return view.session is None and not await is_open_to(work, self.naming, view.live_chat, event.sender)

    async def _answer(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding, period: str) -> None:
        if isinstance(event, MessageSent) and is_notice(event.content):
            return  # a program talks, and what we answered it might answer again
        match binding.kind:
            case RoomKind.CUSTOMER if isinstance(event, MessageSent):
                await self._answer_customer(work, event, binding, period)
            case RoomKind.SESSION if isinstance(event, MessageSent):
                await self._answer_in_session_room(work, event, binding, period)
            case RoomKind.BOT if isinstance(event, MessageSent):
                await self._answer_in_room(work, event, self.naming.bot, period)
            case RoomKind.QUEUE | RoomKind.SUPERVISORS if await _concerns_us(work, event):
                live_chat = await work.live_chats.get(binding.live_chat_id or 0)
                if live_chat is not None:
                    await self._answer_in_room(work, event, self.naming.live_chat(live_chat.slug), period)

    async def _answer_customer(
        self, work: UnitOfWork, event: MessageSent, binding: RoomBinding, period: str
    ) -> None:
        view = await work.conversations.view(binding.conversation_id or 0)
        is_theirs = event.sender == view.account.external_id
        if is_theirs and await _is_first(work, f"told:{view.conversation.id}:off", period):
            await self.relay.tell_customer(work, view, wording.switched_off_for_customer(view.live_chat))

    async def _answer_in_session_room(
        self, work: UnitOfWork, event: MessageSent, binding: RoomBinding, period: str
    ) -> None:
        if binding.conversation_id is None or not await _is_first(work, _told(event), period):
            return
        view = await work.conversations.view(binding.conversation_id)
        await self.relay.tell_operators(work, view, wording.SWITCHED_OFF, None, event.event_id)

    async def _answer_in_room(self, work: UnitOfWork, event: AnyRoomEvent, speaker: str, period: str) -> None:
        if await _is_first(work, _told(event), period):
            about = event.target if isinstance(event, ReactionSent) else event.event_id
            words = SayInRoom(event.room_id, speaker, wording.SWITCHED_OFF, None, about, event.sender)
            await work.outbox.add(room_lane(event.room_id), words)


async def _concerns_us(work: UnitOfWork, event: AnyRoomEvent) -> bool:
    """Whether this is more than talk among colleagues."""
    if isinstance(event, ReactionSent):
        return await work.sessions.by_card(event.target) is not None
    return isinstance(event, MessageSent) and command_in(event.content) is not None


def _told(event: AnyRoomEvent) -> str:
    return f"told:{event.room_id}:{event.sender}:off"


async def _is_first(work: UnitOfWork, name: str, period: str) -> bool:
    """Whether this was not told in this off-period; from now on it was."""
    if await work.inbox.note(name) == period:
        return False
    await work.inbox.keep_note(name, period)
    return True
