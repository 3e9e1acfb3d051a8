"""Who comes into a session room and who leaves it when the session is handed on."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import ClearSessionRoom, Delivery, InviteGroup
from livechat_plugin.services.delivering.not_made import not_made
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HandoverDelivery:
    """Lets people in and out; done again, it mends what is still amiss."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    relay: Relay

    async def invite_group(self, _: Delivery, payload: InviteGroup) -> Done:
        """Everybody of the group, unless somebody has taken the session by now."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
            members = await work.groups.members(payload.group)
        session = view.session
        if session is None or (session.number, session.offered_to) != (payload.session_number, payload.group):
            return Done()
        room_id, owner = _room(view), self.naming.live_chat(view.live_chat.slug)
        trouble: list[str] = []
        for user_id in sorted(members - {view.account.external_id}):
            try:
                await self.homeserver.invite(room_id, owner, user_id)
            except HomeserverRefused as error:
                log.warning("somebody cannot be invited", user=user_id, room_id=room_id, reason=str(error))
                trouble.append(wording.invitation_failed(user_id, str(error)))

        async def keep(work: UnitOfWork) -> None:
            if trouble:
                now = await work.conversations.view(payload.conversation_id)
                await self.relay.tell_operators(work, now, "\n".join(trouble))

        return Done(keep)

    async def clear(self, _: Delivery, payload: ClearSessionRoom) -> Done:
        """Everybody who is in the room or invited, and has nothing to do there as things stand now."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
            staying = await _staying(work, view)
        if view.conversation.session_room is None or view.conversation.session_room.room_id is None:
            return Done()
        room_id, owner = _room(view), self.naming.live_chat(view.live_chat.slug)
        people = await self.homeserver.people(room_id, owner)
        inside = {user for user, membership in people.items() if membership in {"join", "invite"}}
        for user_id in sorted(inside - staying):
            if self.naming.is_ours(user_id):
                continue
            try:
                await self.homeserver.remove(room_id, owner, user_id, payload.reason)
            except HomeserverRefused as error:
                log.warning("somebody cannot be taken out", user=user_id, room_id=room_id, reason=str(error))
        return Done()


def _room(view: ConversationView) -> str:
    room = view.conversation.session_room
    if room is None or room.room_id is None:
        raise not_made(view.live_chat, "the session room")
    return room.room_id


async def _staying(work: UnitOfWork, view: ConversationView) -> frozenset[str]:
    """Who has something to do in the session room."""
    session, supervisors = view.session, view.live_chat.supervisors
    staying = await work.groups.members(supervisors) if supervisors is not None else frozenset[str]()
    if session is not None and session.operator is not None:
        staying |= {session.operator}
    if session is not None and session.offered_to is not None:
        staying |= await work.groups.members(session.offered_to)
    return staying
