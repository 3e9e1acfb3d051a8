"""Showing customers what operators do: in the live chat's name, or in the operator's where that is shown (S5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Act, Edit, Redact, Say
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.deliveries import ActForCustomer, Delivery
from livechat_plugin.services.delivering.acts import resolve, shown
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.delivering.veiling import Veiling
from livechat_plugin.services.delivering.whereabouts import Whereabouts
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Channel, Homeserver, Store
from livechat_plugin.services.repositories.conversations import ConversationView


@dataclass(frozen=True, slots=True)
class CustomerActDelivery:
    """Makes the deliveries that show customers something, through the channel of their network."""

    store: Store
    homeserver: Homeserver
    channels: Mapping[str, Channel]
    names: OperatorNames
    veiling: Veiling
    whereabouts: Whereabouts

    async def deliver(self, delivery: Delivery, payload: ActForCustomer) -> Done:
        """Show an act to the customer, in the room that they have now.

        Raises:
            HomeserverRefused: the customer is gone, or no channel serves their network.
        """
        channel = self.channels.get(payload.network)
        if channel is None:
            raise HomeserverRefused("M_NOT_FOUND", f"no channel serves the network {payload.network!r}", 404)
        view = await self.whereabouts.view(payload.conversation_id)
        if view.conversation.customer_state is CustomerRoomState.LEFT:
            raise HomeserverRefused("M_NOT_FOUND", wording.customer_left(view.account), 404)
        act = await resolve(self.store, payload.act, "customer")
        if act is None:
            return Done()
        act = await self.veiling.veil(view, payload, act)
        showing = _Showing(channel, view, payload, delivery.token)
        match act:
            case Edit():
                return await self._edit(showing, act)
            case Redact():
                return await self._take_back(showing, act)
            case _:
                return await self._say(showing, act, payload.message_id)

    async def _say(self, showing: "_Showing", act: Act, message_id: int | None) -> Done:
        """As the operator's ghost if it is there; as the live chat's if it is not, or was put out a moment ago."""
        payload = showing.payload
        ghost = self.names.speaker(showing.view, payload.operator)
        if ghost is not None:
            try:
                event_id = await showing.deliver(ghost, act)
            except HomeserverRefused:
                ghost = None
            else:
                return shown(message_id, "customer", event_id, payload.conversation_id, ghost)
        event_id = await showing.deliver(payload.speaker, act)
        return shown(message_id, "customer", event_id, payload.conversation_id)

    async def _edit(self, showing: "_Showing", act: Edit) -> Done:
        """An edit is its message's speaker's; if that ghost is gone, the new words answer the old ones."""
        speaker = act.target.speaker
        if speaker is None or speaker == self._present(showing.view):
            await showing.deliver(speaker or showing.payload.speaker, act)
            return Done()
        return await self._say(showing, Say(act.content, act.target), act.target.message_id)

    async def _take_back(self, showing: "_Showing", act: Redact) -> Done:
        """A deletion is its message's speaker's, which comes back for it if the live chat's ghost may not do it."""
        speaker, live_chat = act.target.speaker, showing.payload.speaker
        if speaker is None or speaker == self._present(showing.view):
            await showing.deliver(speaker or live_chat, act)
            return Done()
        try:
            await showing.deliver(live_chat, act)
        except HomeserverRefused:
            await self.homeserver.invite(showing.address, live_chat, speaker)
            await self.homeserver.join(showing.address, speaker)
            await showing.deliver(speaker, act)
            await self.homeserver.leave(showing.address, speaker, "")
        return Done()

    def _present(self, view: ConversationView) -> str | None:
        """The operator's ghost that is in the customer's room and may be heard there."""
        return self.names.speaker(view, view.conversation.shown_operator)


@dataclass(frozen=True, slots=True)
class _Showing:
    """One act on its way to one customer."""

    channel: Channel
    view: ConversationView
    payload: ActForCustomer
    token: str

    @property
    def address(self) -> str:
        return self.view.conversation.customer_room or self.payload.address

    async def deliver(self, speaker: str, act: Act) -> str:
        return await self.channel.deliver(self.address, speaker, act, self.token)
