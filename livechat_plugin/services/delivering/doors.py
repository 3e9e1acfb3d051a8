"""Coming into rooms that others opened, and leaving them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.deliveries import (
    Delivery,
    JoinCustomerRoom,
    JoinRoom,
    LeaveRoom,
    SayInRoom,
    room_lane,
    to_customer_lane,
)
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.ports import Clock, Homeserver, Profile, Store
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, RejectedEvent
from livechat_plugin.services.unit_of_work import UnitOfWork

HISTORY = 5_000
"""How many events at most are fetched of what a customer wrote before we were in the room."""


@dataclass(frozen=True, slots=True)
class DoorDelivery:
    """Answers invitations."""

    store: Store
    homeserver: Homeserver
    customers: CustomerSide
    naming: Naming
    clock: Clock

    async def join_customer(self, _: Delivery, payload: JoinCustomerRoom) -> Done:
        """Join a customer's room and take in what they wrote before.

        The homeserver pushes nothing of a room before one of ours is in it, and what it pushes while we are
        joining is held; so both parts are put together here, in the room's order.
        """
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        conversation = view.conversation
        if conversation.customer_room != payload.room_id:
            return Done()
        ghost, customer = self.naming.live_chat(view.live_chat.slug), view.account.external_id
        await self.homeserver.join(payload.room_id, ghost)
        company = await self.homeserver.members(payload.room_id, ghost) - {ghost, customer}
        if company:
            return Done(self._leave_company(payload, ghost, view.live_chat.name))
        profile = await self.homeserver.profile(customer)
        history = await self.homeserver.recent(payload.room_id, ghost, HISTORY)

        async def keep(work: UnitOfWork) -> None:
            await self._joined(work, payload, profile, history)

        return Done(keep)

    async def join(self, _: Delivery, payload: JoinRoom) -> Done:
        """Join a direct chat with the bot and say hello."""
        await self.homeserver.join(payload.room_id, payload.user_id)

        async def keep(work: UnitOfWork) -> None:
            hello = SayInRoom(payload.room_id, payload.user_id, wording.BOT_HELLO)
            await work.outbox.add(room_lane(payload.room_id), hello)

        return Done(keep)

    async def leave(self, delivery: Delivery, payload: LeaveRoom) -> Done:
        """Leave a room or decline the invitation to it; who may not speak there leaves without a word."""
        if payload.words is not None:
            with suppress(HomeserverRefused):
                await self.homeserver.notice(payload.room_id, payload.user_id, payload.words, delivery.token)
        await self.homeserver.leave(payload.room_id, payload.user_id, payload.reason)
        return Done()

    async def _joined(
        self,
        work: UnitOfWork,
        payload: JoinCustomerRoom,
        profile: Profile,
        history: Sequence[AnyRoomEvent | RejectedEvent],
    ) -> None:
        view = await work.conversations.view(payload.conversation_id)
        conversation, account = view.conversation, view.account
        if conversation.customer_room != payload.room_id:
            return
        named = replace(
            account,
            display_name=profile.display_name or account.display_name,
            avatar_url=profile.avatar_url or account.avatar_url,
        )
        if named != account:
            await work.conversations.save_account(named)
        await work.conversations.save(replace(conversation, customer_state=CustomerRoomState.JOINED))
        written = [
            event
            for event in history
            if not isinstance(event, RejectedEvent | MembershipChanged)
            and event.sender == account.external_id
        ]
        held = {event.event_id: event for event in await work.inbox.release(conversation.id)}
        new = await work.inbox.mark_seen([event.event_id for event in written], self.clock.now())
        due: list[AnyRoomEvent] = [
            event for event in written if event.event_id in held or event.event_id in new
        ]
        due_ids = {event.event_id for event in due}
        due += [event for event in held.values() if event.event_id not in due_ids]
        for event in due:
            await self.customers.handle(work, event, conversation.id)

    def _leave_company(self, payload: JoinCustomerRoom, ghost: str, live_chat: str) -> Effects:
        async def keep(work: UnitOfWork) -> None:
            view = await work.conversations.view(payload.conversation_id)
            left = replace(view.conversation, customer_state=CustomerRoomState.LEFT)
            await work.conversations.save(left)
            words = wording.direct_chats_only(live_chat)
            leave = LeaveRoom(payload.room_id, ghost, words, words)
            await work.outbox.add(to_customer_lane(payload.conversation_id), leave)

        return keep
