"""Showing the operators what customers do, and saying our own words. This is the way of every message, so it asks the store as little as it can."""

from dataclasses import dataclass, replace

from livechat_plugin.core.acts import Act, Say, Target, target_of
from livechat_plugin.core.content import Text
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import ActInSessionRoom, Delivery, SayInRoom
from livechat_plugin.services.delivering.not_made import not_made
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.repositories.messages import Side
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ActDelivery:
    """Makes the deliveries that show something in a room."""

    store: Store
    homeserver: Homeserver
    naming: Naming

    async def in_session_room(self, delivery: Delivery, payload: ActInSessionRoom) -> Done:
        """Show an act to the operators."""
        room_id, speaker, act = payload.room_id, payload.speaker, payload.act
        if room_id is None or speaker is None:
            room_id, speaker = await self._session_room(payload)
        resolved = await resolve(self.store, act, "operators")
        if resolved is None:
            return Done()
        event_id = await self.homeserver.act(room_id, speaker, resolved, delivery.token)
        return shown(payload.message_id, "operators", event_id, payload.conversation_id)

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
            mentions=payload.mentions or ((payload.mention,) if payload.mention else ()),
        )
        return Done()

    async def _session_room(self, payload: ActInSessionRoom) -> tuple[str, str]:
        """Room and speaker, for what was owed before the room was made."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        room, slug = view.conversation.session_room, view.live_chat.slug
        if room is None or room.room_id is None:
            raise not_made(view.live_chat, "the session room")
        is_customer = payload.as_customer
        return room.room_id, self.naming.customer(slug, room.id) if is_customer else self.naming.live_chat(
            slug
        )


async def resolve(store: Store, act: Act, side: Side) -> Act | None:
    """The act with its target's event id on one side; None when the target was never shown there.

    An answer loses its reference then, and is shown all the same.
    """
    target = target_of(act)
    if target is None or target.event_id is not None or target.message_id is None:
        return act
    async with store.read() as work:
        message = await work.messages.get(target.message_id)
    event_id = None
    if message is not None:
        event_id = message.customer_event if side == "customer" else message.operators_event
    if message is None or event_id is None:
        return replace(act, reply_to=None) if isinstance(act, Say) else None
    found = replace(target, event_id=event_id, speaker=message.speaker)
    return replace(act, reply_to=found) if isinstance(act, Say) else replace(act, target=found)


def shown(
    message_id: int | None, side: Side, event_id: str, conversation_id: int, speaker: str | None = None
) -> Done:
    """The message is shown on this side under this id, on the customer's by this ghost of an operator's."""
    if message_id is None:
        return Done()

    async def keep(work: UnitOfWork) -> None:
        await work.messages.shown(message_id, side, event_id, speaker, of=conversation_id)

    return Done(keep)
