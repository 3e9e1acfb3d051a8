"""Showing each side what the other did. This is the way of every message, so it asks the store as little as it can."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Act, Say, Target, target_of
from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import ActForCustomer, ActInSessionRoom, Delivery, SayInRoom
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Channel, Homeserver, Store
from livechat_plugin.services.repositories.messages import Side
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ActDelivery:
    """Makes the deliveries that show something in a room."""

    store: Store
    homeserver: Homeserver
    channels: Mapping[str, Channel]
    naming: Naming

    async def in_session_room(self, delivery: Delivery, payload: ActInSessionRoom) -> Done:
        """Show an act to the operators."""
        room_id, speaker, act = payload.room_id, payload.speaker, payload.act
        if room_id is None or speaker is None:
            room_id, speaker = await self._session_room(payload)
        resolved = await self._resolve(act, "operators")
        if resolved is None:
            return Done()
        event_id = await self.homeserver.act(room_id, speaker, resolved, delivery.token)
        return _shown(payload.message_id, "operators", event_id)

    async def for_customer(self, delivery: Delivery, payload: ActForCustomer) -> Done:
        """Show an act to the customer, in the room that they have now.

        Raises:
            HomeserverRefused: the customer is gone, or no channel serves their network.
        """
        channel = self.channels.get(payload.network)
        if channel is None:
            raise HomeserverRefused("M_NOT_FOUND", f"no channel serves the network {payload.network!r}", 404)
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        if view.conversation.customer_state is CustomerRoomState.LEFT:
            raise HomeserverRefused("M_NOT_FOUND", wording.customer_left(view.account), 404)
        resolved = await self._resolve(payload.act, "customer")
        if resolved is None:
            return Done()
        address = view.conversation.customer_room or payload.address
        event_id = await channel.deliver(address, payload.speaker, resolved, delivery.token)
        return _shown(payload.message_id, "customer", event_id)

    async def in_room(self, delivery: Delivery, payload: SayInRoom) -> Done:
        """Say something of ours in a room that belongs to no conversation."""
        if payload.is_loud:
            target = Target(None, payload.reply_to) if payload.reply_to else None
            act = Say(Text(payload.body, payload.html), target)
            await self.homeserver.act(payload.room_id, payload.speaker, act, delivery.token)
            return Done()
        await self.homeserver.notice(
            payload.room_id,
            payload.speaker,
            payload.body,
            delivery.token,
            html=payload.html,
            reply_to=payload.reply_to,
            mention=payload.mention,
        )
        return Done()

    async def _session_room(self, payload: ActInSessionRoom) -> tuple[str, str]:
        """Room and speaker, for what was owed before the room was made."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        room, slug = view.conversation.session_room, view.live_chat.slug
        if room is None or room.room_id is None:
            raise HomeserverUnavailable("the session room is still being made")
        is_customer = payload.as_customer
        return room.room_id, self.naming.customer(slug, room.id) if is_customer else self.naming.live_chat(
            slug
        )

    async def _resolve(self, act: Act, side: Side) -> Act | None:
        """The act with its target's event id; None when the target was never shown on this side.

        An answer loses its reference then, and is shown all the same.
        """
        target = target_of(act)
        if target is None or target.event_id is not None or target.message_id is None:
            return act
        async with self.store.read() as work:
            message = await work.messages.get(target.message_id)
        event_id = None
        if message is not None:
            event_id = message.customer_event if side == "customer" else message.operators_event
        if event_id is None:
            return replace(act, reply_to=None) if isinstance(act, Say) else None
        found = replace(target, event_id=event_id)
        return replace(act, reply_to=found) if isinstance(act, Say) else replace(act, target=found)


def _shown(message_id: int | None, side: Side, event_id: str) -> Done:
    if message_id is None:
        return Done()

    async def keep(work: UnitOfWork) -> None:
        await work.messages.shown(message_id, side, event_id)

    return Done(keep)
