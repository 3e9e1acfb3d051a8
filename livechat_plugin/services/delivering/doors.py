"""Coming into rooms that others opened, and leaving them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.bot_chats import BotChats
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
from livechat_plugin.services.delivering.introducing import introduce_bot
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.finding import look_again
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock, Homeserver, Profile, Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, MessageSent, RejectedEvent
from livechat_plugin.services.unit_of_work import UnitOfWork

HISTORY = 1_000
"""How many events at most are fetched of what a customer wrote before we were in the room."""

HISTORY_OF_BOT = 20
"""The same for the bot's direct chats: people who want something of it write a command or two."""


@dataclass(frozen=True, slots=True)
class DoorDelivery:
    """Answers invitations."""

    store: Store
    homeserver: Homeserver
    customers: CustomerSide
    bot_chats: BotChats
    gate: Gate
    naming: Naming
    clock: Clock

    async def join_customer(self, _: Delivery, payload: JoinCustomerRoom) -> Done:
        """Join a customer's room and take in what they wrote before.

        The homeserver pushes nothing of a room before one of ours is in it, and what it pushes while we are
        joining is held; so both parts are put together here, in the room's order.
        """
        async with self.store.read() as work:
            binding = (await work.rooms.bindings({payload.room_id})).get(payload.room_id)
            view = await work.conversations.view(payload.conversation_id)
        if binding is None or binding.kind is not RoomKind.JOINING:
            return Done()
        ghost, customer = self.naming.live_chat(view.live_chat.slug), view.account.external_id
        await self.homeserver.join(payload.room_id, ghost)
        members = await self.homeserver.members(payload.room_id, ghost)
        if any(member not in {ghost, customer} and not self.naming.is_operator(member) for member in members):
            return Done(self._leave(payload, ghost, wording.direct_chats_only(view.live_chat.name)))
        if customer not in members:
            return Done(self._leave(payload, ghost, None))
        profile = await self.homeserver.profile(customer)
        history = await self.homeserver.recent(payload.room_id, ghost, HISTORY)

        async def keep(work: UnitOfWork) -> None:
            await self._joined(work, payload, profile, history)

        async def keep_without_history(work: UnitOfWork) -> None:
            """If something in the history cannot be handled, the customer is in all the same, and told."""
            await self._joined(work, payload, profile, ())
            now = await work.conversations.view(payload.conversation_id)
            words = wording.customer_not_delivered(now.live_chat)
            await self.customers.relay.tell_customer(work, now, words)

        return Done(keep, keep_without_history)

    async def join(self, _: Delivery, payload: JoinRoom) -> Done:
        """Join a direct chat with the bot, say hello, and answer what was written before we were in."""
        if payload.user_id == self.naming.bot:
            await introduce_bot(self.homeserver, self.naming)
        await self.homeserver.join(payload.room_id, payload.user_id)
        history = await self.homeserver.recent(payload.room_id, payload.user_id, HISTORY_OF_BOT)

        async def keep(work: UnitOfWork) -> None:
            hello = SayInRoom(payload.room_id, payload.user_id, wording.BOT_HELLO)
            await work.outbox.add(room_lane(payload.room_id), hello)
            written = [event for event in history if isinstance(event, MessageSent)]
            new = await work.inbox.mark_seen([event.event_id for event in written], self.clock.now())
            binding = RoomBinding(payload.room_id, RoomKind.BOT)
            for event in written:
                work.outbox.because_of(event.event_id)
                if event.event_id in new and not await self.gate.keeps_back(work, event, binding):
                    await self.bot_chats.handle(work, event, binding)

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
        await self._leave_former(work, payload, view)
        binding = RoomBinding(payload.room_id, RoomKind.CUSTOMER, view.live_chat.id, conversation.id)
        await work.rooms.bind(binding)
        named = replace(
            account,
            display_name=profile.display_name or account.display_name,
            avatar_url=profile.avatar_url or account.avatar_url,
        )
        if named != account:
            await work.conversations.save_account(named)
        joined = replace(
            conversation,
            customer_room=payload.room_id,
            customer_state=CustomerRoomState.JOINED,
            shown_operator=None,
            shown_ghost=None,
        )
        await work.conversations.save(joined)
        if view.session is not None:
            now = await work.conversations.view(conversation.id)
            await OperatorNames(self.naming).enter(work, now, view.session.operator)
        await look_again(work, account.external_id)
        written = [
            event
            for event in history
            if not isinstance(event, RejectedEvent | MembershipChanged)
            and event.sender == account.external_id
        ]
        held = {event.event_id: event for event in await _release(work, payload)}
        new = await work.inbox.mark_seen([event.event_id for event in written], self.clock.now())
        due: list[AnyRoomEvent] = [
            event for event in written if event.event_id in held or event.event_id in new
        ]
        due_ids = {event.event_id for event in due}
        due += [event for event in held.values() if event.event_id not in due_ids]
        for event in due:
            work.outbox.because_of(event.event_id)
            if not await self.gate.keeps_back(work, event, binding):
                await self.customers.handle(work, event, conversation.id)

    async def _leave_former(
        self, work: UnitOfWork, payload: JoinCustomerRoom, view: ConversationView
    ) -> None:
        """The customer opened another room for the same conversation: the newest one counts."""
        former = view.conversation.customer_room
        if former is None or former == payload.room_id:
            return
        await work.rooms.forget(former)
        if view.conversation.customer_state in {CustomerRoomState.JOINED, CustomerRoomState.READY}:
            words = wording.moved_elsewhere(view.live_chat)
            leave = LeaveRoom(former, self.naming.live_chat(view.live_chat.slug), words, words)
            await work.outbox.add(to_customer_lane(payload.conversation_id), leave)
            await OperatorNames(self.naming).go_out(work, view.conversation)

    def _leave(self, payload: JoinCustomerRoom, ghost: str, words: str | None) -> Effects:
        """Others are in the room, or nobody: we go, and a conversation that had a room before keeps it."""

        async def keep(work: UnitOfWork) -> None:
            await forget_room(work, payload)
            leave = LeaveRoom(payload.room_id, ghost, words or "Nobody else is here.", words)
            await work.outbox.add(to_customer_lane(payload.conversation_id), leave)

        return keep


async def _release(work: UnitOfWork, payload: JoinCustomerRoom) -> list[AnyRoomEvent]:
    """Take out what was held of this room; what is held of another one that we are joining stays."""
    released: list[AnyRoomEvent] = []
    for event in await work.inbox.release(payload.conversation_id):
        if event.room_id == payload.room_id:
            released.append(event)
        else:
            await work.inbox.hold(payload.conversation_id, event)
    return released


async def forget_room(work: UnitOfWork, payload: JoinCustomerRoom) -> None:
    """We are not going to be in this room: what was held of it is let go."""
    await work.rooms.forget(payload.room_id)
    await _release(work, payload)
    view = await work.conversations.view(payload.conversation_id)
    if view.conversation.customer_room == payload.room_id:
        left = replace(view.conversation, customer_state=CustomerRoomState.LEFT)
        await work.conversations.save(left)
