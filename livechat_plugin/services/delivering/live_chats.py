"""Setting up a live chat on the homeserver: its ghost and its rooms; `memberships` sees to who is in them."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import (
    AlignMembers,
    Delivery,
    PrepareSpareRoom,
    ProvisionLiveChat,
    live_chat_lane,
    members_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Profile, RoomPlan, Store
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LiveChatDelivery:
    """Makes what a live chat needs; done again, it mends what is missing.

    Attributes:
        spare_rooms: how many session rooms are kept ready.
    """

    store: Store
    homeserver: Homeserver
    naming: Naming
    spare_rooms: int

    async def provision(self, _: Delivery, payload: ProvisionLiveChat) -> Done:
        """Ghost, supervisors' room, queue room and space, each found if it is there already; then the memberships."""
        async with self.store.read() as work:
            live_chat = await work.live_chats.get(payload.live_chat_id)
            if live_chat is None or live_chat.deleted_at is not None:
                return Done()
        slug, name = live_chat.slug, live_chat.name
        ghost = self.naming.live_chat(slug)
        await self.homeserver.ensure_ghost(ghost)
        await self._name(ghost, name)
        supervisors_room = await self.homeserver.create_room(
            RoomPlan(self.naming.supervisors_alias(slug), ghost, wording.supervisors_room_name(name))
        )
        queue_room = await self.homeserver.create_room(
            RoomPlan(
                self.naming.queue_alias(slug),
                ghost,
                wording.queue_room_name(name),
                "Each waiting session has a card here. React to it, or write !take with its number. !help explains.",
            )
        )
        space = await self.homeserver.create_room(
            RoomPlan(self.naming.space_alias(slug), ghost, name, speak_level=100, is_space=True)
        )
        await self.homeserver.put_into_space(space, ghost, queue_room, is_in=True)
        if live_chat.queue_room is not None:  # made before, perhaps under another name
            await self.homeserver.rename_room(supervisors_room, ghost, wording.supervisors_room_name(name))
            await self.homeserver.rename_room(queue_room, ghost, wording.queue_room_name(name))
            await self.homeserver.rename_room(space, ghost, name)

        async def keep(work: UnitOfWork) -> None:
            now = await work.live_chats.get(payload.live_chat_id)
            if now is None:
                return
            await work.live_chats.set_rooms(now.id, queue_room, supervisors_room, space)
            for room_id, kind in (
                (queue_room, RoomKind.QUEUE),
                (supervisors_room, RoomKind.SUPERVISORS),
                (space, RoomKind.SPACE),
            ):
                await work.rooms.bind(RoomBinding(room_id, kind, now.id))
            for _ in range(await work.session_rooms.count_spare(now.id), self.spare_rooms):
                spare = await work.session_rooms.add(now.id)
                await work.outbox.add(live_chat_lane(now.id), PrepareSpareRoom(spare.id))
            await work.outbox.add(members_lane(now.id), AlignMembers(now.id))

        return Done(keep)

    async def _name(self, ghost: str, name: str) -> None:
        """Some homeservers let nobody choose a name; the live chat works without."""
        try:
            await self.homeserver.set_profile(ghost, Profile(name))
        except HomeserverRefused as error:
            log.warning("a ghost cannot be given its name", user=ghost, reason=str(error))
