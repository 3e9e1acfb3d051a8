"""Operators as customers see them: their ghosts come into customers' rooms, and leave them (requirement S5).

Who is in a customer's room is kept as soon as it is so, since what comes next in the lane depends on it.
"""

from dataclasses import dataclass, replace

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.operator_names import OperatorGhost
from livechat_plugin.services.deliveries import (
    AdmitOperatorGhost,
    Delivery,
    DismissOperatorGhost,
    DressOperatorGhost,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Homeserver, Profile, Store
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OperatorGhostDelivery:
    """Makes the deliveries that let customers see who serves them."""

    store: Store
    homeserver: Homeserver
    relay: Relay
    names: OperatorNames
    naming: Naming

    async def admit(self, _: Delivery, payload: AdmitOperatorGhost) -> Done:
        """Bring the ghost in; where the room does not let it in, the live chat's speaks and the operators are told."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        conversation = view.conversation
        room_id = conversation.customer_room
        is_there = conversation.customer_state is CustomerRoomState.JOINED
        if room_id is None or not is_there or not self.names.is_shown(view):
            return Done()
        owner = self.naming.live_chat(view.live_chat.slug)
        try:
            if conversation.shown_ghost is not None and conversation.shown_operator != payload.operator:
                await self.homeserver.leave(room_id, conversation.shown_ghost, "")
            ghost = await self._ghost(payload.operator)
            await self.homeserver.invite(room_id, owner, ghost)
            await self.homeserver.join(room_id, ghost)
        except HomeserverRefused as error:
            words = wording.name_not_shown(payload.operator, view.live_chat, str(error))
            await self._keep(payload.conversation_id, room_id, None, None)

            async def tell(work: UnitOfWork) -> None:
                now = await work.conversations.view(payload.conversation_id)
                await self.relay.tell_operators(work, now, words)

            return Done(tell)
        if not await self._keep(payload.conversation_id, room_id, payload.operator, ghost):
            await self.homeserver.leave(room_id, ghost, "")
        return Done()

    async def dismiss(self, _: Delivery, payload: DismissOperatorGhost) -> Done:
        """Let the ghost go out, unless its operator serves the customer (again) by now."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        conversation = view.conversation
        room_id, ghost = conversation.customer_room, conversation.shown_ghost
        is_served = view.session is not None and view.session.is_served_by(payload.operator)
        if room_id is None or ghost is None or conversation.shown_operator != payload.operator:
            return Done()
        if is_served and self.names.is_shown(view):
            return Done()
        await self.homeserver.leave(room_id, ghost, "")
        await self._keep(payload.conversation_id, room_id, None, None)
        return Done()

    async def dress(self, _: Delivery, payload: DressOperatorGhost) -> Done:
        """Give the ghost the operator's present name and picture, everywhere it is."""
        async with self.store.read() as work:
            ghost = await work.operator_ghosts.find(payload.operator)
        if ghost is not None:
            await self._dress(ghost)
        return Done()

    async def _ghost(self, operator: str) -> str:
        """An operator's ghost, which exists and looks like them when this returns."""
        async with self.store.begin() as work:
            ghost = await work.operator_ghosts.of(operator)
            await work.commit()
        user_id = self.naming.operator(ghost.id)
        await self.homeserver.ensure_ghost(user_id)
        await self._dress(ghost)
        return user_id

    async def _dress(self, ghost: OperatorGhost) -> None:
        profile = await self.homeserver.profile(ghost.user_id)
        is_known = (ghost.display_name, ghost.avatar_url) == (profile.display_name, profile.avatar_url)
        if is_known and ghost.display_name is not None:
            return
        name = profile.display_name or ghost.user_id[1:].partition(":")[0]
        try:
            await self.homeserver.set_profile(
                self.naming.operator(ghost.id), Profile(name, profile.avatar_url or "")
            )
        except HomeserverRefused as error:
            log.warning("an operator's ghost cannot be given its name or picture", reason=str(error))
        async with self.store.begin() as work:
            await work.operator_ghosts.save(
                replace(ghost, display_name=profile.display_name, avatar_url=profile.avatar_url)
            )
            await work.commit()

    async def _keep(
        self, conversation_id: int, room_id: str, operator: str | None, ghost: str | None
    ) -> bool:
        """Keep who is in the customer's room; False if that is not the customer's room any more."""
        async with self.store.begin() as work:
            conversation = (await work.conversations.view(conversation_id)).conversation
            is_left = conversation.customer_state is CustomerRoomState.LEFT
            if conversation.customer_room != room_id or is_left:
                return False
            shown = replace(conversation, shown_operator=operator, shown_ghost=ghost)
            await work.conversations.save(shown)
            await work.commit()
            return True
